#include "nft_trace.h"

#include <fmt/format.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <sys/socket.h>

#include <array>
#include <limits>
#include <optional>

#include "nf/ruleset.h"
#include "nft/nft_rules.h"
#include "sys/process.h"
#include "wire.h"

namespace pyfw::differential {
namespace {

constexpr std::string_view kOwnTable = "judge";

// Before defragmentation (-400) and raw (-300), and after all others.
std::string own_table(HostItself host) {
  std::string text = fmt::format("table inet {} {{\n", kOwnTable);
  for (auto hook : {"prerouting", "input", "forward", "output", "postrouting"}) {
    std::string rules;
    if (hook == std::string_view("prerouting")) rules = "meta nftrace set 1;";
    if (hook == std::string_view("output") && host == HostItself::kIsMute)
      rules = fmt::format("meta priority != 0:{:x} drop; meta nftrace set 1;", kOurPriority);
    text += fmt::format("chain begin_{0} {{ type filter hook {0} priority -450; {1} }}\n", hook, rules);
    // Conntrack drops at its last hook what can't be a connection; there, what was first comes last.
    text += fmt::format("chain end_{0} {{ type filter hook {0} priority {1}; }}\n", hook,
                        std::numeric_limits<int>::max());
  }
  return text + "}\n";
}

std::optional<Hook> hook_of(std::string_view own_chain) {
  constexpr std::array<std::pair<std::string_view, Hook>, 5> kHooks = {{{"prerouting", Hook::kPrerouting},
                                                                        {"input", Hook::kInput},
                                                                        {"forward", Hook::kForward},
                                                                        {"output", Hook::kOutput},
                                                                        {"postrouting", Hook::kPostrouting}}};
  for (const auto& [name, hook] : kHooks)
    if (own_chain.ends_with(name)) return hook;
  return {};
}

using Event = NetlinkAttributes<NFTA_TRACE_MAX + 1>;

std::optional<Packet> headers_of(const Event& event) {
  if (event[NFTA_TRACE_NETWORK_HEADER] == nullptr) return {};
  std::string bytes(payload_of(*event[NFTA_TRACE_NETWORK_HEADER]));
  if (event[NFTA_TRACE_TRANSPORT_HEADER] != nullptr) bytes += payload_of(*event[NFTA_TRACE_TRANSPORT_HEADER]);
  return packet_of(bytes);
}

}  // namespace

Result<NftTrace> NftTrace::open(HostItself host) {
  TRY(auto loaded, run({"/usr/sbin/nft", "-f", "-"}, {.input = own_table(host)}));
  if (loaded.status != 0) return fail("nft: " + loaded.err);
  TRY(auto socket, TraceSocket::open());
  int group = NFNLGRP_NFTRACE;
  if (mnl_socket_setsockopt(socket.get(), NETLINK_ADD_MEMBERSHIP, &group, sizeof group) < 0)
    return system_error("netlink: NFNLGRP_NFTRACE");
  return NftTrace(std::move(socket));
}

Result<void> NftTrace::learn_rules() {
  tables_.clear();
  TRY(auto nft, NftRules::open());
  for (auto family : kFamilies)
    for (auto table : table_names()) {
      TRY(auto found, nft.table_by_handles(family, std::string(table)));
      auto& known = tables_[{nfproto(family), std::string(table)}];
      for (const auto& chain : found.chains)
        for (std::size_t i = 0; i < chain.rules.size(); ++i)
          known.rules[chain.rules[i]] = {.chain = chain.name, .rule = i};
    }
  return {};
}

Result<void> NftTrace::take(KernelPath& path) {
  strange_.clear();
  TRY_VOID(socket_.drain([&](const nlmsghdr& message) { on_event(message, path); }));
  if (!strange_.empty()) return fail("the kernel's trace: " + strange_);
  return {};
}

void NftTrace::on_event(const nlmsghdr& message, KernelPath& path) {
  if (message.nlmsg_type != ((NFNL_SUBSYS_NFTABLES << 8U) | NFT_MSG_TRACE)) return;
  Event event(message, sizeof(nfgenmsg));
  auto table = event.text(NFTA_TRACE_TABLE);
  if (table == kOwnTable) return on_own_chain(message, path);
  auto family = static_cast<const nfgenmsg*>(mnl_nlmsg_get_payload(&message))->nfgen_family;
  auto chain = event.text(NFTA_TRACE_CHAIN);
  Step step{.backend = Backend::kNft, .table = std::string(table), .chain = std::string(chain)};
  switch (event.number(NFTA_TRACE_TYPE)) {
    case NFT_TRACETYPE_POLICY: break;
    case NFT_TRACETYPE_RULE: {
      auto known = tables_.find({family, step.table});
      // Without a handle: the end of a chain.
      if (event[NFTA_TRACE_RULE_HANDLE] == nullptr) return;
      auto handle = event.long_number(NFTA_TRACE_RULE_HANDLE);
      if (known == tables_.end() || !known->second.rules.contains(handle)) {
        strange_ = fmt::format("{} {} has no rule with handle {}", table, chain, handle);
        return;
      }
      const auto& place = known->second.rules.at(handle);
      if (place.chain != chain) strange_ = fmt::format("rule {} stands not in {}", handle, chain);
      step.rule = place.rule;
      break;
    }
    default: return;
  }
  path.steps.push_back(std::move(step));
}

// The first event of a chain has the headers with it.
void NftTrace::on_own_chain(const nlmsghdr& message, KernelPath& path) {
  Event event(message, sizeof(nfgenmsg));
  auto packet = headers_of(event);
  if (!packet) return;
  auto chain = event.text(NFTA_TRACE_CHAIN);
  auto hook = hook_of(chain);
  if (!hook) {
    strange_ = fmt::format("chain {} of our own", chain);
    return;
  }
  path.passages.push_back({.hook = *hook,
                           .is_end = chain.starts_with("end_"),
                           .packet = *packet,
                           .mark = event.number(NFTA_TRACE_MARK)});
}

}  // namespace pyfw::differential
