#include "sys/ipset_netlink.h"

#include <fmt/format.h>
#include <linux/netfilter/ipset/ip_set.h>
#include <linux/netfilter/nfnetlink.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <optional>
#include <string_view>
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

using SetHeader = NetlinkAttributes<IPSET_ATTR_DATA + 1>;

// Without its members.
Result<void> for_each_set(const std::function<void()>& begin,
                          const std::function<void(const SetHeader&)>& take) {
  TRY(auto socket, NetfilterSocket::open());
  TRY(auto spoken, protocol(socket));
  begin();
  if (!spoken) return {};
  NetfilterRequest request(NFNL_SUBSYS_IPSET, IPSET_CMD_LIST, AF_INET, NLM_F_DUMP);
  request.add_byte(IPSET_ATTR_PROTOCOL, *spoken).add_number(IPSET_ATTR_FLAGS, IPSET_FLAG_LIST_HEADER);
  int error = socket.ask_until_whole(
      request, begin, [&](const nlmsghdr& message) { take(SetHeader(message, sizeof(nfgenmsg))); });
  if (error != 0) return refused(error);
  return {};
}

bool has_forceadd(const SetHeader& set) {
  NetlinkAttributes<IPSET_ATTR_CADT_MAX + 1> data(set[IPSET_ATTR_DATA]);
  return (data.number(IPSET_ATTR_CADT_FLAGS) & IPSET_FLAG_WITH_FORCEADD) != 0;
}

}  // namespace

Result<std::set<std::string>> forceadd_sets() {
  std::set<std::string> names;
  TRY_VOID(for_each_set([&] { names.clear(); },
                        [&](const SetHeader& set) {
                          if (has_forceadd(set)) names.emplace(set.text(IPSET_ATTR_SETNAME));
                        }));
  return names;
}

Result<std::uint64_t> digest_of_sets() {
  std::uint64_t digest = 0;
  TRY_VOID(for_each_set([&] { digest = 0; },
                        [&](const SetHeader& set) {
                          NetlinkAttributes<IPSET_ATTR_CADT_MAX + 1> data(set[IPSET_ATTR_DATA]);
                          auto one = std::hash<std::string_view>()(set.text(IPSET_ATTR_SETNAME));
                          for (auto attribute :
                               {IPSET_ATTR_ELEMENTS, IPSET_ATTR_MEMSIZE, IPSET_ATTR_REFERENCES})
                            one = one * 31 + data.number(attribute);
                          digest = digest * 1'000'003 + one;
                        }));
  return digest;
}

}  // namespace pyfw
