#include "library.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ranges>

#include "trace/conntrack.h"
#include "trace/refusals.h"
#include "wire.h"

namespace pyfw::differential {
namespace {

std::string_view word(EndKind kind) {
  constexpr std::array<std::string_view, 6> kWords = {"delivered", "forwarded", "sent",
                                                      "dropped",   "rejected",  "unknown"};
  return kWords.at(static_cast<std::size_t>(kind));
}

std::string_view word(DropReason reason) {
  constexpr std::array<std::string_view, 20> kWords = {"",
                                                       "rule",
                                                       "policy",
                                                       "martian source",
                                                       "martian destination",
                                                       "rp_filter",
                                                       "no forwarding",
                                                       "ttl",
                                                       "no route",
                                                       "blackhole",
                                                       "unreachable",
                                                       "prohibit",
                                                       "no port left",
                                                       "not for us",
                                                       "interface down",
                                                       "no hairpin",
                                                       "no neighbour",
                                                       "wrong address",
                                                       "stays on its link",
                                                       "masquerade moved"};
  return kWords.at(static_cast<std::size_t>(reason));
}

std::string_view word(CtState state) {
  constexpr std::array<std::string_view, 5> kWords = {"INVALID", "NEW", "ESTABLISHED", "RELATED",
                                                      "UNTRACKED"};
  return kWords.at(static_cast<std::size_t>(state));
}

// What both sides know of a packet: the trace has no more than 20 bytes of the transport header.
Packet comparable(Packet packet) {
  packet.source_mac = {};
  packet.tcp_option_kinds = 0;
  packet.is_fragment = false;
  return packet;
}

std::optional<std::string> differing_packet(const Packet& told, const Packet& seen) {
  if (comparable(told) == comparable(seen)) return {};
  return fmt::format("the packet is {}, not {}", differential::in_words(seen), differential::in_words(told));
}

std::optional<std::string> differing_mark(const Path& path, const KernelPath& kernel) {
  const auto& last = kernel.passages.back();
  if (!last.is_end || last.mark == path.last.mark) return {};
  return fmt::format("the mark is {:#x}, not {:#x}", last.mark, path.last.mark);
}

bool was_delivered(const KernelPath& kernel) {
  return !kernel.passages.empty() && kernel.passages.back().hook == Hook::kInput &&
         kernel.passages.back().is_end;
}

bool is_interface(const std::string& told, const std::string& seen, const Topology& topology) {
  auto wire = std::ranges::find(topology.wires, seen, &Wire::name);
  return told == seen || (wire != topology.wires.end() && told == wire->bridge);
}

bool leaves(const Ending& ending) {
  return ending.kind == EndKind::kForwarded || ending.kind == EndKind::kSent;
}

// What a bridge itself sends to everyone comes out by all of its ports.
std::size_t times_out(const Path& path, const Topology& topology) {
  auto out = std::ranges::count_if(path.copies, [](const Copy& copy) { return leaves(copy.ending); });
  if (!leaves(path.ending)) return static_cast<std::size_t>(out);
  auto ports = std::ranges::count(topology.wires, path.ending.interface, &Wire::bridge);
  bool is_for_everyone = path.ending.kind == EndKind::kSent && !path.copies.empty() && ports > 0;
  return static_cast<std::size_t>(out + (is_for_everyone ? ports : 1));
}

bool is_delivered(const Copy& copy) { return copy.ending.kind == EndKind::kDelivered; }

// What became of copies that the host got itself.
std::optional<std::string> differing_copy(const Path& path, const KernelPath& kernel) {
  for (const auto& copy : path.copies | std::views::filter(is_delivered)) {
    auto seen = std::ranges::find_if(kernel.passages, [](const Passage& passage) {
      return passage.hook == Hook::kInput && passage.is_end;
    });
    if (seen == kernel.passages.end()) return "no copy of it is delivered";
    if (auto packet = differing_packet(copy.packet, seen->packet)) return packet;
  }
  return {};
}

std::optional<std::string> differing_departure(const Path& path, const KernelPath& kernel,
                                               const Topology& topology) {
  if (kernel.emerged.size() != times_out(path, topology))
    return fmt::format("it comes out {} times, not by {}", kernel.emerged.size(), path.ending.interface);
  const auto& emerged = kernel.emerged.front();
  if (!is_interface(path.ending.interface, emerged.interface, topology))
    return fmt::format("it comes out by {}, not by {}", emerged.interface, path.ending.interface);
  if (auto packet = differing_packet(path.last.packet, emerged.packet)) return packet;
  if (auto copy = differing_copy(path, kernel)) return copy;
  return kernel.passages.empty() ? std::nullopt : differing_mark(path, kernel);
}

// What REJECT sends straight back by a bridge's port, past all hooks.
std::optional<Path> straight_reset(const TracedHost& host, const Path& path) {
  return refusal_by_rule(host, {.path = path}).straight;
}

std::optional<std::string> differing_end(const Path& path, const KernelPath& kernel, const TracedHost& host,
                                         const Topology& topology) {
  switch (path.ending.kind) {
    case EndKind::kUnknown: return {};
    case EndKind::kDelivered:
      if (!was_delivered(kernel)) return "it is not delivered";
      if (auto packet = differing_packet(path.last.packet, kernel.passages.back().packet)) return packet;
      return differing_mark(path, kernel);
    case EndKind::kForwarded:
    case EndKind::kSent: return differing_departure(path, kernel, topology);
    case EndKind::kRejected:
      if (auto reset = straight_reset(host, path); reset && path.copies.empty())
        return differing_departure(*reset, kernel, topology);
      [[fallthrough]];
    case EndKind::kDropped:
      if (was_delivered(kernel)) return "it is delivered";
      if (kernel.emerged.size() != times_out(path, topology))
        return fmt::format("it comes out {} times", kernel.emerged.size());
      return {};
  }
  return {};
}

// The port that NAT made of its own in that hook.
std::optional<std::uint16_t> drawn_port(const Translation& told, const KernelPath& kernel) {
  auto seen = std::ranges::find_if(
      kernel.passages, [&](const Passage& passage) { return passage.hook == told.hook && passage.is_end; });
  if (seen == kernel.passages.end()) return {};
  if (is_icmp(seen->packet)) return seen->packet.icmp_id;
  bool is_source = told.hook == Hook::kInput || told.hook == Hook::kPostrouting;
  return is_source ? seen->packet.source_port : seen->packet.destination_port;
}

FrameFor frame_for(const std::optional<Mac>& to) {
  if (!to) return FrameFor::kHost;
  bool is_for_everyone = (to->front() & 1U) != 0;
  return is_for_everyone ? FrameFor::kDerived : FrameFor::kBridge;
}

std::string name_of_interface(const Shipment& shipment, const Topology& topology) {
  return shipment.wire ? topology.wires[*shipment.wire].name : std::string();
}

}  // namespace

HostState state_of(const Loaded& loaded, const Facts& facts) {
  HostState out;
  out.facts = facts;
  out.state.sets = loaded.sets;
  bool has_nft = loaded.tables.contains({Backend::kNft, Family::kIpv4});
  bool has_legacy = loaded.tables.contains({Backend::kLegacy, Family::kIpv4});
  out.backend = has_nft ? Backend::kNft : Backend::kLegacy;
  if (has_nft && has_legacy) out.other.emplace();
  for (const auto& [id, ruleset] : loaded.tables) {
    if (id.first == *out.backend)
      ruleset_of(out.state, id.second) = ruleset;
    else
      ruleset_of(*out.other, id.second) = ruleset;
  }
  return out;
}

Arrival Library::arrival_of(const Shipment& shipment, const Topology& topology) const {
  Arrival out{.packet = shipment.sent.packet,
              .in_interface = name_of_interface(shipment, topology),
              .mark = shipment.mark,
              .owner = {},
              .bound_to = shipment.bound_to,
              .connections = connections_,
              .about = shipment.sent.about};
  if (!shipment.wire) out.owner = SocketOwner{.uid = shipment.uid, .gid = shipment.gid};
  if (shipment.wire && !topology.wires[*shipment.wire].bridge.empty())
    out.frame_for = frame_for(shipment.to_mac);
  return out;
}

std::vector<Path> Library::tell(const Shipment& shipment, const Topology& topology,
                                const KernelPath& kernel) {
  if (!shipment.keeps_connections) connections_.clear();
  auto arrival = arrival_of(shipment, topology);
  std::vector<Path> out;
  out.push_back(trace_packet(host_, arrival));
  // What the kernel draws by lot it has to tell itself; the library says whether it may be.
  for (const auto& translation : out.front().translations)
    if (auto port = drawn_port(translation, kernel); translation.is_any_port && port)
      arrival.drawn_ports.push_back(*port);
  if (!arrival.drawn_ports.empty()) out.front() = trace_packet(host_, arrival);
  if (!out.front().questions.empty()) out = all_paths(host_, arrival);
  return out;
}

void Library::keep(const Path& path) {
  if (!path.last.connection) return;
  std::erase_if(connections_,
                [&](const Connection& known) { return known.original == path.last.connection->original; });
  if (auto entry = entry_of(path)) connections_.push_back(*entry);
}

std::vector<Step> Library::steps_of(const Path& path) const {
  std::vector<Step> out;
  for (auto backend : {Backend::kNft, Backend::kLegacy})
    for (const auto& step : path.steps) {
      if (step.kind != StepKind::kMatched && step.kind != StepKind::kPolicy) continue;
      const auto& chain = host_.chain(step.chain);
      if (chain.backend != backend) continue;
      out.push_back({.backend = backend, .table = chain.table, .chain = chain.name});
      if (step.kind == StepKind::kMatched) out.back().rule = step.rule;
    }
  return out;
}

std::optional<std::string> Library::difference(const Path& path, const KernelPath& kernel,
                                               const Topology& topology) const {
  auto told = steps_of(path);
  std::size_t known = path.ending.kind == EndKind::kUnknown ? told.size() : kernel.steps.size();
  for (std::size_t i = 0; i < std::max(told.size(), known); ++i) {
    auto of_kernel = i < kernel.steps.size() ? differential::in_words(kernel.steps[i]) : "nothing more";
    auto of_library = i < told.size() ? differential::in_words(told[i]) : "nothing more";
    if (of_kernel != of_library) return fmt::format("comes to {}, not to {}", of_kernel, of_library);
  }
  return differing_end(path, kernel, host_, topology);
}

std::string Library::in_words(const Path& path) const {
  std::string out;
  for (const auto& step : steps_of(path)) out += fmt::format("  {}\n", differential::in_words(step));
  for (const auto& step : path.steps)
    if (step.kind == StepKind::kConntrack)
      out +=
          fmt::format("  conntrack in {}: {}\n", name_of(step.hook), word(static_cast<CtState>(step.rule)));
  for (const auto& translation : path.translations)
    out += fmt::format("  translated in {}: {}\n", name_of(translation.hook),
                       differential::in_words(translation.after));
  for (const auto& routing : path.routings)
    out += fmt::format("  routed: type {} by {}\n", static_cast<int>(routing.type), routing.out_interface);
  for (const auto& question : path.questions)
    out += fmt::format("  supposed that {} {}\n", question.on, question.supposed ? "holds" : "does not hold");
  return out + fmt::format("  {} {} {}: {} mark {:#x}\n", word(path.ending.kind), word(path.ending.reason),
                           path.ending.interface, differential::in_words(path.last.packet), path.last.mark);
}

}  // namespace pyfw::differential
