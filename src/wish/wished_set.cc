#include "wish/wished_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "base/by_text.h"
#include "base/strings.h"
#include "nf/tokens.h"
#include "wish/member_words.h"

namespace pyfw {
namespace {

bool takes_family(std::string_view type) { return type.starts_with("hash:") && type != "hash:mac"; }

std::string header_of(const SetWish& wish, const std::string& type) {
  std::string header;
  auto add = [&header](std::string_view word) {
    if (word.empty()) return;
    if (!header.empty()) header += ' ';
    header += word;
  };
  if (takes_family(type)) {
    auto family = wish.options.find("family");
    add("family");
    add(family == wish.options.end() ? "inet" : family->second.text);
  }
  for (const auto& [name, value] : wish.options) {
    if (name == "family") continue;
    add(name);
    add(value.text);
  }
  return header;
}

Result<void> check_is_set(const Located& member, const Wishes& wishes, const State& live) {
  auto name = parse_member(member.text).element;
  std::map<std::string_view, std::string_view> types;
  for (const auto& set : live.sets) types.emplace(set.name, set.type);
  for (const auto& [known, wish] : wishes.sets)
    types.emplace(known, wish.type ? std::string_view(wish.type->text) : std::string_view());
  if (auto found = types.find(name); found != types.end()) {
    if (found->second != "list:set") return {};
    return bad_input(member.place, fmt::format("set '{}' is a list:set, which no other can hold", name));
  }
  std::vector<std::string_view> names;
  for (const auto& [known, type] : types)
    if (type != "list:set") names.push_back(known);
  auto hint = did_you_mean(name, names);
  return bad_input(member.place, fmt::format("no set is called '{}'", name),
                   hint.empty() ? "the members of a list:set are sets" : hint);
}

Result<WishedMembers> write_members(const std::vector<Located>& members, const WishedSet& set) {
  WishedMembers out{.written = &members};
  MemberShape shape(Set{.name = set.wish->name, .type = set.type, .header = set.header});
  bool all_single_words = true;
  constexpr Letters kSpecial(" \t\"");
  for (const auto& member : members) {
    if (is_spelled_like_kernel(member.text, shape)) continue;
    out.all_spelled = false;
    TRY_VOID(check_member(member, shape));
    all_single_words = all_single_words && !kSpecial.has_any_of(member.text);
  }
  if (all_single_words) return out;
  auto& texts = out.spelled.emplace();
  for (const auto& member : members) texts.push_back(write_ipset_tokens(tokenise_ipset(member.text)));
  return out;
}

class MemberResolver {
 public:
  MemberResolver(const Set& live, const WishedSet& wished) : live_(live), wished_(wished) {
    live_by_element_.reserve(live.members.size());
    for (std::size_t i = 0; i < live.members.size(); ++i)
      live_by_element_.emplace(element_of(live.members[i]), i);
  }

  // Nothing where all members are as they shall be.
  [[nodiscard]] std::optional<std::vector<std::string>> members() const {
    if (!wished_.wish->members_equal) return some();
    return live_.type == "list:set" ? exactly_in_order() : exactly();
  }

 private:
  // The live member that fulfils the wish, by its index.
  [[nodiscard]] std::optional<std::size_t> fulfilling(std::string_view wished) const {
    auto found = live_by_element_.find(element_of(wished));
    if (found == live_by_element_.end()) return std::nullopt;
    const auto& there = live_.members[found->second];
    bool same = there == wished || fulfils(parse_member(there), parse_member(wished));
    return same ? std::optional(found->second) : std::nullopt;
  }

  [[nodiscard]] std::vector<std::string> some() const {
    Texts gone;  // by their elements
    for (auto spelled : wished_.exclude.texts()) gone.insert(element_of(spelled));
    std::vector<std::string> added;
    for (auto spelled : wished_.include.texts())
      if (!fulfilling(spelled) && gone.insert(element_of(spelled)).second) added.emplace_back(spelled);
    std::vector<std::string> out;
    for (const auto& member : live_.members)
      if (!gone.contains(element_of(member))) out.push_back(member);
    out.insert(out.end(), added.begin(), added.end());
    return out;
  }

  [[nodiscard]] std::vector<std::string> exactly_in_order() const {
    std::vector<std::string> out;
    for (auto spelled : wished_.equal.texts()) {
      auto same = fulfilling(spelled);
      out.emplace_back(same ? std::string_view(live_.members[*same]) : spelled);
    }
    return out;
  }

