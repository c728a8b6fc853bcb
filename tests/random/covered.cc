#include "tests/random/covered.h"

#include <algorithm>

#include "base/contains.h"
#include "net/address_kinds.h"
#include "prove/packet_space.h"
#include "wish/endpoint.h"

namespace pyfw {
namespace {

Result<std::vector<CoveredSource>> covered_sources(const std::vector<Endpoint>& ends, const Scene& scene) {
  std::vector<CoveredSource> out;
  for (const auto& end : ends) {
    CoveredSource source{.end = &end};
    for (auto family : kFamilies) {
      TRY(source.addresses[family], source_spans_of(end, family, scene));
    }
    out.push_back(std::move(source));
  }
  return out;
}

bool has_port(const std::optional<PortRange>& ports, std::uint16_t port) {
  return !ports || (ports->first <= port && port <= ports->last);
}

bool is_of(const CoveredSource& source, const Packet& packet) {
  auto point = point_of(packet.source);
  return has_port(source.end->ports, packet.source_port) &&
         std::ranges::any_of(source.addresses.at(packet.family()),
                             [&](const auto& span) { return span.first <= point && point <= span.last; });
}

// Of whom nobody speaks who does not name an interface.
bool is_nobodys(const Ip& ip) { return is_any(ip) || is_multicast(ip) || is_limited_broadcast(ip); }

}  // namespace

Result<Covered> Covered::by(const Expectation& expectation, const Scene& scene) {
  Covered out(scene);
  TRY(out.sources_, covered_sources(expectation.from.any_of, scene));
  TRY(out.exceptions_, covered_sources(expectation.from.except, scene));
  for (const auto& to : expectation.to.any_of) {
    TRY(auto destinations, destinations_of(to, scene));
    for (const auto& destination : destinations)
      if (!is_loopback(destination.ip) || to.kind == Endpoint::Kind::kAddress)
        out.destinations_.push_back({.end = &to, .ip = destination.ip});
  }
  return out;
}

bool Covered::comes_from(const CoveredSource& source, const Arrival& arrival) const {
  if (!is_of(source, arrival.packet)) return false;
  if (!source.end->interface.empty()) return source.end->interface == arrival.in_interface;
  return contains(entries_, arrival.in_interface) && !is_nobodys(arrival.packet.source) &&
         entry_interface(scene_->traced, arrival.packet.source) == arrival.in_interface;
}

bool Covered::has(const Arrival& arrival) const {
  const auto& packet = arrival.packet;
  if (packet.ttl < 2 || packet.source == packet.destination) return false;
  bool is_excepted = std::ranges::any_of(exceptions_, [&](const CoveredSource& except) {
    bool is_there = except.end->interface.empty() || except.end->interface == arrival.in_interface;
    return is_there && is_of(except, packet);
  });
  if (is_excepted) return false;
  return std::ranges::any_of(destinations_, [&](const CoveredDestination& to) {
    if (to.ip != packet.destination || !has_port(to.end->ports, packet.destination_port)) return false;
    return std::ranges::any_of(sources_, [&](const CoveredSource& from) {
      return are_of_one_family(*from.end, *to.end) &&
             protocol_between(*from.end, *to.end) == packet.protocol && comes_from(from, arrival);
    });
  });
}

bool is_discarded(const FlowVerdict& verdict) {
  return verdict.outcome == FlowOutcome::kDropped && verdict.leg == 0 &&
         (verdict.reason == DropReason::kMartianSource || verdict.reason == DropReason::kReversePath);
}

}  // namespace pyfw
