#include "adopt/adopt_chain.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "adopt/chain_layout.h"
#include "adopt/rule_names.h"
#include "adopt/yaml_text.h"
#include "base/contains.h"

namespace pyfw {
namespace {

struct LookedAt {
  const Rule* rule = nullptr;
  std::optional<WishableRule> wish{};
  const MaintainerRow* row = nullptr;  // of one that a program maintains
  bool comes_last = false;             // and appends anew, as containers start
  std::string reason{};                // of one that no wish can say
};

class ChainAdopter {
 public:
  ChainAdopter(const ChainId& id, const Chain& chain, const ChainWords* words, AdoptContext& context)
      : id_(id), chain_(chain), words_(words), context_(context) {
    for (const auto& rule : chain.rules)
      for (auto& comment : comments_of(rule)) ++borne_[std::move(comment)];
    for (const auto& [comment, count] : borne_) names_.reserve(comment);
    if (context.maintainers != nullptr) appends_ = context.maintainers->that_appends_to(id);
  }

  std::optional<AdoptedChain> adopt() {
    for (std::size_t i = 0; i < chain_.rules.size(); ++i)
      // One that a killed run of pyfw left goes with the next.
      if (!is_temporary(chain_.rules[i])) look_at(i);
    leave_what_reads_alike();
    AdoptedChain out{.table = id_.table, .name = yaml_text(id_.chain).value_or("")};
    add_policy(out);
    auto layout = lay_out(placed_, appends_ == nullptr ? NewRules::kAnywhere : NewRules::kAtEnd);
    for (auto i : layout.given_up) {
      rules_[i].wish.reset();
      rules_[i].reason = "it stands between two copies of another's rule";
    }
    bool has_wishes = std::ranges::any_of(rules_, [](const LookedAt& rule) { return rule.wish.has_value(); });
    bool is_owners =
        !is_builtin(id_.table, id_.chain) &&
        (context_.maintainers == nullptr || context_.maintainers->of_shared_chain(id_) == nullptr);
    if (!has_wishes) {
      for (const auto& rule : rules_)
        if (rule.row == nullptr) tell_unsaid(rule);
      bool is_wished = is_owners || !out.default_action.empty();
      return is_wished ? std::optional(std::move(out)) : std::nullopt;
    }
    // It stands nowhere yet.
    if (context_.options.from == AdoptedFrom::kScript)
      for (const auto& rule : rules_)
        if (rule.row == nullptr && !rule.wish) tell_unsaid(rule);
    for (const auto& entry : layout.entries) add(entry, out);
    return out;
  }

 private:
  void look_at(std::size_t at) {
    const auto& rule = chain_.rules[at];
    LookedAt looked{.rule = &rule};
    PlacedRule placed{.rule = &rule};
    std::optional<Recognised> recognised;
    if (context_.maintainers != nullptr) recognised = context_.maintainers->of_rule(id_, rule);
    if (recognised) {
      looked.row = recognised->row;
      looked.comes_last = recognised->comes_last;
      placed.pattern = std::move(recognised->pattern);
      context_.left_out.rule(*looked.row, id_, rule);
    } else if (auto wish = wish_for(at)) {
      looked.wish = std::move(*wish);
      placed.is_wished = true;
    } else {
      looked.reason = wish.error().message;
    }
    rules_.push_back(std::move(looked));
    placed_.push_back(std::move(placed));
  }

  Result<WishableRule> wish_for(std::size_t at) {
    const auto& rule = chain_.rules[at];
    if (context_.loops.contains(&rule)) return bad_input("its jump leads back to this chain");
    TRY_VOID(context_.wishable.names_of(id_, rule));
    const auto& refused = context_.options.refused;
    if (auto why = refused.find(&rule); why != refused.end())
      return bad_input(fmt::format("{} refuses it here ({})", program_of(id_.family), why->second));
    auto own = words_ == nullptr ? tokens_of(rule) : (*words_)[at];
    auto comments = comments_of(rule);
    if (!comments.empty()) {
      auto is_fit = [&](const std::string& comment) {
        return borne_.at(comment) == 1 && can_be_name(comment);
      };
      auto name = std::ranges::find_if(comments, is_fit);
      if (name != comments.end())
        if (auto named = context_.wishable.rule(id_, rule, own, *name)) return named;
    } else if (context_.options.naming == Naming::kNameAll && !target_of(rule).empty()) {
      auto named = context_.wishable.rule(id_, rule, own, names_.unique(name_for(own)));
      if (named) return named;
    }
    return context_.wishable.rule(id_, rule, own, "");
  }

