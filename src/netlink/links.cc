#include "netlink/links.h"

#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <net/if.h>

#include "base/strings.h"
#include "netlink/rtnetlink.h"

namespace pyfw {
namespace {

std::optional<Mac> mac_in(const nlattr* attribute) {
  Mac mac{};
  if (attribute == nullptr || payload_of(*attribute).size() != mac.size()) return {};
  std::memcpy(mac.data(), payload_of(*attribute).data(), mac.size());
  // The loopback has one of zeros, which is none.
  if (mac == Mac()) return {};
  return mac;
}

struct Links {
  Interfaces interfaces;
  std::map<std::uint32_t, std::uint32_t> bridges;  // a port's index, its bridge's
};

void take_link(const nlmsghdr& message, Links& links) {
  const auto* link = own_header<ifinfomsg>(message);
  if (link == nullptr) return;
  NetlinkAttributes<IFLA_MAX + 1> attributes(message, sizeof(*link));
  NetlinkAttributes<IFLA_INFO_MAX + 1> info(attributes[IFLA_LINKINFO]);
  auto index = static_cast<std::uint32_t>(link->ifi_index);
  Interface interface{.name = std::string(attributes.text(IFLA_IFNAME)),
                      .is_up = (link->ifi_flags & IFF_UP) != 0,
                      .kind = std::string(info.text(IFLA_INFO_KIND)),
                      .mac = mac_in(attributes[IFLA_ADDRESS]),
                      .index = index};
  if (interface.kind == "veth") interface.peer_index = attributes.host_number(IFLA_LINK);
  if (info.text(IFLA_INFO_SLAVE_KIND) == "bridge") links.bridges[index] = attributes.host_number(IFLA_MASTER);
  links.interfaces[index] = std::move(interface);
}

void take_address(const nlmsghdr& message, Interfaces& interfaces) {
  const auto* address = own_header<ifaddrmsg>(message);
  auto family = address == nullptr ? std::nullopt : family_of_number(address->ifa_family);
  if (!family) return;
  NetlinkAttributes<IFA_MAX + 1> attributes(message, sizeof(*address));
  // IFA_ADDRESS is the peer's on a point-to-point link.
  const auto* own = attributes[IFA_LOCAL] != nullptr ? attributes[IFA_LOCAL] : attributes[IFA_ADDRESS];
  auto ip = address_in(*family, own);
  // An interface that came after the links were read.
  auto interface = interfaces.find(address->ifa_index);
  if (!ip || interface == interfaces.end()) return;
  interface->second.addresses.push_back({.ip = *ip, .length = address->ifa_prefixlen});
}

}  // namespace

Result<Interfaces> read_interfaces(NetlinkSocket& socket) {
  Links links;
  TRY_VOID(socket.dump(
      RTM_GETLINK, ifinfomsg{}, [&] { links = {}; },
      [&](const nlmsghdr& message) { take_link(message, links); }));
  auto& interfaces = links.interfaces;
  for (const auto& [port, bridge] : links.bridges) interfaces[port].bridge = name_of(interfaces, bridge);
  TRY_VOID(socket.dump(
      RTM_GETADDR, ifaddrmsg{},
      [&] {
        for (auto& [index, interface] : interfaces) interface.addresses.clear();
      },
      [&](const nlmsghdr& message) { take_address(message, interfaces); }));
  return interfaces;
}

std::string name_of(const Interfaces& interfaces, std::uint32_t index) {
  auto found = interfaces.find(index);
  return found == interfaces.end() ? std::string() : found->second.name;
}

}  // namespace pyfw
