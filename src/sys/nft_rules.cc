#include "sys/nft_rules.h"

#include <fmt/format.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "sys/process.h"

namespace pyfw {
namespace {

// What is written to without pause is given up at last.
constexpr int kTries = 100;

std::unexpected<Error> refused(std::string_view what, int error) {
  return fail(fmt::format("nftables: {}: {}", what, std::generic_category().message(error)));
}

// Many messages in one, which the kernel takes as a whole.
class Batch {
 public:
  explicit Batch(std::size_t size) : bytes_(size) {}

  nlmsghdr* add(std::uint16_t type, std::uint16_t flags, std::uint32_t sequence, std::uint8_t family,
                std::uint16_t resource) {
    if (last_ != nullptr) used_ += MNL_ALIGN(last_->nlmsg_len);
    last_ = mnl_nlmsg_put_header(bytes_.data() + used_);
    last_->nlmsg_type = type;
    last_->nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
    last_->nlmsg_seq = sequence;
    auto* netfilter = static_cast<nfgenmsg*>(mnl_nlmsg_put_extra_header(last_, sizeof(nfgenmsg)));
    netfilter->nfgen_family = family;
    netfilter->version = NFNETLINK_V0;
    netfilter->res_id = htobe16(resource);
    return last_;
  }

  [[nodiscard]] std::size_t size() const { return used_ + MNL_ALIGN(last_->nlmsg_len); }
  [[nodiscard]] const char* data() const { return bytes_.data(); }

 private:
  std::vector<char> bytes_;
  std::size_t used_ = 0;
  nlmsghdr* last_ = nullptr;
};

std::size_t size_of_batch(const std::string& table, std::span<const RuleHandle> rules) {
  constexpr std::size_t kFramed = 64;  // headers, a handle, what pads them
  std::size_t size = 2 * kFramed;
  for (const auto& rule : rules) size += kFramed + 2 * kFramed + table.size() + rule.chain.size();
  return size;
}

Batch deletion(Family family, const std::string& table, std::span<const RuleHandle> rules,
               std::uint32_t generation, std::uint32_t sequence) {
  Batch batch(size_of_batch(table, rules));
  auto* begin = batch.add(NFNL_MSG_BATCH_BEGIN, 0, sequence, AF_UNSPEC, NFNL_SUBSYS_NFTABLES);
  mnl_attr_put_u32(begin, NFNL_BATCH_GENID, htobe32(generation));
  for (const auto& rule : rules) {
    // Errors are always told; that the last one came through says so of all.
    std::uint16_t flags = &rule == &rules.back() ? NLM_F_ACK : 0;
    auto* message =
        batch.add((NFNL_SUBSYS_NFTABLES << 8U) | NFT_MSG_DELRULE, flags, ++sequence, nfproto(family), 0);
    mnl_attr_put_strz(message, NFTA_RULE_TABLE, table.c_str());
    mnl_attr_put_strz(message, NFTA_RULE_CHAIN, rule.chain.c_str());
    mnl_attr_put_u64(message, NFTA_RULE_HANDLE, htobe64(rule.handle));
  }
  batch.add(NFNL_MSG_BATCH_END, 0, ++sequence, AF_UNSPEC, NFNL_SUBSYS_NFTABLES);
  return batch;
}

// What the default allows holds some hundred deletes.
void allow_to_send(const mnl_socket* socket, std::size_t bytes) {
  auto size = static_cast<int>(bytes + 4096);
  if (setsockopt(mnl_socket_get_fd(socket), SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)) != 0)
    setsockopt(mnl_socket_get_fd(socket), SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
}

struct BatchAnswer {
  int error = 0;               // the first
  std::uint32_t sequence = 0;  // of the message that it is about
  bool acknowledged = false;
};

// The kernel has answered all when a send returns.
BatchAnswer read_answer(const mnl_socket* socket, std::uint32_t first) {
  BatchAnswer answer;
  std::vector<char> buffer(65536);
  while (true) {
    auto received = recv(mnl_socket_get_fd(socket), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (received < 0 && errno == EINTR) continue;
    // So many errors that they did not fit.
    if (received < 0 && errno == ENOBUFS) {
      if (answer.error == 0) answer.error = ENOBUFS;
      continue;
    }
    if (received < 0) return answer;
    auto left = static_cast<int>(received);
    for (const auto* message = reinterpret_cast<const nlmsghdr*>(buffer.data()); mnl_nlmsg_ok(message, left);
         message = mnl_nlmsg_next(message, &left)) {
      if (message->nlmsg_type != NLMSG_ERROR || message->nlmsg_seq < first ||
          mnl_nlmsg_get_payload_len(message) < sizeof(nlmsgerr))
        continue;
      auto error = -static_cast<const nlmsgerr*>(mnl_nlmsg_get_payload(message))->error;
      if (error == 0) answer.acknowledged = true;
      if (error != 0 && answer.error == 0) {
        answer.error = error;
        answer.sequence = message->nlmsg_seq;
      }
    }
  }
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
  auto first = socket_.next_sequence();
  socket_.next_sequence();
  auto batch = deletion(Family::kIpv4, {}, {}, generation, first);
  if (mnl_socket_sendto(socket_.get(), batch.data(), batch.size()) < 0) return system_error("netlink");
  auto answer = read_answer(socket_.get(), first);
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
  for (auto& chain : chains) {
    NetfilterRequest rules(NFNL_SUBSYS_NFTABLES, NFT_MSG_GETRULE, nfproto(family), NLM_F_DUMP);
    rules.add(NFTA_RULE_TABLE, table).add(NFTA_RULE_CHAIN, chain.name);
    error = socket_.ask_until_whole(
        rules, [&] { chain.rules.clear(); },
        [&](const nlmsghdr& message) {
          NetlinkAttributes<NFTA_RULE_HANDLE + 1> rule(message, sizeof(nfgenmsg));
          chain.rules.push_back(rule.long_number(NFTA_RULE_HANDLE));
        });
    if (error != 0 && error != ENOENT)
      return refused(fmt::format("rules of {} {}", table, chain.name), error);
  }
  return out;
}

Result<bool> NftRules::delete_rules(Family family, const std::string& table,
                                    std::span<const RuleHandle> rules, std::uint32_t generation) {
  if (rules.empty()) return is_settled_at(generation);
  auto first = socket_.next_sequence();
  for (std::size_t i = 0; i <= rules.size(); ++i) socket_.next_sequence();
  auto batch = deletion(family, table, rules, generation, first);
  allow_to_send(socket_.get(), batch.size());
  if (mnl_socket_sendto(socket_.get(), batch.data(), batch.size()) < 0) return system_error("netlink");
  auto answer = read_answer(socket_.get(), first);
  if (answer.error == ERESTART) return false;
  if (answer.error == 0 && !answer.acknowledged) return fail("nftables: the kernel did not answer");
  if (answer.error == 0) return true;
  auto index = static_cast<std::size_t>(answer.sequence) - first - 1;
  auto what = index < rules.size() ? fmt::format("delete rule with handle {} of {} {}", rules[index].handle,
                                                 table, rules[index].chain)
                                   : "delete rules of " + table;
  return refused(what, answer.error);
}

}  // namespace pyfw
