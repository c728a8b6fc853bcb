#include "net/protocol.h"

#include <algorithm>
#include <array>

#include "net/packet.h"

namespace pyfw {
namespace {

struct Named {
  std::string_view name;
  std::uint8_t number;
};

// Of several names of a number the first is the one that is printed.
constexpr std::array<Named, 12> kProtocols = {{{"tcp", kTcp},
                                               {"udp", kUdp},
                                               {"icmp", kIcmp},
                                               {"icmpv6", kIcmp6},
                                               {"ipv6-icmp", kIcmp6},
                                               {"icmp6", kIcmp6},
                                               {"sctp", kSctp},
                                               {"dccp", kDccp},
                                               {"udplite", kUdplite},
                                               {"gre", kGre},
                                               {"esp", kEsp},
                                               {"ah", kAh}}};

constexpr auto kNames = [] {
  std::array<std::string_view, kProtocols.size()> names{};
  std::ranges::transform(kProtocols, names.begin(), &Named::name);
  return names;
}();

}  // namespace

std::optional<std::uint8_t> protocol_called(std::string_view name) {
  const auto* found = std::ranges::find(kProtocols, name, &Named::name);
  if (found == kProtocols.end()) return {};
  return found->number;
}

std::string name_of_protocol(std::uint8_t number) {
  const auto* found = std::ranges::find(kProtocols, number, &Named::number);
  return found == kProtocols.end() ? std::to_string(number) : std::string(found->name);
}

std::span<const std::string_view> protocol_names() { return kNames; }

}  // namespace pyfw
