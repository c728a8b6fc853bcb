#include "library.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "wire.h"

namespace pyfw::differential {
namespace {

std::string_view word(EndKind kind) {
  constexpr std::array<std::string_view, 6> kWords = {"delivered", "forwarded", "sent",
                                                      "dropped",   "rejected",  "unknown"};
  return kWords.at(static_cast<std::size_t>(kind));
}

std::string_view word(DropReason reason) {
  constexpr std::array<std::string_view, 15> kWords = {"",
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
                                                       "interface down"};
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

std::optional<std::string> differing_departure(const Path& path, const KernelPath& kernel,
                                               const Topology& topology) {
  if (kernel.emerged.size() != 1)
    return fmt::format("it comes out {} times, not by {}", kernel.emerged.size(), path.ending.interface);
  const auto& emerged = kernel.emerged.front();
  if (!is_interface(path.ending.interface, emerged.interface, topology))
    return fmt::format("it comes out by {}, not by {}", emerged.interface, path.ending.interface);
  if (auto packet = differing_packet(path.last.packet, emerged.packet)) return packet;
  return kernel.passages.empty() ? std::nullopt : differing_mark(path, kernel);
}

std::optional<std::string> differing_end(const Path& path, const KernelPath& kernel,
                                         const Topology& topology) {
  switch (path.ending.kind) {
    case EndKind::kUnknown: return {};
    case EndKind::kDelivered:
      if (!was_delivered(kernel)) return "it is not delivered";
      if (auto packet = differing_packet(path.last.packet, kernel.passages.back().packet)) return packet;
      return differing_mark(path, kernel);
    case EndKind::kForwarded:
    case EndKind::kSent: return differing_departure(path, kernel, topology);
    case EndKind::kDropped:
    case EndKind::kRejected:
      if (was_delivered(kernel)) return "it is delivered";
      if (!kernel.emerged.empty()) return "it comes out by " + kernel.emerged.front().interface;
      return {};
  }
  return {};
}

std::string name_of_interface(const Shipment& shipment, const Topology& topology) {
  return shipment.wire ? topology.wires[*shipment.wire].name : std::string();
}

Connection turned(Connection connection) {
  connection.is_reply = !connection.is_reply;
  return connection;
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
              .connections = connections_};
  if (!shipment.wire) out.owner = SocketOwner{.uid = shipment.uid, .gid = shipment.gid};
  if (shipment.wire && !topology.wires[*shipment.wire].bridge.empty())
    out.frame_for = shipment.to_mac ? FrameFor::kBridge : FrameFor::kHost;
  // An error comes the other way than the packet that it is about.
  if (shipment.keeps_connections && shipment.sent.about && last_) {
    out.state = CtState::kRelated;
    out.connection = turned(*last_);
  }
  return out;
}

std::vector<Path> Library::tell(const Shipment& shipment, const Topology& topology) {
  if (!shipment.keeps_connections) {
    connections_.clear();
    last_.reset();
  }
  auto arrival = arrival_of(shipment, topology);
  std::vector<Path> out;
  out.push_back(trace_packet(host_, arrival));
  if (!out.front().questions.empty()) out = all_paths(host_, arrival);
  return out;
}

void Library::keep(const Path& path, const Shipment& shipment) {
  if (shipment.sent.about) return;
  last_ = entry_of(path);
  if (!last_) return;
  std::erase_if(connections_, [&](const Connection& known) { return known.original == last_->original; });
  connections_.push_back(*last_);
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
  return differing_end(path, kernel, topology);
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
