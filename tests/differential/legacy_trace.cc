#include "legacy_trace.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_log.h>

#include "base/strings.h"
#include "sys/process.h"

namespace pyfw::differential {
namespace {

constexpr std::string_view kPrefix = "TRACE: ";
constexpr std::uint16_t kConfig = (NFNL_SUBSYS_ULOG << 8U) | NFULNL_MSG_CONFIG;
constexpr std::uint16_t kPacket = (NFNL_SUBSYS_ULOG << 8U) | NFULNL_MSG_PACKET;

class Configuration {
 public:
  explicit Configuration(std::uint8_t family) : header_(mnl_nlmsg_put_header(bytes_.data())) {
    header_->nlmsg_type = kConfig;
    header_->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
    auto* netfilter = static_cast<nfgenmsg*>(mnl_nlmsg_put_extra_header(header_, sizeof(nfgenmsg)));
    netfilter->nfgen_family = family;
    netfilter->version = NFNETLINK_V0;
  }
  Configuration& command(std::uint8_t command) {
    mnl_attr_put_u8(header_, NFULA_CFG_CMD, command);
    return *this;
  }
  Configuration& mode() {
    nfulnl_msg_config_mode mode{.copy_range = 0, .copy_mode = NFULNL_COPY_META, ._pad = 0};
    mnl_attr_put(header_, NFULA_CFG_MODE, sizeof mode, &mode);
    mnl_attr_put_u32(header_, NFULA_CFG_QTHRESH, htonl(1));  // each message at once
    return *this;
  }
  // The kernel has answered when the send returns.
  Result<void> send(const TraceSocket& socket) {
    if (mnl_socket_sendto(socket.get(), header_, header_->nlmsg_len) < 0) return system_error("netlink");
    std::array<char, 4096> answer{};
    auto received = mnl_socket_recvfrom(socket.get(), answer.data(), answer.size());
    if (received < 0 || mnl_cb_run(answer.data(), static_cast<std::size_t>(received), 0,
                                   mnl_socket_get_portid(socket.get()), nullptr, nullptr) < 0)
      return system_error("netlink: nfnetlink_log");
    return {};
  }

 private:
  alignas(nlmsghdr) std::array<char, 256> bytes_{};
  nlmsghdr* header_;
};

}  // namespace

std::optional<LegacyPlace> parse_prefix(std::string_view prefix) {
  if (!prefix.starts_with(kPrefix)) return {};
  auto parts = split(trim(prefix.substr(kPrefix.size())), ':');
  if (parts.size() != 4) return {};
  auto number = parse_number(parts[3]);
  if (!number || *number == 0) return {};
  return LegacyPlace{.table = std::string(parts[0]), .chain = std::string(parts[1]), .number = *number};
}

Result<LegacyTrace> LegacyTrace::open() {
  TRY(auto socket, TraceSocket::open());
  for (auto family : {AF_INET, AF_INET6})
    TRY_VOID(Configuration(static_cast<std::uint8_t>(family)).command(NFULNL_CFG_CMD_PF_BIND).send(socket));
  TRY_VOID(Configuration(AF_UNSPEC).command(NFULNL_CFG_CMD_BIND).send(socket));
  TRY_VOID(Configuration(AF_UNSPEC).mode().send(socket));
  return LegacyTrace(std::move(socket));
}

void LegacyTrace::learn_rules(Family family, const Ruleset& ruleset) {
  std::erase_if(sizes_, [&](const auto& size) { return std::get<Family>(size.first) == family; });
  for (const auto& table : ruleset.tables)
    for (const auto& chain : table.chains) sizes_[{family, table.name, chain.name}] = chain.rules.size();
}

Result<void> LegacyTrace::take(KernelPath& path) {
  strange_.clear();
  TRY_VOID(socket_.drain([&](const nlmsghdr& message) { on_event(message, path); }));
  if (!strange_.empty()) return fail("the kernel's trace: " + strange_);
  return {};
}

void LegacyTrace::on_event(const nlmsghdr& message, KernelPath& path) {
  if (message.nlmsg_type != kPacket) return;
  NetlinkAttributes<NFULA_MAX + 1> event(message, sizeof(nfgenmsg));
  auto place = parse_prefix(event.text(NFULA_PREFIX));
  if (!place) return;
  auto proto = static_cast<const nfgenmsg*>(mnl_nlmsg_get_payload(&message))->nfgen_family;
  auto family = proto == AF_INET ? Family::kIpv4 : Family::kIpv6;
  auto size = sizes_.find({family, place->table, place->chain});
  if (size == sizes_.end() || place->number > size->second + 1) {
    strange_ = fmt::format("there is no rule {} in {} {}", place->number, place->table, place->chain);
    return;
  }
  bool is_end = place->number > size->second;
  if (is_end && !is_builtin(place->table, place->chain)) return;
  Step step{.backend = Backend::kLegacy, .table = place->table, .chain = place->chain};
  if (!is_end) step.rule = place->number - 1;
  path.steps.push_back(std::move(step));
}

}  // namespace pyfw::differential
