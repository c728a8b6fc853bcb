#include "stage.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/mman.h>
#include <unistd.h>

#include <fstream>

#include "connections.h"
#include "far_end.h"
#include "kernel/read_saved.h"
#include "local_sender.h"
#include "nf/iptables_save.h"
#include "sys/process.h"

namespace pyfw::differential {
namespace {

Result<Fd> this_network() {
  Fd fd(open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return system_error("open /proc/thread-self/ns/net");
  return fd;
}

Result<Fd> new_network() {
  if (unshare(CLONE_NEWNET) != 0) return system_error("unshare");
  return this_network();
}

Result<void> enter(const Fd& network) {
  if (setns(network.get(), CLONE_NEWNET) != 0) return system_error("setns");
  return {};
}

Result<std::string> output(const std::vector<std::string>& argv, std::string_view input,
                           std::vector<std::string> environment = {}) {
  TRY(auto outcome, run(argv, {.input = input, .environment = std::move(environment)}));
  if (outcome.status != 0) return fail(fmt::format("{}: {}{}", argv[0], outcome.out, outcome.err));
  return std::move(outcome.out);
}

Result<void> set(const Setting& setting) {
  std::ofstream file("/proc/sys/net/" + setting.name);
  file << setting.value << std::flush;
  if (!file) return fail(fmt::format("can't set {} to {}", setting.name, setting.value));
  return {};
}

Result<void> set_all(const std::vector<Setting>& settings) {
  for (const auto& setting : settings) TRY_VOID(set(setting));
  return {};
}

// Nobody in here shall speak by itself: no router solicitations, no duplicate detection.
const std::vector<Setting> kQuiet = {
    {.name = "ipv6/conf/default/accept_dad", .value = "0"},
    {.name = "ipv6/conf/all/accept_dad", .value = "0"},
    {.name = "ipv6/conf/default/accept_ra", .value = "0"},
    {.name = "ipv6/conf/default/router_solicitations", .value = "0"},
    {.name = "ipv4/ping_group_range", .value = "1 0"},
};

std::string links_of(const Topology& topology, const std::string& far) {
  std::string text = "link set lo up\n";
  std::string ups;
  std::string bridge;
  for (const auto& wire : topology.wires) {
    text += fmt::format("link add {0} address {1} type veth peer name {0} address {2} netns {3}\n", wire.name,
                        to_string(wire.host_mac), to_string(wire.far_mac), far);
    if (!wire.bridge.empty() && bridge.empty()) {
      bridge = wire.bridge;
      text += fmt::format("link add {} address {} type bridge forward_delay 0 mcast_snooping 0\n", bridge,
                          to_string(mac_of_bridge()));
    }
    if (!wire.bridge.empty()) ups += fmt::format("link set {} master {}\n", wire.name, wire.bridge);
    // Whom to send to is then never asked on the wire.
    ups += fmt::format("link set {} up{}\n", wire.name, wire.bridge.empty() ? " arp off" : "");
  }
  if (!bridge.empty()) ups += fmt::format("link set {} up\n", bridge);
  return text + ups;
}

// A batch takes options of the program for all of its lines only.
Result<void> run_ip(const std::vector<std::string>& lines) {
  constexpr std::string_view kOption6 = "-6 ";
  std::string batch;
  std::string batch6;
  for (const auto& line : lines)
    line.starts_with(kOption6) ? batch6 += line.substr(kOption6.size()) + "\n" : batch += line + "\n";
  TRY_VOID(output({"/usr/sbin/ip", "-batch", "-"}, batch));
  if (!batch6.empty()) TRY_VOID(output({"/usr/sbin/ip", "-6", "-batch", "-"}, batch6));
  return {};
}

std::string ports_of(const Topology& topology) {
  std::string text;
  for (const auto& wire : topology.wires)
    if (!wire.bridge.empty())
      text += fmt::format("fdb add {} dev {} master static\n", to_string(wire.far_mac), wire.name);
  return text;
}

const std::string& restore_program(Backend backend, Family family) {
  static const std::map<std::pair<Backend, Family>, std::string> kPrograms = {
      {{Backend::kNft, Family::kIpv4}, "/usr/sbin/iptables-nft-restore"},
      {{Backend::kNft, Family::kIpv6}, "/usr/sbin/ip6tables-nft-restore"},
      {{Backend::kLegacy, Family::kIpv4}, "/usr/sbin/iptables-legacy-restore"},
      {{Backend::kLegacy, Family::kIpv6}, "/usr/sbin/ip6tables-legacy-restore"}};
  return kPrograms.at({backend, family});
}

std::string save_program(Backend backend, Family family) {
  auto program = restore_program(backend, family);
  return program.replace(program.rfind("restore"), 7, "save");
}

}  // namespace

struct Stage::Sockets {
  explicit Sockets(Fd from) : before(std::move(from)) {}
  ~Sockets() {
    if (setns(before.get(), CLONE_NEWNET) != 0) std::abort();
  }
  Sockets(const Sockets&) = delete;
  Sockets& operator=(const Sockets&) = delete;

