#include "ask/who.h"

#include <algorithm>
#include <memory>

namespace pyfw {
namespace {

// The interfaces by which packets come to the routes, and the host itself.
std::vector<std::string> entries_of(const Facts& facts) {
  std::vector<std::string> out;
  for (const auto& interface : facts.interfaces)
    if (interface.is_up && interface.bridge.empty() && interface.name != "lo") out.push_back(interface.name);
  out.emplace_back();
  return out;
}

bool are_alike(const std::vector<Reaching>& a, const std::vector<Reaching>& b) {
  return std::ranges::equal(a, b, [](const Reaching& one, const Reaching& other) {
    return one.interface == other.interface && one.callers.sources == other.callers.sources &&
           one.callers.only == other.callers.only &&
           one.callers.questions.size() == other.callers.questions.size();
  });
}

// All services of one family.
class Asker {
 public:
  Asker(const Scene& scene, Family family)
      : scene_(scene),
        names_(scene, family),
        reach_(scene.traced, scene.state.state.sets, family, free_of_callers()) {}

  Reach& reach() { return reach_; }

  Result<std::vector<Reaching>> ask(const Ip& destination, const Service& service) {
    std::vector<Reaching> out;
    for (const auto& entry : entries_of(scene_.traced.facts())) {
      auto like = arrival_at(destination, service, entry);
      if (!like) continue;
      TRY(auto called, callers_of(reach_, scene_.traced, *like));
      for (auto& callers : called.callers)
        out.push_back({.interface = entry,
                       .from = names_.call(callers.sources, called.asked, entry),
                       .callers = std::move(callers)});
    }
    return out;
  }

 private:
  std::optional<Arrival> arrival_at(const Ip& destination, const Service& service, const std::string& entry) {
    bool is_ipv4 = destination.family() == Family::kIpv4;
    Packet packet{.source = *Ip::parse(is_ipv4 ? "0.0.0.0" : "::"),
                  .destination = destination,
                  .protocol = service.protocol,
                  .source_port = 50000,
                  .destination_port = service.port};
    if (packet.protocol == kTcp) packet.tcp_flags = kSyn;
    if (packet.protocol == kIcmp) packet.icmp_type = 8;
    if (packet.protocol == kIcmp6) packet.icmp_type = 128;
    if (!has_ports(packet.protocol)) packet.source_port = 0;
    if (entry.empty()) {
      auto source = own_source(scene_.traced, destination);
      if (!source) return std::nullopt;
      packet.source = *source;
    }
    return Arrival{.packet = packet, .in_interface = entry};
  }

  const Scene& scene_;
  SourceNames names_;
  Reach reach_;
};

}  // namespace

Result<std::vector<Reached>> who_reaches(const std::vector<Service>& services, const Scene& scene) {
  if (scene.traced.facts().interfaces.empty())
    return fail("nobody knows by which interfaces packets come in here",
                "a state of `pyfw state` on that host holds them: --use-state FILE");
  std::map<Family, std::unique_ptr<Asker>> askers;
  for (const auto& service : services)
    for (const auto& ip : service.destinations) {
      auto& asker = askers[ip.family()];
      if (asker == nullptr) asker = std::make_unique<Asker>(scene, ip.family());
      asker->reach().add_address(ip);
      asker->reach().add_port(service.port);
    }
  for (auto& [family, asker] : askers) asker->reach().settle();
  std::vector<Reached> out;
  for (const auto& service : services) {
    std::vector<Reached> of_service;
    for (const auto& ip : service.destinations) {
      TRY(auto by, askers[ip.family()]->ask(ip, service));
      auto alike =
          std::ranges::find_if(of_service, [&](const Reached& known) { return are_alike(known.by, by); });
      if (alike != of_service.end()) {
        alike->service.destinations.push_back(ip);
        continue;
      }
      of_service.push_back({.service = service, .by = std::move(by)});
      of_service.back().service.destinations = {ip};
    }
    for (auto& reached : of_service) out.push_back(std::move(reached));
  }
  return out;
}

}  // namespace pyfw