  // Live members keep their place in the text, new ones follow: a set has no order.
  [[nodiscard]] std::optional<std::vector<std::string>> exactly() const {
    std::vector<bool> kept(live_.members.size());
    Texts seen;  // by their elements
    std::vector<std::string> added;
    for (auto spelled : wished_.equal.texts()) {
      if (auto same = fulfilling(spelled)) {
        kept[*same] = true;
      } else if (seen.insert(element_of(spelled)).second) {
        added.emplace_back(spelled);
      }
    }
    if (added.empty() && std::ranges::find(kept, false) == kept.end()) return std::nullopt;
    std::vector<std::string> out;
    for (std::size_t i = 0; i < kept.size(); ++i)
      if (kept[i]) out.push_back(live_.members[i]);
    out.insert(out.end(), added.begin(), added.end());
    return out;
  }

  const Set& live_;
  const WishedSet& wished_;
  ByText<std::size_t> live_by_element_;
};

// What is not wished stays.
std::string header_with(const std::string& live, const WishedSet& wished) {
  auto options = wished.spelled_options.value_or(options_of(wished.header));
  std::string header;
  auto add = [&](const std::string& name, const std::string& value) {
    header += (header.empty() ? "" : " ") + name + (is_set_flag(name) ? "" : ' ' + value);
  };
  std::unordered_set<std::string> named;
  auto words = tokenise_ipset(live);
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto& name = words[i];
    auto value = is_set_flag(name) || i + 1 == words.size() ? std::string() : words[++i];
    if (name == "initval") continue;
    named.insert(name);
    bool wishes_it = wished.wish->options.contains(name);
    auto other = options.find(name);
    if (wishes_it && other == options.end()) continue;
    add(name, wishes_it ? other->second : value);
  }
  for (const auto& [name, written] : wished.wish->options)
    if (auto wish = options.find(name); !named.contains(name) && wish != options.end())
      add(name, wish->second);
  return header;
}

}  // namespace

std::vector<std::string_view> WishedMembers::texts() const {
  std::vector<std::string_view> out;
  if (spelled) {
    out.assign(spelled->begin(), spelled->end());
  } else if (written != nullptr) {
    out.reserve(written->size());
    for (const auto& member : *written) out.push_back(member.text);
  }
  return out;
}

Result<std::vector<WishedSet>> write_sets(const Wishes& wishes, const State& live) {
  std::vector<WishedSet> out;
  for (const auto& [name, wish] : wishes.sets) {
    WishedSet set;
    set.wish = &wish;
    const auto* there = find_set(live.sets, name);
    if (!wish.type && there == nullptr)
      return bad_input(wish.place, fmt::format("set '{}' has no type", name),
                       "for single addresses: type: hash:ip");
    set.type = wish.type ? wish.type->text : there->type;
    bool as_it_is = there != nullptr && there->type == set.type;
    set.header = header_of(wish, set.type);
    if (as_it_is && !wish.options.contains("family")) {
      // What is not wished never drifts: the live family then tells which members fit.
      if (!has_family(*there, Family::kIpv4) && takes_family(set.type))
        set.header.replace(0, std::string_view("family inet").size(), "family inet6");
    }
    if (wish.members_equal) {
      TRY(set.equal, write_members(*wish.members_equal, set));
    }
    TRY(set.include, write_members(wish.members_include, set));
    TRY(set.exclude, write_members(wish.members_exclude, set));
    if (set.type == "list:set") {
      for (const auto& member : wish.members_equal.value_or(wish.members_include))
        TRY_VOID(check_is_set(member, wishes, live));
    }
    out.push_back(std::move(set));
  }
  return out;
}

Sets sets_with_wishes(const Sets& live, const std::vector<WishedSet>& wished) {
  Sets out = live;
  for (const auto& wish : wished) {
    auto there = std::ranges::find(out, wish.wish->name, &Set::name);
    if (there == out.end()) {
      out.push_back(Set{.name = wish.wish->name, .type = wish.type, .header = wish.header});
      there = std::prev(out.end());
    } else if (!difference(*there, wish).empty()) {
      there->header = there->type == wish.type ? header_with(there->header, wish) : wish.header;
      // Single addresses are networks too; what else was in it has no meaning in another type.
      if (there->type != wish.type && !(there->type == "hash:ip" && wish.type == "hash:net"))
        there->members.clear();
      there->type = wish.type;
    }
    auto members = MemberResolver(*there, wish).members();
    if (members) there->members = std::move(*members);
  }
  return out;
}

std::string difference(const Set& live, const WishedSet& wished) {
  if (live.type != wished.type) return fmt::format("type {}, not {}", live.type, wished.type);
  auto there = options_of(live.header);
  auto wanted = wished.spelled_options.value_or(options_of(wished.header));
  for (const auto& [name, written] : wished.wish->options) {
    if (is_volatile_set_option(name)) continue;
    auto found = there.find(name);
    auto want = wanted.find(name);
    if (found == there.end() && want == wanted.end()) continue;
    if (found == there.end()) return fmt::format("no option {}", name);
    if (want == wanted.end() || found->second != want->second)
      return fmt::format("{} {}, not {}", name, found->second, written.text);
  }
  return {};
}

}  // namespace pyfw