  // iptables-legacy locks one file for all namespaces; this one is ours alone.
  [[nodiscard]] std::vector<std::string> environment() const {
    return {fmt::format("XTABLES_LOCKFILE=/proc/{}/fd/{}", getpid(), lock.get())};
  }
  [[nodiscard]] RunProgram here() const {
    return [this](const auto& argv) { return run(argv, {.environment = environment()}); };
  }

  Fd before;
  Fd lock{memfd_create("xtables.lock", MFD_CLOEXEC)};
  Topology topology{};
  std::optional<FarEnd> far{};
  std::optional<LocalSender> local{};
  std::optional<NftTrace> nft{};
  std::optional<LegacyTrace> legacy{};
  std::optional<Connections> connections{};
};

Stage::Stage() = default;
Stage::Stage(Stage&&) noexcept = default;
Stage::~Stage() = default;

Result<Stage> Stage::build(const Topology& topology, HostItself host_itself) {
  TRY(auto before, this_network());
  Stage stage;
  stage.sockets_ = std::make_unique<Sockets>(std::move(before));
  auto& sockets = *stage.sockets_;
  sockets.topology = topology;
  TRY(auto far, new_network());
  TRY_VOID(set({.name = "ipv6/conf/default/disable_ipv6", .value = "1"}));
  TRY(auto host, new_network());
  TRY_VOID(set_all(kQuiet));
  // It also keeps a mute host from speaking by itself, as it would as soon as its wires are up.
  TRY(sockets.nft, NftTrace::open(host_itself));
  TRY_VOID(output({"/usr/sbin/ip", "-batch", "-"},
                  links_of(topology, fmt::format("/proc/{}/fd/{}", getpid(), far.get()))));
  TRY_VOID(enter(far));
  TRY(sockets.far, FarEnd::open(topology));
  TRY_VOID(enter(host));
  TRY_VOID(set_all(topology.settings));
  TRY_VOID(run_ip(topology.lines));
  if (auto ports = ports_of(topology); !ports.empty())
    TRY_VOID(output({"/usr/sbin/bridge", "-batch", "-"}, ports));
  TRY(sockets.legacy, LegacyTrace::open());
  TRY(sockets.connections, Connections::open());
  sockets.local.emplace();
  return stage;
}

Result<Loaded> Stage::load(const Rules& rules) {
  Loaded loaded;
  if (!rules.sets.empty()) TRY_VOID(output({"/usr/sbin/ipset", "restore"}, rules.sets));
  for (const auto& [where, text] : rules.tables)
    TRY_VOID(output({restore_program(where.first, where.second)}, text, sockets_->environment()));
  TRY(loaded.sets, read_sets("/usr/sbin/ipset", sockets_->here()));
  for (const auto& [where, text] : rules.tables) {
    TRY(auto ruleset, read_rules(save_program(where.first, where.second), sockets_->here()));
    if (where.first == Backend::kLegacy) sockets_->legacy->learn_rules(where.second, ruleset);
    loaded.tables[where] = std::move(ruleset);
  }
  TRY_VOID(sockets_->nft->learn_rules());
  return loaded;
}

Result<KernelPath> Stage::send(const Shipment& shipment) {
  auto& sockets = *sockets_;
  if (!shipment.keeps_connections) TRY_VOID(sockets.connections->forget_all());
  if (shipment.wire)
    TRY_VOID(sockets.far->send(shipment));
  else
    TRY_VOID(sockets.local->send(shipment));
  return listen();
}

Result<KernelPath> Stage::listen() {
  auto& sockets = *sockets_;
  KernelPath path;
  TRY_VOID(sockets.nft->take(path));
  TRY_VOID(sockets.legacy->take(path));
  TRY_VOID(sockets.far->take(path));
  return path;
}

std::string in_words(const Shipment& shipment, const Topology& topology) {
  auto text = in_words(shipment.sent);
  if (shipment.wire) text += " in by " + topology.wires[*shipment.wire].name;
  if (!shipment.wire)
    text += fmt::format(" by the host itself, mark {:#x} uid {} gid {}", shipment.mark, shipment.uid,
                        shipment.gid);
  if (!shipment.bound_to.empty()) text += " bound to " + shipment.bound_to;
  if (shipment.to_mac) text += " to " + to_string(*shipment.to_mac);
  return text;
}

}  // namespace pyfw::differential
