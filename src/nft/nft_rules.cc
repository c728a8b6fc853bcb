#include "nft/nft_rules.h"

#include <fmt/format.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "nft/nft_batch.h"

namespace pyfw {
namespace {

// What is written to without pause is given up at last.
constexpr int kTries = 100;

std::unexpected<Error> refused(std::string_view what, int error) {
  return fail(fmt::format("nftables: {}: {}", what, std::generic_category().message(error)));
}

}  // namespace

Result<NftRules> NftRules::open() {
  TRY(auto socket, NetfilterSocket::open());
  // Errors do not bring back the message that they are about.
  int on = 1;
  mnl_socket_setsockopt(socket.get(), NETLINK_CAP_ACK, &on, sizeof(on));
  return NftRules(std::move(socket));
}

Result<std::uint32_t> NftRules::newest_generation() {
  NetfilterRequest request(NFNL_SUBSYS_NFTABLES, NFT_MSG_GETGEN, AF_UNSPEC);
  std::optional<std::uint32_t> generation;
  int error = socket_.ask(request, [&](const nlmsghdr& message) {
    NetlinkAttributes<NFTA_GEN_MAX + 1> attributes(message, sizeof(nfgenmsg));
    if (attributes[NFTA_GEN_ID] != nullptr) generation = attributes.number(NFTA_GEN_ID);
  });
  if (error != 0) return refused("generation", error);
  if (!generation) return fail("nftables: the kernel does not tell its generation");
  return *generation;
}

// The kernel counts a commit before the rules change, so that a dump that begins in between is torn and does
// not say so. A batch waits for the commit; an empty one does nothing else.
Result<bool> NftRules::is_settled_at(std::uint32_t generation) {
  TRY(auto answer, send(NftBatch(generation), socket_));
  if (answer.error != 0 && answer.error != ERESTART) return refused("generation", answer.error);
  return answer.error == 0;
}

Result<std::uint32_t> NftRules::generation() {
  for (int i = 0; i < kTries; ++i) {
    TRY(auto generation, newest_generation());
    TRY(bool settled, is_settled_at(generation));
    if (settled) return generation;
  }
  return fail("nftables changes faster than it can be read");
}

Result<std::vector<std::uint64_t>> NftRules::handles_of_chain(Family family, const std::string& table,
                                                              const std::string& chain) {
  std::vector<std::uint64_t> handles;
  for (int i = 0; i < kTries; ++i) {
    handles.clear();
    TRY(auto before, generation());
    NetfilterRequest request(NFNL_SUBSYS_NFTABLES, NFT_MSG_GETRULE, nfproto(family), NLM_F_DUMP);
    request.add(NFTA_RULE_TABLE, table).add(NFTA_RULE_CHAIN, chain);
    int error = socket_.ask(request, [&](const nlmsghdr& message) {
      NetlinkAttributes<NFTA_RULE_HANDLE + 1> attributes(message, sizeof(nfgenmsg));
      handles.push_back(attributes.long_number(NFTA_RULE_HANDLE));
    });
    if (error == ENOENT) handles.clear();
    if (error != 0 && error != ENOENT && error != EINTR)
      return refused(fmt::format("rules of {} {}", table, chain), error);
    TRY(bool nobody_wrote, is_settled_at(before));
    if (error != EINTR && nobody_wrote) return handles;
  }
  return fail(fmt::format("chain {} of table {} changes faster than it can be read", chain, table));
}

Result<TableOfHandles> NftRules::table_by_handles(Family family, const std::string& table) {
  TableOfHandles out;
  NetfilterRequest itself(NFNL_SUBSYS_NFTABLES, NFT_MSG_GETTABLE, nfproto(family));
  itself.add(NFTA_TABLE_NAME, table);
  int error = socket_.ask(itself, [&](const nlmsghdr& message) {
    NetlinkAttributes<NFTA_TABLE_HANDLE + 1> attributes(message, sizeof(nfgenmsg));
    out.handle = attributes.long_number(NFTA_TABLE_HANDLE);
  });
  if (error == ENOENT) return out;
  if (error != 0) return refused("table " + table, error);
  auto& chains = out.chains;
  NetfilterRequest all(NFNL_SUBSYS_NFTABLES, NFT_MSG_GETCHAIN, nfproto(family), NLM_F_DUMP);
  error = socket_.ask_until_whole(
      all, [&] { chains.clear(); },
      [&](const nlmsghdr& message) {
        NetlinkAttributes<NFTA_CHAIN_MAX + 1> chain(message, sizeof(nfgenmsg));
        if (chain.text(NFTA_CHAIN_TABLE) != table) return;
        chains.push_back({.name = std::string(chain.text(NFTA_CHAIN_NAME)), .policy = {}, .rules = {}});
        if (chain[NFTA_CHAIN_POLICY] != nullptr)
          chains.back().policy = chain.number(NFTA_CHAIN_POLICY) == NF_ACCEPT ? "ACCEPT" : "DROP";
      });
  if (error != 0) return refused("chains of " + table, error);
  NftChainImage one;
  for (auto& chain : chains) {
    NetfilterRequest rules(NFNL_SUBSYS_NFTABLES, NFT_MSG_GETRULE, nfproto(family), NLM_F_DUMP);
    rules.add(NFTA_RULE_TABLE, table).add(NFTA_RULE_CHAIN, chain.name);
    error = socket_.ask_until_whole(
        rules,
        [&] {
          chain.rules.clear();
          chain.prints.clear();
          chain.counters.clear();
        },
        [&](const nlmsghdr& message) {
          one.clear();
          append_rule(message, one);
          chain.rules.push_back(one.handles[0]);
          chain.prints.push_back(one.print(0));
          chain.counters.push_back(one.counters[0]);
        });
    if (error != 0 && error != ENOENT)
      return refused(fmt::format("rules of {} {}", table, chain.name), error);
  }
  return out;
}

Result<std::optional<NftChainImage>> NftRules::rule_bytes(Family family, const std::string& table,
                                                          const std::string& chain, std::uint64_t handle) {
  NftChainImage image;
  NetfilterRequest request(NFNL_SUBSYS_NFTABLES, NFT_MSG_GETRULE, nfproto(family));
  request.add(NFTA_RULE_TABLE, table).add(NFTA_RULE_CHAIN, chain).add_long_number(NFTA_RULE_HANDLE, handle);
  int error = socket_.ask(request, [&](const nlmsghdr& message) { append_rule(message, image); });
  if (error == ENOENT) return std::nullopt;
  if (error != 0) return refused(fmt::format("rule {} of {} {}", handle, table, chain), error);
  return image;
}

Result<std::vector<std::string>> NftRules::chains_of(Family family, const std::string& table) {
  std::vector<std::string> names;
  NetfilterRequest all(NFNL_SUBSYS_NFTABLES, NFT_MSG_GETCHAIN, nfproto(family), NLM_F_DUMP);
  int error = socket_.ask_until_whole(
      all, [&] { names.clear(); },
      [&](const nlmsghdr& message) {
        NetlinkAttributes<NFTA_CHAIN_MAX + 1> chain(message, sizeof(nfgenmsg));
        if (chain.text(NFTA_CHAIN_TABLE) == table) names.emplace_back(chain.text(NFTA_CHAIN_NAME));
      });
  if (error != 0) return refused("chains of " + table, error);
  return names;
}

Result<bool> NftRules::commit(NftBatch batch) {
  TRY(auto answer, send(std::move(batch), socket_));
  if (answer.error == ERESTART) return false;
  if (answer.error != 0) return refused(fmt::format("part {} of a commit", answer.about + 1), answer.error);
  return true;
}

Result<bool> NftRules::delete_rules(Family family, const std::string& table,
                                    std::span<const RuleHandle> rules, std::uint32_t generation) {
  if (rules.empty()) return is_settled_at(generation);
  NftBatch batch(generation);
  for (const auto& rule : rules) {
    batch.add(NFT_MSG_DELRULE, 0, family);
    batch.put_text(NFTA_RULE_TABLE, table);
    batch.put_text(NFTA_RULE_CHAIN, rule.chain);
    batch.put_long_number(NFTA_RULE_HANDLE, rule.handle);
  }
  TRY(auto answer, send(std::move(batch), socket_));
  if (answer.error == ERESTART) return false;
  if (answer.error == 0) return true;
  auto what = answer.about < rules.size()
                  ? fmt::format("delete rule with handle {} of {} {}", rules[answer.about].handle, table,
                                rules[answer.about].chain)
                  : "delete rules of " + table;
  return refused(what, answer.error);
}

}  // namespace pyfw
