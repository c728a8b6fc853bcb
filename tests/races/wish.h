// Wishes at random, and what a host then must have of them.

#pragma once

#include <optional>
#include <random>
#include <string>
#include <vector>

namespace pyfw::races {

struct WishedItem {
  enum class Kind { kOurs, kMatch, kRest };
  Kind kind = Kind::kOurs;
  std::string name{};
  std::string text{};  // of kOurs, as the kernel spells it
};

struct WishedRules {
  std::string table;
  std::string chain;
  std::string policy{};  // empty for none: then it is ACCEPT
  std::vector<WishedItem> items{};
};

struct Wish {
  // Every chain in which wishes may stand, also those that have none this time.
  std::vector<WishedRules> chains;
  bool has_own_chain = false;
  std::optional<std::vector<std::string>> members{};  // of the set; none where there is no set
};

inline constexpr const char* kOwnChain = "OURS";
inline constexpr const char* kSet = "our_set";

// Rules come, go, change, move, stand before and behind ~rest and ~match; a policy, a set and a chain of its
// own come and go.
Wish random_wish(std::mt19937& random);

std::string as_yaml(const Wish& wish);

}  // namespace pyfw::races
