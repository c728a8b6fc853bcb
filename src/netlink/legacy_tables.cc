#include "netlink/legacy_tables.h"

#include <fmt/format.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <functional>
#include <optional>
#include <string_view>
#include <system_error>

#include "base/contains.h"
#include "netlink/netfilter_socket.h"
#include "nf/ruleset.h"

namespace pyfw {
namespace {

// As nft names them; none for those whose packets are not of IP.
std::optional<std::string_view> family_name(std::uint8_t family) {
  switch (family) {
    case NFPROTO_INET: return "inet";
    case NFPROTO_IPV4: return "ip";
    case NFPROTO_IPV6: return "ip6";
    case NFPROTO_BRIDGE: return "bridge";
    case NFPROTO_NETDEV: return "netdev";
    default: return {};
  }
}

bool is_of_iptables(std::uint8_t family, std::string_view table) {
  return (family == NFPROTO_IPV4 || family == NFPROTO_IPV6) && contains(table_names(), table);
}

// Of all families where none is named.
Result<void> for_each_nft_table(std::uint8_t family, const std::function<void()>& begin,
                                const std::function<void(std::uint8_t family, std::string_view name)>& take) {
  TRY(auto socket, NetfilterSocket::open());
  NetfilterRequest request(NFNL_SUBSYS_NFTABLES, NFT_MSG_GETTABLE, family, NLM_F_DUMP);
  int error = socket.ask_until_whole(request, begin, [&](const nlmsghdr& message) {
    NetlinkAttributes<NFTA_TABLE_NAME + 1> attributes(message, sizeof(nfgenmsg));
    if (const auto* own = own_header<nfgenmsg>(message))
      take(own->nfgen_family, attributes.text(NFTA_TABLE_NAME));
  });
  // A kernel without nftables does not know whom the message is for.
  if (error != 0 && error != EINVAL && error != EOPNOTSUPP)
    return fail("nftables: " + std::generic_category().message(error));
  return {};
}

}  // namespace

std::vector<std::string> legacy_tables(Family family) {
  // Not there where the modules are not loaded, or we are not root.
  std::ifstream file(family == Family::kIpv4 ? "/proc/thread-self/net/ip_tables_names"
                                             : "/proc/thread-self/net/ip6_tables_names");
  std::vector<std::string> tables;
  for (std::string name; std::getline(file, name);)
    if (!name.empty()) tables.push_back(name);
  std::ranges::sort(tables);
  return tables;
}

Result<std::vector<std::string>> nft_tables(Family family) {
  std::vector<std::string> tables;
  TRY_VOID(for_each_nft_table(
      nfproto(family), [&] { tables.clear(); },
      [&](std::uint8_t, std::string_view name) { tables.emplace_back(name); }));
  std::ranges::sort(tables);
  return tables;
}

Result<std::vector<std::string>> tables_beside_iptables() {
  std::vector<std::string> tables;
  TRY_VOID(for_each_nft_table(
      NFPROTO_UNSPEC, [&] { tables.clear(); },
      [&](std::uint8_t family, std::string_view name) {
        auto of_family = family_name(family);
        if (of_family && !is_of_iptables(family, name))
          tables.push_back(fmt::format("{} {}", *of_family, name));
      }));
  std::ranges::sort(tables);
  return tables;
}

}  // namespace pyfw
