#include "ext/protocols.h"

#include <algorithm>
#include <array>

#include "base/strings.h"

namespace pyfw {
namespace {

struct Name {
  std::string_view name;
  std::uint8_t number = 0;
};

// Sorted. Those of /etc/protocols, and what iptables knows besides.
constexpr std::array kNames = {
    Name{"ah", 51},          Name{"ax.25", 93},     Name{"dccp", 33},
    Name{"ddp", 37},         Name{"egp", 8},        Name{"eigrp", 88},
    Name{"encap", 98},       Name{"esp", 50},       Name{"etherip", 97},
    Name{"ethernet", 143},   Name{"fc", 133},       Name{"ggp", 3},
    Name{"gre", 47},         Name{"hip", 139},      Name{"hmp", 20},
    Name{"hopopt", 0},       Name{"icmp", 1},       Name{"icmpv6", 58},
    Name{"idpr-cmtp", 38},   Name{"idrp", 45},      Name{"igmp", 2},
    Name{"igp", 9},          Name{"ip", 0},         Name{"ipcomp", 108},
    Name{"ipencap", 4},      Name{"ipip", 94},      Name{"ipv6", 41},
    Name{"ipv6-frag", 44},   Name{"ipv6-icmp", 58}, Name{"ipv6-mh", 135},
    Name{"ipv6-nonxt", 59},  Name{"ipv6-opts", 60}, Name{"ipv6-route", 43},
    Name{"isis", 124},       Name{"iso-tp4", 29},   Name{"l2tp", 115},
    Name{"manet", 138},      Name{"mh", 135},       Name{"mobility-header", 135},
    Name{"mpls-in-ip", 137}, Name{"ospf", 89},      Name{"pim", 103},
    Name{"pup", 12},         Name{"rdp", 27},       Name{"rohc", 142},
    Name{"rspf", 73},        Name{"rsvp", 46},      Name{"sctp", 132},
    Name{"shim6", 140},      Name{"skip", 57},      Name{"st", 5},
    Name{"tcp", 6},          Name{"udp", 17},       Name{"udplite", 136},
    Name{"vmtp", 81},        Name{"vrrp", 112},     Name{"wesp", 141},
    Name{"xns-idp", 22},     Name{"xtp", 36},
};

}  // namespace

std::optional<std::uint8_t> parse_protocol(std::string_view text) {
  if (auto number = parse_number(text); number && *number < 256) return static_cast<std::uint8_t>(*number);
  auto found = std::ranges::lower_bound(kNames, text, {}, &Name::name);
  if (found == kNames.end() || found->name != text) return std::nullopt;
  return found->number;
}

}  // namespace pyfw
