#include "events/set_poll.h"

#include <algorithm>
#include <utility>

#include "netlink/ipset_netlink.h"

namespace pyfw {
namespace {

// So that looking at all members takes no more than this part of the time.
constexpr int kPartOfTime = 200;

}  // namespace

void SetPoll::listen_to(std::set<std::string> names) {
  names_ = std::move(names);
  forget();
  ask_ = ask_for_members_ = {};
  if (!names_.empty()) has_changed();
}

void SetPoll::forget() {
  quick_.reset();
  members_.reset();
}

bool SetPoll::has_changed() {
  auto now = std::chrono::steady_clock::now();
  if (names_.empty() || now < ask_) return false;
  ask_ = now + kEach;
  auto quick = digest_of_sets(names_);
  if (!quick) return false;
  bool changed = std::exchange(quick_, *quick) != *quick;
  if (now < ask_for_members_) return changed;
  auto members = digest_of_large_sets(names_);
  auto end = std::chrono::steady_clock::now();
  ask_for_members_ = end + std::max<std::chrono::steady_clock::duration>(kEach, (end - now) * kPartOfTime);
  if (!members) return changed;
  return std::exchange(members_, *members) != *members || changed;
}

}  // namespace pyfw
