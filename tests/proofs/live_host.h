// A host with real interfaces, rules and sets, of which pyfw tells and the kernel shows what becomes of a
// flow: its first packet is put on the wire that it is said to come in by, whoever gets it answers, and what
// its sender gets then is seen on that wire again.
//
//   TRY(auto host, LiveHost::build({.topology = topology_with_bridge(), .rules = rules}));
//   auto findings = check(expectations, host.scene());
//   TRY(auto played, host.play(arrival_of(findings[0].answers[0].flow)));
//   played.outcome      // kRefused; played.answer is the reset or the ICMP error
//
// The calling thread is in the host's network namespace as long as it lives, or in that of one that was built
// later.

#pragma once

#include <memory>
#include <optional>
#include <string>

#include "ask/flows.h"
#include "base/fd.h"
#include "differential/stage.h"
#include "differential/topology.h"
#include "servers.h"
#include "trace/flow.h"

namespace pyfw::proofs {

struct Plan {
  differential::Topology topology{};
  differential::Rules rules{};
  std::optional<Docker> docker{};  // what its API would tell
};

struct Played {
  FlowOutcome outcome = FlowOutcome::kDropped;  // never kDepends
  std::optional<Packet>
      reached{};                   // the request as another host got it; none: nobody did, or the host itself
  std::optional<Packet> answer{};  // what its sender got
};
std::string in_words(const Played& played);

class LiveHost {
 public:
  static Result<LiveHost> build(Plan plan);

  [[nodiscard]] const Scene& scene() const { return *scene_; }
  [[nodiscard]] const differential::Topology& topology() const { return topology_; }
  // A first packet from elsewhere, of TCP, UDP or an echo request.
  Result<Played> play(const Arrival& request);

 private:
  LiveHost(differential::Stage stage, Fd network, differential::Topology topology)
      : stage_(std::move(stage)), network_(std::move(network)), topology_(std::move(topology)) {}

  [[nodiscard]] bool is_on_bridge(const Ip& ip) const;
  [[nodiscard]] std::size_t home_of(const Ip& ip) const;
  [[nodiscard]] std::size_t other_port(std::size_t wire) const;
  [[nodiscard]] std::size_t wire_of(const Arrival& request) const;
  [[nodiscard]] std::optional<Mac> mac_towards(const Ip& destination, std::size_t wire,
                                               std::size_t bridged_to) const;
  Result<void> introduce(const Ip& ip, std::size_t wire);
  Result<differential::KernelPath> send(const differential::Shipment& shipment);

  differential::Stage stage_;
  Fd network_;
  differential::Topology topology_;
  std::optional<Servers> servers_{};
  std::unique_ptr<const Scene> scene_{};
};

}  // namespace pyfw::proofs
