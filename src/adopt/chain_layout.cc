#include "adopt/chain_layout.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <unordered_map>

#include "adopt/literal.h"

namespace pyfw {
namespace {

// Foreign rules with no wished one between them.
using Group = std::vector<std::size_t>;

bool is_said_as_it_is(char c) { return c >= 0x20 && c < 0x7f; }

// Whatever YAML or RE2 might not take is any byte.
std::string just_this(std::string_view text) {
  std::string pattern = "^";
  for (char c : text) pattern += is_said_as_it_is(c) ? literal({&c, 1}) : "\\C";
  return pattern + "$";
}

// Two texts that just_this() does not tell apart have one of these.
std::string told_by(std::string_view text) {
  std::string told(text);
  std::ranges::replace_if(told, [](char c) { return !is_said_as_it_is(c); }, '\n');
  return told;
}

class Layout {
 public:
  Layout(std::span<const PlacedRule> rules, NewRules new_rules)
      : rules_(rules), new_rules_(new_rules), is_wished_(rules.size()) {
    for (std::size_t i = 0; i < rules.size(); ++i) is_wished_[i] = rules[i].is_wished;
  }

  ChainLayout lay_out() {
    while (give_up_between_copies()) {
    }
    find_groups();
    auto rest = place_of_rest();
    ChainLayout layout{.given_up = std::move(given_up_)};
    std::size_t group = 0;
    for (std::size_t i = 0; i < rules_.size(); ++i) {
      if (is_wished_[i]) {
        layout.entries.push_back({.kind = LayoutEntry::Kind::kRule, .rule = i});
        continue;
      }
      const auto& here = groups_[group];
      bool is_last = here.back() + 1 == rules_.size();
      LayoutEntry entry{.kind = LayoutEntry::Kind::kMatch, .stand_for = here};
      if (group == rest) {
        entry.kind = is_last ? LayoutEntry::Kind::kEnd : LayoutEntry::Kind::kRest;
      } else {
        entry.pattern = pattern_for(group);
      }
      layout.entries.push_back(std::move(entry));
      i = here.back();
      ++group;
    }
    return layout;
  }

 private:
  // A ~match takes all copies of a text to one place.
  bool give_up_between_copies() {
    std::unordered_map<std::string, std::pair<std::size_t, std::size_t>> reach;
    for (std::size_t i = 0; i < rules_.size(); ++i) {
      if (is_wished_[i]) continue;
      auto [at, is_new] = reach.try_emplace(told_by(rules_[i].rule->text), i, i);
      if (!is_new) at->second.second = i;
    }
    std::vector<int> depth(rules_.size() + 1);
    for (const auto& [text, span] : reach) {
      ++depth[span.first];
      --depth[span.second];
    }
    std::set<std::string> gone;
    int open = 0;
    for (std::size_t i = 0; i < rules_.size(); ++i) {
      open += depth[i];
      if (open > 0 && is_wished_[i]) gone.insert(rule_key(*rules_[i].rule));
    }
    if (gone.empty()) return false;
    // A wish claims all copies of its text.
    for (std::size_t i = 0; i < rules_.size(); ++i)
      if (is_wished_[i] && gone.contains(rule_key(*rules_[i].rule))) {
        is_wished_[i] = false;
        given_up_.insert(i);
      }
    return true;
  }

  void find_groups() {
    bool is_open = false;
    for (std::size_t i = 0; i < rules_.size(); ++i) {
      if (!is_wished_[i]) {
        if (!is_open) groups_.emplace_back();
        groups_.back().push_back(i);
      }
      is_open = !is_wished_[i];
    }
  }

  // The group that it is; none of them where it is to follow behind all.
  [[nodiscard]] std::size_t place_of_rest() const {
    bool is_wished_last = is_wished_.empty() || is_wished_.back();
    if (new_rules_ == NewRules::kAtEnd && !is_wished_last) return groups_.size() - 1;
    if (new_rules_ == NewRules::kAtEnd && are_all_told_by_kind()) return groups_.size();
    return group_of_most_texts();
  }

  [[nodiscard]] bool are_all_told_by_kind() const {
    return std::ranges::none_of(groups_, [&](const Group& group) {
      return std::ranges::any_of(group, [&](std::size_t i) { return rules_[i].pattern.empty(); });
    });
  }

  // Rules that are told by their texts alone would be told apart from what comes later.
  [[nodiscard]] std::size_t group_of_most_texts() const {
    std::size_t best = 0;
    std::ptrdiff_t most = -1;
    for (std::size_t group = 0; group < groups_.size(); ++group) {
      auto texts =
          std::ranges::count_if(groups_[group], [&](std::size_t i) { return rules_[i].pattern.empty(); });
      if (texts < most) continue;
      most = texts;
      best = group;
    }
    return best;
  }

  [[nodiscard]] std::string pattern_for(std::size_t group) const {
    auto texts = joined(group, [&](std::size_t i) { return just_this(rules_[i].rule->text); });
    auto kinds = joined(group, [&](std::size_t i) {
      return rules_[i].pattern.empty() ? just_this(rules_[i].rule->text) : rules_[i].pattern;
    });
    return kinds != texts && finds_just(kinds, group) ? kinds : texts;
  }

  template <typename Text>
  [[nodiscard]] std::string joined(std::size_t group, const Text& text) const {
    std::vector<std::string> parts;
    std::set<std::string> seen;
    for (auto i : groups_[group])
      if (auto part = text(i); seen.insert(part).second) parts.push_back(std::move(part));
    return fmt::format("{}", fmt::join(parts, "|"));
  }

  [[nodiscard]] bool finds_just(const std::string& pattern, std::size_t group) const {
    RE2 finds(pattern, RE2::Quiet);
    if (!finds.ok()) return false;
    for (std::size_t other = 0; other < groups_.size(); ++other)
      for (auto i : groups_[other])
        if (RE2::PartialMatch(rules_[i].rule->text, finds) != (other == group)) return false;
    return true;
  }

  std::span<const PlacedRule> rules_;
  NewRules new_rules_;
  std::vector<bool> is_wished_;
  std::vector<Group> groups_{};
  std::set<std::size_t> given_up_{};
};

}  // namespace

ChainLayout lay_out(std::span<const PlacedRule> rules, NewRules new_rules) {
  return Layout(rules, new_rules).lay_out();
}

}  // namespace pyfw
