#include "keep/undo_sets.h"

#include <algorithm>
#include <map>
#include <ranges>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/by_text.h"
#include "keep/set_kind.h"
#include "keep/undo_list.h"

namespace pyfw {
namespace {

struct SetUndone {
  std::optional<Set> set{};
  std::optional<Set> emptied{};  // was created, and stays as it is here if someone names it
  bool is_whole = false;
};

using Members = std::vector<std::string>;
using ByElement = ByText<const std::string*>;

ByElement by_element(const Members& members) {
  ByElement out(members.size());
  for (const auto& member : members) out.emplace(element_of(member), &member);
  return out;
}

bool is_same_member(const std::string& a, const std::string& b) {
  return a == b || parse_member(a) == parse_member(b);
}

// The order of a list:set means something. What stands behind its first difference is laid anew on the way.
Members undo_ordered(const Members& before, const Members& after, const Members& now) {
  std::vector<Entry> entries;
  for (const auto& member : now) entries.push_back({.text = member});
  auto differs = static_cast<std::size_t>(std::ranges::mismatch(before, after).in1 - before.begin());
  auto relaid = std::span(before).subspan(differs);
  Members out;
  for (auto& entry :
       undo_list({.before = before, .after = after, .own = before, .relaid = relaid}, std::move(entries)))
    out.push_back(std::move(entry.text));
  return out;
}

Members undo_members(const Members& went, const Members& came, const Members& now) {
  auto by_went = by_element(went);
  auto by_came = by_element(came);
  Members out;
  Texts there(now.size());
  for (const auto& member : now) {
    there.insert(element_of(member));
    auto ours = by_came.find(element_of(member));
    auto old = by_went.find(element_of(member));
    bool is_ours = ours != by_came.end() && fulfils(parse_member(member), parse_member(*ours->second));
    if (!is_ours || (old != by_went.end() && is_same_member(member, *old->second))) {
      out.push_back(member);
    } else if (old != by_went.end()) {
      out.push_back(*old->second);
    }
  }
  for (const auto& member : went)
    if (!there.contains(element_of(member))) out.push_back(member);
  return out;
}

Members undo_either(const Set& set, const Members& before, const Members& after) {
  return set.type == "list:set" ? undo_ordered(before, after, set.members)
                                : undo_members(before, after, set.members);
}

void undo_creation(const Set& after, SetUndone& undone) {
  if (!undone.set || !is_of_kind(*undone.set, after)) return;
  undone.set->members = undo_either(*undone.set, {}, after.members);
  if (undone.set->members.empty()) undone.emptied = std::exchange(undone.set, std::nullopt);
}

void come_back(const Set& before, SetUndone& undone) {
  undone.set = before;
  undone.is_whole = true;
}

void undo_removal(const Set& before, SetUndone& undone) {
  if (!undone.set) {
    come_back(before, undone);
  } else if (is_same_kind(*undone.set, before)) {
    undone.set->members = undo_either(*undone.set, before.members, {});
  }
}

void undo_edit(const Set& before, const Set& after, SetUndone& undone) {
  if (is_same_kind(before, after)) {
    if (undone.set && is_same_kind(*undone.set, before))
      undone.set->members = undo_either(*undone.set, before.members, after.members);
    return;
  }
  if (!undone.set || (!is_same_kind(*undone.set, before) && is_of_kind(*undone.set, after)))
    come_back(before, undone);
}

void undo_set(const ChangedSet& changed, SetUndone& undone) {
  if (changed.before && changed.after) {
    undo_edit(*changed.before, *changed.after, undone);
  } else if (changed.before) {
    undo_removal(*changed.before, undone);
  } else if (changed.after) {
    undo_creation(*changed.after, undone);
  }
}

}  // namespace

SetsUndone undo_sets(std::span<const Change> changes, const Sets& now) {
  std::map<std::string, SetUndone> touched;
  for (const auto& change : changes | std::views::reverse) {
    for (const auto& changed : change.sets) {
      auto [at, is_new] = touched.try_emplace(changed.name);
      if (const auto* set = is_new ? find_set(now, changed.name) : nullptr) at->second.set = *set;
      undo_set(changed, at->second);
    }
  }
  SetsUndone out;
  for (auto& [name, undone] : touched) {
    if (undone.set && undone.is_whole) out.whole.insert(name);
    if (!undone.set && undone.emptied) {
      undone.set = std::move(undone.emptied);
      out.created.insert(name);
    }
  }
  for (const auto& set : now) {
    auto found = touched.find(set.name);
    if (found == touched.end()) {
      out.sets.push_back(set);
    } else if (auto back = std::exchange(found->second.set, std::nullopt)) {
      out.sets.push_back(std::move(*back));
    }
  }
  for (auto& [name, undone] : touched)
    if (undone.set) out.sets.push_back(std::move(*undone.set));
  return out;
}

}  // namespace pyfw
