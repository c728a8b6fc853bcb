#include "near.h"

#include <fmt/format.h>

#include <algorithm>

namespace pyfw::differential {

const std::vector<int> Near::kPorts = {22, 53, 80, 443, 8000, 50000, 50001};

Near::Near(Dice& dice, const Topology& topology, Family family) : dice_(&dice), family_(family) {
  auto take = [&](const Ip& ip, std::vector<Ip>& to) {
    if (ip.family() == family) to.push_back(ip);
  };
  for (const auto& neighbour : topology.neighbours) take(neighbour.ip, neighbours_);
  for (const auto& ip : topology.own) take(ip, own_);
  for (const auto* list : {&topology.own, &topology.beyond, &topology.odd})
    for (const auto& ip : *list) take(ip, addresses_);
  // Twice, since most packets are from and to them.
  for (int i = 0; i < 2; ++i) addresses_.insert(addresses_.end(), neighbours_.begin(), neighbours_.end());
  for (const auto& wire : topology.wires) {
    interfaces_.push_back(wire.interface());
    wires_.push_back(wire.name);
    macs_.push_back(wire.far_mac);
  }
  for (const auto* name : {"lo", "eth+", "e+", "docker0", "nowhere"}) interfaces_.emplace_back(name);
}

std::string Near::prefix() const {
  const std::vector<unsigned> lengths4 = {32, 32, 32, 24, 24, 28, 16, 8, 1};
  const std::vector<unsigned> lengths6 = {128, 128, 128, 64, 64, 112, 32, 8, 1};
  auto length = dice_->pick(is_ipv4() ? lengths4 : lengths6);
  return Prefix{.ip = ip().masked(length), .length = length}.to_string();
}

std::string Near::address_range() const {
  auto [low, high] = std::minmax({ip(), ip()});
  return fmt::format("{}-{}", low.to_string(), high.to_string());
}

std::string Near::ports(char separator) const {
  if (dice_->chance(60)) return std::to_string(port());
  auto [low, high] = std::minmax({port(), port()});
  if (low == high) return std::to_string(low);
  return fmt::format("{}{}{}", low, separator, high);
}

std::string Near::mac() const { return to_string(dice_->pick(macs_)); }

std::string Near::number_and_mask() const {
  const std::vector<int> values = {0, 0, 1, 1, 2, 3, 0x10};
  const std::vector<unsigned> masks = {0xffffffff, 0xffffffff, 1, 3, 0xff, 0x12};
  auto mask = dice_->pick(masks);
  auto value = static_cast<unsigned>(dice_->pick(values)) & mask;
  return mask == 0xffffffff ? fmt::format("{:#x}", value) : fmt::format("{:#x}/{:#x}", value, mask);
}

}  // namespace pyfw::differential
