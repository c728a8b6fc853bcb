// What of the host a match looks at besides the packet.

#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "net/ip.h"

namespace pyfw {

class SetIndex;

// The types of `-m addrtype`, as the kernel's routing tells them (RTN_*), as bits.
enum AddressType : std::uint16_t {
  kTypeUnspec = 1,
  kTypeUnicast = 2,
  kTypeLocal = 4,
  kTypeBroadcast = 8,
  kTypeAnycast = 16,
  kTypeMulticast = 32,
  kTypeBlackhole = 64,
  kTypeUnreachable = 128,
  kTypeProhibit = 256,
};

// What `-m rpfilter` asks: is the way back to the packet's source by the interface that it came in by?
struct WayBack {
  Ip source;
  Ip destination;
  std::string_view in_interface;
  std::uint32_t mark = 0;
  bool is_loose = false;       // by any interface
  bool accepts_local = false;  // the host's own addresses too
};

class Surroundings {
 public:
  Surroundings() = default;
  Surroundings(const Surroundings&) = delete;
  Surroundings& operator=(const Surroundings&) = delete;
  virtual ~Surroundings() = default;

  // Of an address, as inet_addr_type() or the IPv6 route look-up gives it; with an interface, as
  // `--limit-iface-in` and `--limit-iface-out` ask for it. None where that can't be told.
  [[nodiscard]] virtual std::optional<AddressType> address_type(const Ip& ip,
                                                                std::string_view interface) const = 0;
  // None: can't be told.
  [[nodiscard]] virtual std::optional<bool> passes_rpfilter(const WayBack& back) const = 0;
  [[nodiscard]] virtual const SetIndex& sets() const = 0;
};

}  // namespace pyfw
