// One packet through the host: hooks, tables and chains of both backends, NAT, routing, conntrack.
//
//   auto path = trace_packet(host, {.packet = packet, .in_interface = "eth0"});
//   if (path.ending.kind == EndKind::kForwarded) …
//
// A packet that is not known to conntrack is its connection's first. To send a second one, hand over the
// connections that the first ones left:
//
//   std::vector<Connection> connections;
//   auto first = trace_packet(host, syn);
//   if (auto made = entry_of(first)) connections.push_back(*made);
//   auto second = trace_packet(host, {.packet = …, .in_interface = "docker0", .connections = connections});
//
// Where a match can't be told, the path supposes what `choices` say, question by question, and that it does
// not match where they end; Path::questions tells what was asked. all_paths() goes through all the answers.

#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "trace/path.h"
#include "trace/traced_host.h"

namespace pyfw {

// What a frame that comes in by a bridge's port is for.
enum class FrameFor : std::uint8_t {
  kDerived,  // another port where the destination is in the bridge's network and not the host's own
  kHost,     // the bridge's own MAC address: the packet is routed
  kBridge,   // another port of the same bridge
};

// A packet, and where it comes into the host.
struct Arrival {
  Packet packet{};
  // Empty: a process of the host sends it. A bridge's port, or the bridge where the port does not matter.
  std::string in_interface{};
  std::uint32_t mark = 0;              // SO_MARK of the socket
  std::optional<SocketOwner> owner{};  // of a local packet; none: not known
  bool has_any_source = false;         // may have a source that is not the host's own: REJECT's resets
  std::string bound_to{};              // the interface that a local socket is bound to, or empty
  FrameFor frame_for = FrameFor::kDerived;
  std::span<const Connection> connections{};  // that conntrack knows; they must outlive the call only
  std::optional<Packet> about{};              // of an ICMP error: the packet that it quotes
  // Where NAT draws ports by lot: those that it drew, in their order, as far as that is known.
  std::vector<std::uint16_t> drawn_ports{};
  // Instead of what conntrack would find. kEstablished and kRelated without `connection` are an untranslated
  // one.
  std::optional<CtState> state{};
  std::optional<Connection> connection{};
  // The kernel itself answers to a packet: its answer has that packet's connection before any rule sees it.
  bool is_kernels_answer = false;
};

struct Choices {
  std::vector<bool> answers{};
  bool keeps_views = false;
};

// Never fails: where something is not known, the path says so. `reused` lends its memory.
Path trace_packet(const TracedHost& host, const Arrival& arrival, const Choices& choices = {},
                  Path reused = {});

// Each way that the open questions leave, at most `limit` of them; the first one supposes nothing matches.
std::vector<Path> all_paths(const TracedHost& host, const Arrival& arrival, std::size_t limit = 64);

// The entry that conntrack keeps after the packet went that way: new, or changed. None where the packet has
// none, or was dropped before it was confirmed.
std::optional<Connection> entry_of(const Path& path);

}  // namespace pyfw
