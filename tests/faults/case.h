// A change to be made under attack: what is there, what pyfw has put there before, and what is wished now.

#pragma once

#include <span>
#include <string>

namespace pyfw::faults {

struct Case {
  std::string name;
  std::string sets{};     // of others, as `ipset restore` takes them
  std::string rules{};    // of others, as iptables-restore takes them
  std::string rules6{};   // likewise of ip6tables
  std::string before{};   // wishes that an earlier apply has fulfilled; what stands below pyfw_wishes
  std::string wishes;     // those of now
  std::string claimed{};  // a rule of others in which this stands is the wishes' to move or to take away
  std::string exact{};    // a chain of which every rule is wished, so that a rival's goes as well
  bool adopts = false;    // with --adopt
};

// Wishes for the table filter, from behind its colon.
inline std::string filter(const std::string& chains) { return "  iptables:\n    filter:" + chains; }

std::span<const Case> rule_cases();
std::span<const Case> set_cases();
std::span<const Case> table_cases();

}  // namespace pyfw::faults
