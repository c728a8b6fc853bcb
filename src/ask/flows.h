// The flows that two ends stand for on a host as it is: who sends what packet to whom, and where it comes in.
//
//   Scene scene(host_state);
//   auto flows = flows_between(from, to, scene);
//   for (const Flow& flow : *flows) trace_flow(scene.traced, arrival_of(flow));

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "ext/encounter.h"
#include "trace/trace.h"
#include "wish/named_networks.h"
#include "wish/wishes.h"

namespace pyfw {

// A host as it is, or as it shall be, ready to be asked.
struct Scene {
  explicit Scene(HostState host, std::vector<NamedNetwork> named = {})
      : state(std::move(host)), traced(state), networks(std::move(named)) {}
  // As it would be beside what it is.
  Scene(HostState host, const Scene& now)
      : state(std::move(host)), traced(state, now.state, now.traced), networks(now.networks) {}

  HostState state;
  TracedHost traced;
  std::vector<NamedNetwork> networks;  // to which the wishes give names
};

// What a packet is like besides its ends.
struct PacketShape {
  std::optional<std::uint16_t> source_port{};  // also where the source names none
  std::uint8_t icmp_type = 0;
  std::uint8_t icmp_code = 0;
  bool is_icmp_given = false;  // else an echo request
  std::uint32_t mark = 0;
  std::optional<CtState> state{};  // NEW, unless said otherwise
};

// A connection's first packet there, a SYN or an echo request where it can be one. Its source is anybody.
Packet first_packet(const Ip& destination, std::uint8_t protocol, std::uint16_t port);

struct Flow {
  Packet packet{};
  std::string in_interface{};   // empty: a process of the host itself sends it
  std::string bound_to{};       // the interface that its socket is bound to
  std::string from{};           // how a person names it: "192.168.122.193", "host", "container web"
  std::string to{};             // without the port
  std::string container{};      // that sends it, or empty
  bool chooses_source = false;  // a process without a source address of its own
  std::uint32_t mark = 0;
  std::optional<CtState> state{};

  [[nodiscard]] bool is_local() const { return in_interface.empty(); }
};

Arrival arrival_of(const Flow& flow);

// "192.168.122.193 to 192.168.122.190:8000/tcp", "container web (172.17.0.2) to …".
std::string title_of(const Flow& flow);

// Every source to every destination of its family, port by port. Fails, at the place of the end, where that
// can't be told: no such set or container, every possible source, no way back to it.
Result<std::vector<Flow>> flows_between(const Endpoints& from, const Endpoints& to, const Scene& scene,
                                        const PacketShape& shape = {});

}  // namespace pyfw
