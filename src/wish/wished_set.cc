#include "wish/wished_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

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

Result<WishedMembers> write_members(const std::vector<Located>& members, const WishedSet& set) {
  WishedMembers out;
  out.written.reserve(members.size());
  out.spelled.reserve(members.size());
  Set shape{.name = set.wish->name, .type = set.type, .header = set.header};
  for (const auto& member : members) {
    TRY_VOID(check_member(member, shape));
    auto text = write_tokens(tokenise_saved(member.text));
    out.written.push_back(WishedMember{.text = text, .place = member.place});
    out.spelled.push_back(std::move(text));
  }
  return out;
}

// Elements of live members, to find those that fulfil a wish.
std::unordered_map<std::string, const std::string*> by_element(const std::vector<std::string>& members) {
  std::unordered_map<std::string, const std::string*> found;
  found.reserve(members.size());
  for (const auto& member : members) found.emplace(parse_member(member).element, &member);
  return found;
}

class MemberResolver {
 public:
  MemberResolver(const Set& live, const WishedSet& wished) : live_(live), wished_(wished), elements_(by_element(live.members)) {}

  [[nodiscard]] std::vector<std::string> members() const {
    if (wished_.wish->members_equal) return live_.type == "list:set" ? exactly_in_order() : exactly();
    std::unordered_set<std::string> excluded;
    for (const auto& spelled : wished_.exclude.spelled) excluded.insert(parse_member(spelled).element);
    std::vector<std::string> out;
    std::unordered_set<std::string> replaced;
    auto more = missing(wished_.include, replaced);
    for (const auto& member : live_.members) {
      auto element = parse_member(member).element;
      if (!excluded.contains(element) && !replaced.contains(element)) out.push_back(member);
    }
    out.insert(out.end(), more.begin(), more.end());
    return out;
  }

 private:
  // The live member where it fulfils the wish, else the wish.
  [[nodiscard]] const std::string& best(const std::string& wished) const {
    auto member = parse_member(wished);
    auto found = elements_.find(member.element);
    return found != elements_.end() && fulfils(parse_member(*found->second), member) ? *found->second : wished;
  }

  [[nodiscard]] std::vector<std::string> exactly_in_order() const {
    std::vector<std::string> out;
    for (const auto& spelled : wished_.equal.spelled) out.push_back(best(spelled));
    return out;
  }

  // Live members keep their place in the text, new ones follow: a set has no order.
  [[nodiscard]] std::vector<std::string> exactly() const {
    std::unordered_set<std::string> kept;
    std::vector<std::string> added;
    std::unordered_set<std::string> seen;
    for (const auto& spelled : wished_.equal.spelled) {
      if (!seen.insert(parse_member(spelled).element).second) continue;
      const auto& text = best(spelled);
      if (&text == &spelled) {
        added.push_back(text);
      } else {
        kept.insert(text);
      }
    }
    std::vector<std::string> out;
    for (const auto& member : live_.members)
      if (kept.contains(member)) out.push_back(member);
    out.insert(out.end(), added.begin(), added.end());
    return out;
  }

  [[nodiscard]] std::vector<std::string> missing(const WishedMembers& wished,
                                                 std::unordered_set<std::string>& replaced) const {
    std::vector<std::string> out;
    for (const auto& spelled : wished.spelled) {
      const auto& text = best(spelled);
      if (&text == &spelled && replaced.insert(parse_member(spelled).element).second) out.push_back(spelled);
    }
    return out;
  }

  const Set& live_;
  const WishedSet& wished_;
  std::unordered_map<std::string, const std::string*> elements_;
};

}  // namespace

Result<std::vector<WishedSet>> write_sets(const Wishes& wishes, const State& live) {
  std::vector<WishedSet> out;
  for (const auto& [name, wish] : wishes.sets) {
    WishedSet set;
    set.wish = &wish;
    const auto* there = find_set(live.sets, name);
    if (!wish.type && there == nullptr)
      return bad_input(wish.place, fmt::format("set '{}' has no type", name), "for single addresses: type: hash:ip");
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
      there->type = wish.type;
      there->header = wish.header;
    }
    there->members = MemberResolver(*there, wish).members();
  }
  return out;
}

bool is_spelled_like_kernel(const WishedSet& set, std::string_view member) {
  if (set.type == "list:set") return true;
  if (set.wish->options.contains("netmask") || set.wish->options.contains("bitmask")) return false;
  auto prefix = Prefix::parse(member);
  if (!prefix) return false;
  bool single = member.find('/') == std::string_view::npos;
  if (set.type == "hash:ip" || set.type == "bitmap:ip") return single && prefix->ip.to_string() == member;
  if (set.type != "hash:net") return false;
  if (single) return prefix->ip.to_string() == member;
  return prefix->length > 0 && prefix->length < address_bits(prefix->ip.family()) && !prefix->has_host_bits() &&
         prefix->to_string() == member;
}

std::string difference(const Set& live, const WishedSet& wished) {
  if (live.type != wished.type) return fmt::format("type {}, not {}", live.type, wished.type);
  auto options = options_of(live.header);
  for (const auto& [name, value] : wished.wish->options) {
    if (is_volatile_set_option(name)) continue;
    auto found = options.find(name);
    if (found == options.end()) return fmt::format("no option {}", name);
    if (found->second != value.text) return fmt::format("{} {}, not {}", name, found->second, value.text);
  }
  return {};
}

}  // namespace pyfw
