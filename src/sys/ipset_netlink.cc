#include "sys/ipset_netlink.h"

#include <fmt/format.h>
#include <linux/netfilter/ipset/ip_set.h>
#include <linux/netfilter/nfnetlink.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <system_error>

#include "sys/netfilter_socket.h"

namespace pyfw {
namespace {

constexpr std::uint8_t kNewest = IPSET_PROTOCOL;
constexpr std::uint8_t kOldest = IPSET_PROTOCOL_MIN;

std::unexpected<Error> refused(int error) { return fail("ipset: " + std::generic_category().message(error)); }

// A kernel without ipset does not know whom the message is for.
bool means_no_ipset(int error) { return error == EINVAL || error == EOPNOTSUPP || error == EPROTONOSUPPORT; }

// The newest protocol that both sides speak; nothing where there is no ipset.
Result<std::optional<std::uint8_t>> protocol(NetfilterSocket& socket) {
  NetfilterRequest request(NFNL_SUBSYS_IPSET, IPSET_CMD_PROTOCOL, AF_INET);
  request.add_byte(IPSET_ATTR_PROTOCOL, kNewest);
  std::uint8_t newest = 0;
  int error = socket.ask(request, [&](const nlmsghdr& message) {
    NetlinkAttributes<IPSET_ATTR_PROTOCOL + 1> attributes(message, sizeof(nfgenmsg));
    newest = attributes.byte(IPSET_ATTR_PROTOCOL);
  });
  if (means_no_ipset(error)) return std::nullopt;
  if (error != 0) return refused(error);
  auto spoken = std::min(newest, kNewest);
  if (spoken < kOldest)
    return fail(
        fmt::format("ipset: the kernel speaks protocol {}, and not {} to {}", newest, kOldest, kNewest));
  return spoken;
}

bool has_forceadd(const NetlinkAttributes<IPSET_ATTR_DATA + 1>& set) {
  NetlinkAttributes<IPSET_ATTR_CADT_MAX + 1> data(set[IPSET_ATTR_DATA]);
  return (data.number(IPSET_ATTR_CADT_FLAGS) & IPSET_FLAG_WITH_FORCEADD) != 0;
}

}  // namespace

Result<std::set<std::string>> forceadd_sets() {
  TRY(auto socket, NetfilterSocket::open());
  TRY(auto spoken, protocol(socket));
  std::set<std::string> names;
  if (!spoken) return names;
  NetfilterRequest request(NFNL_SUBSYS_IPSET, IPSET_CMD_LIST, AF_INET, NLM_F_DUMP);
  request.add_byte(IPSET_ATTR_PROTOCOL, *spoken).add_number(IPSET_ATTR_FLAGS, IPSET_FLAG_LIST_HEADER);
  int error = socket.ask_until_whole(
      request, [&] { names.clear(); },
      [&](const nlmsghdr& message) {
        NetlinkAttributes<IPSET_ATTR_DATA + 1> set(message, sizeof(nfgenmsg));
        if (has_forceadd(set)) names.emplace(set.text(IPSET_ATTR_SETNAME));
      });
  if (error != 0) return refused(error);
  return names;
}

}  // namespace pyfw