  // A wish claims all that reads the same to iptables.
  void leave_what_reads_alike() {
    std::unordered_set<std::string> others;
    for (const auto& rule : rules_)
      if (!rule.wish) others.insert(rule_key(*rule.rule));
    if (others.empty()) return;
    for (std::size_t i = 0; i < rules_.size(); ++i) {
      if (!rules_[i].wish || !others.contains(rule_key(*rules_[i].rule))) continue;
      rules_[i].wish.reset();
      rules_[i].reason = "another's rule reads the same";
      placed_[i].is_wished = false;
    }
  }

  void add_policy(AdoptedChain& out) {
    if (!chain_.policy || *chain_.policy == "ACCEPT" || !is_builtin(id_.table, id_.chain)) return;
    const auto* row = context_.maintainers != nullptr ? context_.maintainers->of_policy(id_) : nullptr;
    if (row != nullptr) {
      context_.left_out.policy(*row, id_, *chain_.policy);
    } else if (*chain_.policy == "DROP" && id_.table != "nat") {
      out.default_action = "DROP";
    } else {
      context_.left_out.unsaid(place(), fmt::format("the policy {}", *chain_.policy));
    }
  }

  [[nodiscard]] std::string place() const {
    return fmt::format("{} {} {}", program_of(id_.family), id_.table, id_.chain);
  }

  void tell_unsaid(const LookedAt& rule) {
    context_.left_out.unsaid(fmt::format("{} '{}'", place(), rule.rule->text), rule.reason);
  }

  void add(const LayoutEntry& entry, AdoptedChain& out) {
    AdoptedEntry wish;
    switch (entry.kind) {
      case LayoutEntry::Kind::kRule: {
        const auto& rule = *rules_[entry.rule].wish;
        wish.name = rule.name.empty() ? "" : yaml_text(rule.name).value_or("");
        wish.text = yaml_text(rule.text).value_or("");
        context_.needs_dollar = context_.needs_dollar || rule.needs_dollar;
        break;
      }
      case LayoutEntry::Kind::kMatch:
        wish = {.remarks = remarks(entry), .name = "~match", .text = yaml_text(entry.pattern).value_or("")};
        break;
      case LayoutEntry::Kind::kRest: wish = {.remarks = remarks(entry), .name = "~rest"}; break;
      case LayoutEntry::Kind::kEnd: out.last_remarks = remarks(entry); return;
    }
    out.entries.push_back(std::move(wish));
  }

  [[nodiscard]] std::vector<std::string> remarks(const LayoutEntry& entry) const {
    std::map<std::string_view, std::size_t> counts;
    std::vector<std::string> out;
    for (auto i : entry.stand_for) {
      const auto& rule = rules_[i];
      if (rule.row != nullptr) {
        ++counts[rule.row->program];
      } else {
        out.push_back(yaml_comment(
            fmt::format("{}, since {}: {}",
                        context_.options.from == AdoptedFrom::kScript ? "Left out here" : "Here stays",
                        rule.reason, rule.rule->text)));
      }
    }
    std::vector<std::string> parts;
    for (const auto& [program, count] : counts)
      parts.push_back(fmt::format("{} of {}", rules(count), program));
    if (!parts.empty()) out.push_back(fmt::format("Here: {}.", fmt::join(parts, ", ")));
    if (costs_moves(entry)) {
      out.push_back(
          fmt::format("{} appends more as containers start, and each time the rules below have to be "
                      "moved behind them.",
                      appends_->program));
      out.emplace_back("Where one means no packet of a container, put it above: then it stays.");
    }
    return out;
  }

  // Whether a rule of a container that starts is to come before one of the owner's.
  [[nodiscard]] bool costs_moves(const LayoutEntry& entry) const {
    if (appends_ == nullptr || entry.kind == LayoutEntry::Kind::kEnd) return false;
    return entry.kind == LayoutEntry::Kind::kRest ||
           std::ranges::any_of(entry.stand_for, [&](std::size_t i) { return rules_[i].comes_last; });
  }

  const ChainId& id_;
  const Chain& chain_;
  const ChainWords* words_;
  AdoptContext& context_;
  std::unordered_map<std::string, std::size_t> borne_{};  // comments, and how many rules bear each
  ChainNames names_{};
  const MaintainerRow* appends_ = nullptr;  // whose program appends rules here again and again
  std::vector<LookedAt> rules_{};
  std::vector<PlacedRule> placed_{};
};

}  // namespace

std::optional<AdoptedChain> adopt_chain(const ChainId& id, const Chain& chain, const ChainWords* words,
                                        AdoptContext& context) {
  return ChainAdopter(id, chain, words, context).adopt();
}

}  // namespace pyfw
