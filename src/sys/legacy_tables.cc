#include "sys/legacy_tables.h"

#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <system_error>

#include "sys/netfilter_socket.h"

namespace pyfw {
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
  TRY(auto socket, NetfilterSocket::open());
  std::vector<std::string> tables;
  NetfilterRequest request(NFNL_SUBSYS_NFTABLES, NFT_MSG_GETTABLE, nfproto(family), NLM_F_DUMP);
  int error = socket.ask_until_whole(
      request, [&] { tables.clear(); },
      [&](const nlmsghdr& message) {
        NetlinkAttributes<NFTA_TABLE_NAME + 1> attributes(message, sizeof(nfgenmsg));
        tables.emplace_back(attributes.text(NFTA_TABLE_NAME));
      });
  // A kernel without nftables does not know whom the message is for.
  if (error != 0 && error != EINVAL && error != EOPNOTSUPP)
    return fail("nftables: " + std::generic_category().message(error));
  std::ranges::sort(tables);
  return tables;
}

}  // namespace pyfw
