// Values near to those of the packets, so that random rules match them often: spelled as iptables takes them.

#pragma once

#include <string>
#include <vector>

#include "dice.h"
#include "net/ip.h"
#include "topology.h"

namespace pyfw::differential {

class Near {
 public:
  Near(Dice& dice, const Topology& topology, Family family);

  [[nodiscard]] Family family() const { return family_; }
  [[nodiscard]] bool is_ipv4() const { return family_ == Family::kIpv4; }
  [[nodiscard]] Dice& dice() const { return *dice_; }

  [[nodiscard]] Ip ip() const { return dice_->pick(addresses_); }
  [[nodiscard]] Ip own() const { return dice_->pick(own_); }
  [[nodiscard]] Ip neighbour() const { return dice_->pick(neighbours_); }
  [[nodiscard]] std::string prefix() const;         // "10.0.0.0/24"
  [[nodiscard]] std::string address_range() const;  // "10.0.0.1-10.0.0.9"
  [[nodiscard]] int port() const { return dice_->pick(kPorts); }
  [[nodiscard]] std::string ports(char separator = ':') const;                      // "80" or "22:443"
  [[nodiscard]] std::string interface() const { return dice_->pick(interfaces_); }  // or "eth+"
  [[nodiscard]] std::string wire() const { return dice_->pick(wires_); }
  [[nodiscard]] std::string mac() const;
  [[nodiscard]] std::string number_and_mask() const;  // of a mark: "0x1/0x3"
  [[nodiscard]] std::string family_word() const { return is_ipv4() ? "inet" : "inet6"; }
  // "! " now and then.
  [[nodiscard]] std::string maybe_not(int percent = 20) const { return dice_->chance(percent) ? "! " : ""; }

  static const std::vector<int> kPorts;

 private:
  Dice* dice_;
  Family family_;
  std::vector<Ip> addresses_;
  std::vector<Ip> own_;
  std::vector<Ip> neighbours_;
  std::vector<std::string> interfaces_;
  std::vector<std::string> wires_;
  std::vector<Mac> macs_;
};

}  // namespace pyfw::differential
