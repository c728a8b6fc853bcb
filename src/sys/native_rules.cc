#include "sys/native_rules.h"

#include <fmt/format.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include <memory>
#include <string>
#include <vector>

#include "base/contains.h"
#include "nf/ruleset.h"

namespace pyfw {
namespace {

struct CloseSocket {
  void operator()(mnl_socket* socket) const { mnl_socket_close(socket); }
};

int note_table(const nlattr* attribute, void* data) {
  if (mnl_attr_get_type(attribute) != NFTA_SET_TABLE) return MNL_CB_OK;
  std::string name = mnl_attr_get_str(attribute);
  if (contains(table_names(), name)) *static_cast<std::string*>(data) = name;
  return MNL_CB_OK;
}

int on_set(const nlmsghdr* header, void* data) {
  return mnl_attr_parse(header, sizeof(nfgenmsg), note_table, data);
}

// A table of iptables that has a set, or nothing. Where the kernel can't be asked there is no nftables.
std::string table_with_set(Family family) {
  std::unique_ptr<mnl_socket, CloseSocket> socket(mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC));
  if (!socket || mnl_socket_bind(socket.get(), 0, MNL_SOCKET_AUTOPID) < 0) return {};
  std::vector<char> buffer(32768);
  auto* header = mnl_nlmsg_put_header(buffer.data());
  header->nlmsg_type = (NFNL_SUBSYS_NFTABLES << 8U) | NFT_MSG_GETSET;
  header->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  auto* request = static_cast<nfgenmsg*>(mnl_nlmsg_put_extra_header(header, sizeof(nfgenmsg)));
  request->nfgen_family = family == Family::kIpv4 ? NFPROTO_IPV4 : NFPROTO_IPV6;
  if (mnl_socket_sendto(socket.get(), header, header->nlmsg_len) < 0) return {};
  std::string table;
  while (true) {
    auto size = mnl_socket_recvfrom(socket.get(), buffer.data(), buffer.size());
    if (size <= 0) return {};
    auto port = mnl_socket_get_portid(socket.get());
    auto result = mnl_cb_run(buffer.data(), static_cast<std::size_t>(size), 0, port, on_set, &table);
    if (result <= MNL_CB_STOP) return table;
  }
}

}  // namespace

Result<void> refuse_native_rules(Family family) {
  auto table = table_with_set(family);
  if (table.empty()) return {};
  return fail(
      fmt::format("table '{}' of {} holds rules that iptables can't show", table, program_of(family)),
      "they were written by nft itself: see `nft list ruleset`, and move them to a table of their own");
}

}  // namespace pyfw
