#include "netlink/ipset_netlink.h"

#include <fmt/format.h>
#include <linux/netfilter/ipset/ip_set.h>
#include <linux/netfilter/nfnetlink.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <map>
#include <optional>
#include <string_view>
#include <system_error>

#include "netlink/netfilter_socket.h"

namespace pyfw {
namespace {

constexpr std::uint8_t kNewest = IPSET_PROTOCOL;
constexpr std::uint8_t kOldest = IPSET_PROTOCOL_MIN;
constexpr std::uint32_t kMostMembersToLookAt = 4'096;

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

using SetMessage = NetlinkAttributes<IPSET_ATTR_ADT + 1>;
using OnSet = std::function<void(const SetMessage&)>;

// What the kernel lists of what `say_what` asks for: a message a set, or one for some of its members. Nothing
// where there is no such set any more.
Result<void> list(const std::function<void(NetfilterRequest&)>& say_what, const std::function<void()>& begin,
                  const OnSet& take) {
  TRY(auto socket, NetfilterSocket::open());
  TRY(auto spoken, protocol(socket));
  begin();
  if (!spoken) return {};
  NetfilterRequest request(NFNL_SUBSYS_IPSET, IPSET_CMD_LIST, AF_INET, NLM_F_DUMP);
  request.add_byte(IPSET_ATTR_PROTOCOL, *spoken);
  say_what(request);
  int error = socket.ask_until_whole(
      request, begin, [&](const nlmsghdr& message) { take(SetMessage(message, sizeof(nfgenmsg))); });
  if (error != 0 && error != ENOENT) return refused(error);
  return {};
}

// All sets without their members.
Result<void> for_each_set(const std::function<void()>& begin, const OnSet& take) {
  return list([](NetfilterRequest& request) { request.add_number(IPSET_ATTR_FLAGS, IPSET_FLAG_LIST_HEADER); },
              begin, take);
}

// One set with its members.
Result<void> for_each_part(const std::string& name, const std::function<void()>& begin, const OnSet& take) {
  return list([&](NetfilterRequest& request) { request.add(IPSET_ATTR_SETNAME, name); }, begin, take);
}

bool has_forceadd(const SetMessage& set) {
  NetlinkAttributes<IPSET_ATTR_CADT_MAX + 1> data(set[IPSET_ATTR_DATA]);
  return (data.number(IPSET_ATTR_CADT_FLAGS) & IPSET_FLAG_WITH_FORCEADD) != 0;
}

// What of a member goes on by itself.
bool counts(std::size_t type) {
  return type == IPSET_ATTR_TIMEOUT || type == IPSET_ATTR_BYTES || type == IPSET_ATTR_PACKETS;
}

std::uint64_t digest_of_member(const nlattr& member) {
  std::uint64_t digest = 0;
  auto attributes = payload_of(member);
  while (const auto* attribute = take_attribute(attributes)) {
    auto type = static_cast<std::size_t>(attribute->nla_type & NLA_TYPE_MASK);
    if (!counts(type)) digest = digest * 31 + type + std::hash<std::string_view>()(payload_of(*attribute));
  }
  return digest;
}

// In whatever order they come.
std::uint64_t digest_of_members(const SetMessage& set) {
  std::uint64_t digest = 0;
  if (set[IPSET_ATTR_ADT] == nullptr) return digest;
  auto members = payload_of(*set[IPSET_ATTR_ADT]);
  while (const auto* member = take_attribute(members))
    digest += digest_of_member(*member) * 0x9e3779b97f4a7c15U;
  return digest;
}

struct SetSize {
  std::uint32_t members = 0;
  std::uint32_t memory = 0;

  [[nodiscard]] bool is_large() const { return members > kMostMembersToLookAt; }
  // One that is swapped for another mostly takes another amount of memory. That of a small set does not
  // matter: its members are looked at.
  [[nodiscard]] std::uint64_t digest() const {
    return is_large() ? members + (std::uint64_t{memory} << 32U) : members;
  }
};

// None of a set that is not there.
Result<std::map<std::string, SetSize>> sizes_of(const std::set<std::string>& names) {
  std::map<std::string, SetSize> sizes;
  TRY_VOID(for_each_set([&] { sizes.clear(); },
                        [&](const SetMessage& set) {
                          std::string name(set.text(IPSET_ATTR_SETNAME));
                          if (!names.contains(name)) return;
                          NetlinkAttributes<IPSET_ATTR_CREATE_MAX + 1> data(set[IPSET_ATTR_DATA]);
                          sizes[name] = {.members = data.number(IPSET_ATTR_ELEMENTS),
                                         .memory = data.number(IPSET_ATTR_MEMSIZE)};
                        }));
  return sizes;
}

Result<std::uint64_t> digest_of_all_members(const std::string& name) {
  std::uint64_t members = 0;
  TRY_VOID(for_each_part(
      name, [&] { members = 0; }, [&](const SetMessage& set) { members += digest_of_members(set); }));
  return members;
}

std::uint64_t with(std::uint64_t digest, const std::string& name, std::uint64_t one) {
  return digest * 1'000'003 + std::hash<std::string>()(name) + one;
}

}  // namespace

Result<std::set<std::string>> forceadd_sets() {
  std::set<std::string> names;
  TRY_VOID(for_each_set([&] { names.clear(); },
                        [&](const SetMessage& set) {
                          if (has_forceadd(set)) names.emplace(set.text(IPSET_ATTR_SETNAME));
                        }));
  return names;
}

Result<std::uint64_t> digest_of_sets(const std::set<std::string>& names) {
  TRY(auto sizes, sizes_of(names));
  std::uint64_t digest = 0;
  for (const auto& [name, size] : sizes) {
    std::uint64_t members = 0;
    if (!size.is_large()) {
      TRY(members, digest_of_all_members(name));
    }
    digest = with(digest, name, size.digest() + members);
  }
  return digest;
}

Result<std::optional<std::uint64_t>> digest_of_large_sets(const std::set<std::string>& names) {
  TRY(auto sizes, sizes_of(names));
  std::optional<std::uint64_t> digest;
  for (const auto& [name, size] : sizes) {
    if (!size.is_large()) continue;
    TRY(auto members, digest_of_all_members(name));
    digest = with(digest.value_or(0), name, members);
  }
  return digest;
}

}  // namespace pyfw
