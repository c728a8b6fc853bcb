#include "keep/set_kind.h"

#include <algorithm>

namespace pyfw {
namespace {

SetOptions lasting_options(const Set& set) {
  auto options = options_of(set.header);
  std::erase_if(options, [](const auto& option) { return is_volatile_set_option(option.first); });
  return options;
}

}  // namespace

bool is_same_kind(const Set& a, const Set& b) {
  return a.type == b.type && (a.header == b.header || lasting_options(a) == lasting_options(b));
}

bool is_of_kind(const Set& live, const Set& wanted) {
  if (live.type != wanted.type) return false;
  auto there = lasting_options(live);
  auto options = lasting_options(wanted);
  return std::ranges::all_of(options, [&](const auto& option) {
    auto found = there.find(option.first);
    return found == there.end() || found->second == option.second;
  });
}

}  // namespace pyfw
