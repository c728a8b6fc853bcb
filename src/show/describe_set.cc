#include "show/describe_set.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "base/by_text.h"

namespace pyfw {
namespace {

std::optional<SetShape> shape_of(const Set* set) {
  if (set == nullptr) return std::nullopt;
  return SetShape{.type = set->type, .header = set->header};
}

using ByElement = ByText<std::string_view>;

ByElement by_element(const std::vector<std::string>& members) {
  ByElement out(members.size());
  for (const auto& member : members) out.emplace(element_of(member), member);
  return out;
}

void compare_members(const std::vector<std::string>& live, const std::vector<std::string>& desired,
                     SetDescription& out) {
  auto there = by_element(live);
  for (const auto& member : desired) {
    auto found = there.find(element_of(member));
    if (found == there.end()) {
      out.added.push_back(member);
    } else if (found->second != member) {
      out.changed.push_back(member);
    }
  }
  auto wanted = by_element(desired);
  for (const auto& member : live)
    if (!wanted.contains(element_of(member))) out.removed.push_back(member);
}

// Whether the members that stay keep their order and what is added follows them.
bool is_appended(const std::vector<std::string>& live, const std::vector<std::string>& desired,
                 const SetDescription& change) {
  auto gone = by_element(change.removed);
  std::vector<std::string_view> expected;
  for (const auto& member : live)
    if (!gone.contains(element_of(member))) expected.push_back(element_of(member));
  for (const auto& member : change.added) expected.push_back(element_of(member));
  return std::ranges::equal(expected, desired, {}, {},
                            [](const std::string& member) { return element_of(member); });
}

}  // namespace

std::optional<SetDescription> describe_set(const Set* live, const Set* desired) {
  const auto& one = live != nullptr ? *live : *desired;
  SetDescription out{.name = one.name, .before = shape_of(live), .after = shape_of(desired)};
  static const std::vector<std::string> kNoMembers;
  const auto& before = live != nullptr ? live->members : kNoMembers;
  const auto& after = desired != nullptr ? desired->members : kNoMembers;
  if (out.before == out.after && before == after) return std::nullopt;
  compare_members(before, after, out);
  // The order of a hash's members depends on its history; those of a list are tried in theirs.
  bool is_list = out.after && out.after->type == "list:set";
  if (is_list && out.before && !is_appended(before, after, out)) out.order = after;
  if (!out.before || out.before->type != "list:set") std::ranges::sort(out.removed);
  bool is_same = out.before == out.after && out.added.empty() && out.removed.empty() && out.changed.empty() &&
                 out.order.empty();
  if (is_same) return std::nullopt;
  return out;
}

}  // namespace pyfw
