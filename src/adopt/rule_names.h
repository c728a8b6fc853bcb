// Names for rules that bear none, made from what they do.
//
//   -s 10.0.0.0/8 -p tcp -m tcp --dport 22 -j ACCEPT         allow_tcp_22_from_10_0_0_0_8
//   -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT     allow_established
//
// A rule's name hangs on the rule alone; only where two would have one does the later get a number.

#pragma once

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

namespace pyfw {

// Of lower case letters, digits and '_'; at most 80 bytes.
std::string name_for(std::span<const std::string> tokens);

// The names of one chain.
class ChainNames {
 public:
  // Nobody else may have it: it stands in the chain.
  void reserve(std::string_view name) { taken_.emplace(name, 2); }
  // The name, or the name with the next number behind it.
  std::string unique(std::string name);

 private:
  std::unordered_map<std::string, unsigned> taken_{};  // and the number that comes next
};

}  // namespace pyfw
