#include "ask/everyone.h"

#include <fmt/format.h>

#include <algorithm>

#include "ask/ends.h"
#include "ask/verdict_words.h"
#include "base/contains.h"
#include "prove/asked_set.h"
#include "prove/callers.h"
#include "trace/address_kinds.h"
#include "wish/endpoint.h"

namespace pyfw {
namespace {

using Kind = Endpoint::Kind;

constexpr std::size_t kMostExamples = 3;

bool is_wide(const Endpoint& endpoint) {
  return endpoint.kind == Kind::kAny || endpoint.kind == Kind::kPrefix;
}

PointSpan span_at(const Ip& ip) { return {.first = point_of(ip), .last = point_of(ip)}; }

Result<Spans> spans_of(const Endpoint& endpoint, Family family, const Scene& scene) {
  Spans out;
  auto add = [&](const Prefix& prefix) {
    if (prefix.ip.family() == family) out.push_back(span_of(prefix));
  };
  switch (endpoint.kind) {
    case Kind::kAny: return Spans{span_of(Prefix{.ip = ip_of(family, Point{}), .length = 0})};
    case Kind::kAddress:
    case Kind::kPrefix: add(endpoint.prefix); return out;
    case Kind::kSet: {
      const auto* set = find_set(scene.state.state.sets, endpoint.name.text);
      if (set == nullptr)
        return bad_input(endpoint.name.place, fmt::format("no set is called '{}'", endpoint.name.text));
      auto spans = addresses_in(*set);
      if (!spans)
        return bad_input(endpoint.name.place,
                         fmt::format("set '{}' holds more than addresses and networks", endpoint.name.text));
      return layout_of(*set).family == family ? *spans : Spans();
    }
    case Kind::kNetwork: {
      const auto& docker = scene.traced.facts().docker;
      const auto* network = docker ? find_network(*docker, endpoint.name.text) : nullptr;
      if (network == nullptr)
        return bad_input(endpoint.name.place, fmt::format("no network is called '{}'", endpoint.name.text));
      for (const auto& subnet : network->subnets) add(subnet);
      return out;
    }
    case Kind::kContainer: {
      TRY(auto sources, sources_of(endpoint, scene));
      for (const auto& source : sources)
        if (source.ip && source.ip->family() == family) out.push_back(span_at(*source.ip));
      return out;
    }
    case Kind::kHost:
      for (const auto& interface : scene.traced.facts().interfaces)
        for (const auto& address : interface.addresses)
          if (address.ip.family() == family) out.push_back(span_at(address.ip));
      return out;
  }
  return out;
}

// What one interface lets in of an end.
struct Asked {
  std::string interface;
  bool is_given = false;  // then a packet with any source may come in there
  Spans sources;
};

bool is_discarded(const FlowVerdict& verdict) {
  return verdict.outcome == FlowOutcome::kDropped && verdict.leg == 0 &&
         (verdict.reason == DropReason::kMartianSource || verdict.reason == DropReason::kReversePath);
}

// Of whom a person would think, first those that come in there by themselves. Addresses of documentation
// (RFC 5737, RFC 3849) stand for someone out there.
std::vector<Ip> friendly_sources(const Scene& scene, Family family, std::string_view entry) {
  std::vector<Ip> out;
  auto add = [&](const Ip& ip) {
    if (ip.family() == family) out.push_back(ip);
  };
  const auto& facts = scene.traced.facts();
  if (facts.docker)
    for (const auto& container : facts.docker->containers)
      for (const auto& address : container.addresses) add(address.ip);
  for (const auto& interface : facts.interfaces)
    for (const auto& address : interface.addresses) {
      if (address.ip.family() != family || is_loopback(address.ip) || address.length > 120) continue;
      auto network = span_of(Prefix{.ip = address.ip.masked(address.length), .length = address.length});
      auto some = network.first;
      some.low += 66;
      if (some < network.last) add(ip_of(family, some));
    }
  for (auto text : {"198.51.100.7", "203.0.113.7", "2001:db8::7"}) add(*Ip::parse(text));
  std::ranges::stable_partition(out,
                                [&](const Ip& ip) { return entry_interface(scene.traced, ip) == entry; });
  return out;
}

// One destination, its ports, and one interface.
class Prover {
 public:
  Prover(const Expectation& expectation, const Scene& scene, const DestinationPoint& destination,
         const Endpoint& to)
      : expectation_(expectation),
        scene_(scene),
        destination_(destination),
        to_(to),
        family_(destination.ip.family()),
        protocol_(protocol_between(expectation.from.any_of.front(), to)),
        reach_(scene.traced, scene.state.state.sets, family_, free_fields()) {}

  Result<void> prove(Finding& finding) {
    std::vector<Asked> asked;
    for (const auto& from : expectation_.from.any_of) TRY_VOID(add_asked(from, asked));
    std::vector<PacketSpace::Question> sources;
    for (const auto& one : asked) sources.push_back(reach_.space().ask(Field::kSource, one.sources));
    auto ports = to_.ports.value_or(PortRange{});
    auto port_question = reach_.space().ask(Field::kDestinationPort, {span_of(ports.first, ports.last)});
    reach_.add_address(destination_.ip);
    reach_.add_port(ports.first);
    reach_.settle();
    for (std::size_t i = 0; i < asked.size(); ++i) {
      auto packets = reach_.space().node(sources[i]);
      if (ports.first != ports.last)
        packets = reach_.space().bdd().both(packets, reach_.space().node(port_question));
      TRY_VOID(prove_at(asked[i], packets, finding));
    }
    return {};
  }

 private:
  std::vector<Field> free_fields() const {
    auto free = free_of_callers();
    if (to_.ports && to_.ports->first != to_.ports->last) free.push_back(Field::kDestinationPort);
    return free;
  }

  Result<void> add_asked(const Endpoint& from, std::vector<Asked>& asked) {
    if (from.kind == Kind::kHost)
      return bad_input(from.text.place, "the host itself is one, and is asked apart",
                       "an expectation of its own: { from: host, … }");
    TRY(auto sources, spans_of(from, family_, scene_));
    std::vector<std::string> interfaces = {from.interface};
    if (from.interface.empty()) {
      interfaces.clear();
      for (const auto& interface : scene_.traced.facts().interfaces)
        if (interface.is_up && interface.bridge.empty() && interface.name != "lo")
          interfaces.push_back(interface.name);
    }
    for (const auto& interface : interfaces) {
      auto left = sources;
      for (const auto& except : expectation_.from.except) {
        if (!except.interface.empty() && except.interface != interface) continue;
        TRY(auto taken, spans_of(except, family_, scene_));
        left = without(left, taken);
      }
      asked.push_back(
          {.interface = interface, .is_given = !from.interface.empty(), .sources = std::move(left)});
    }
    return {};
  }

  [[nodiscard]] Arrival like(const std::string& interface) const {
    Packet packet{.source = ip_of(family_, Point{}),
                  .destination = destination_.ip,
                  .protocol = protocol_,
                  .destination_port = to_.ports ? to_.ports->first : std::uint16_t{0}};
    if (protocol_ == kTcp) packet.tcp_flags = kSyn;
    if (protocol_ == kIcmp) packet.icmp_type = 8;
    if (protocol_ == kIcmp6) packet.icmp_type = 128;
    return {.packet = packet, .in_interface = interface};
  }

  Result<void> prove_at(const Asked& asked, Bdd::Node packets, Finding& finding) {
    auto& bdd = reach_.space().bdd();
    packets = bdd.both(packets, reach_.lasting());
    if (!asked.is_given) packets = bdd.both(packets, reach_.coming_in_by(asked.interface));
    if (packets == Bdd::kNone) return {};
    TRY(auto regions, reach_.ways(like(asked.interface), packets));
    auto is_left_out = [&](const Region& region) { return asked.is_given && is_discarded(region.verdict); };
    // A statement that names nothing but those is about them.
    bool are_all = std::ranges::all_of(regions, is_left_out);
    auto good = Bdd::kNone;
    auto bad = Bdd::kNone;
    for (const auto& region : regions) {
      if (is_left_out(region) && !are_all) continue;
      auto outcome = region.verdict.outcome;
      bool may_hold = outcome == FlowOutcome::kDepends || is_as_expected(region.verdict, expectation_.is);
      bool may_fail = outcome == FlowOutcome::kDepends || !is_as_expected(region.verdict, expectation_.is);
      if (may_hold) good = bdd.either(good, region.packets);
      if (may_fail) bad = bdd.either(bad, region.packets);
    }
    good = reach_.space().whatever_is_free(good);
    bad = reach_.space().whatever_is_free(bad);
    TRY_VOID(bdd.check());
    auto refuted = bdd.without(bad, good);
    if (refuted != Bdd::kNone) return show(refuted, asked, Standing::kFails, finding);
    if (bad != Bdd::kNone) return show(bad, asked, Standing::kDepends, finding);
    return {};
  }

  Result<void> show(Bdd::Node packets, const Asked& asked, Standing standing, Finding& finding) {
    if (finding.standing != Standing::kFails) finding.standing = standing;
    for (std::size_t shown = 0; packets != Bdd::kNone && shown < 1 && finding.answers.size() < kMostExamples;
         ++shown) {
      auto arrival = readable(packets, asked);
      Flow flow{.packet = arrival.packet,
                .in_interface = arrival.in_interface,
                .from = name_of(arrival.packet.source),
                .to = destination_.name};
      auto trace = trace_flow(scene_.traced, arrival_of(flow));
      bool is_shown = standing == Standing::kFails ? !is_as_expected(trace.verdict, expectation_.is)
                                                   : trace.verdict.outcome == FlowOutcome::kDepends;
      if (!is_shown)
        return fail(
            fmt::format("pyfw contradicts itself: the proof says that {} breaks '{}', the trace says {}",
                        title_of(flow), expectation_.name.text, verdict_line(trace, scene_.traced)));
      auto line = verdict_line(trace, scene_.traced);
      finding.answers.push_back(
          {.flow = std::move(flow), .verdict = std::move(trace.verdict), .line = std::move(line)});
    }
    return {};
  }

  // With a source that a person would think of, where one of those is among them.
  Arrival readable(Bdd::Node packets, const Asked& asked) {
    auto& space = reach_.space();
    const auto& classes = space.classes(Field::kSource);
    for (const auto& ip : friendly_sources(scene_, family_, asked.interface)) {
      auto of_class = classes.class_of(point_of(ip));
      auto these = space.bdd().both(packets, space.classes_node(Field::kSource, std::span(&of_class, 1)));
      if (these == Bdd::kNone) continue;
      auto arrival = reach_.example(like(asked.interface), reach_.plainest_of(these));
      arrival.packet.source = ip;
      return arrival;
    }
    return reach_.example(like(asked.interface), reach_.plainest_of(packets));
  }

  [[nodiscard]] std::string name_of(const Ip& source) const {
    const auto& docker = scene_.traced.facts().docker;
    if (docker)
      for (const auto& container : docker->containers)
        if (contains(container.addresses, source, &ContainerAddress::ip))
          return fmt::format("container {} ({})", container.name, source.to_string());
    return source.to_string();
  }

  const Expectation& expectation_;
  const Scene& scene_;
  const DestinationPoint& destination_;
  const Endpoint& to_;
  Family family_;
  std::uint8_t protocol_;
  Reach reach_;
};

}  // namespace

std::string_view assumed_of_everyone() {
  return "Assumed: a connection's first packet, a SYN where it is TCP, that comes in by the interface which "
         "the\n"
         "route back to its source leads to (or by the one that is named), with a TTL of 2 at least; any "
         "source\n"
         "port, TOS, length and TCP options. Loopback, groups, the host's own addresses and sources without "
         "a\n"
         "route are left out.\n";
}

bool is_about_everyone(const Expectation& expectation) {
  return !expectation.from.except.empty() || std::ranges::any_of(expectation.from.any_of, is_wide);
}

Result<Finding> find_for_everyone(const Expectation& expectation, const Scene& scene) {
  Finding finding{.expectation = &expectation, .is_about_everyone = true};
  if (scene.traced.facts().interfaces.empty())
    return bad_input(expectation.from.place, "nobody knows by which interfaces packets come in here",
                     "a state of `pyfw state` on that host holds them");
  if (!expectation.to.except.empty())
    return bad_input(expectation.to.place, "'all but' is for those who send", "name the destinations");
  bool is_any = false;
  for (const auto& to : expectation.to.any_of) {
    TRY(auto destinations, destinations_of(to, scene));
    for (const auto& destination : destinations) {
      if (is_loopback(destination.ip) && to.kind != Kind::kAddress) continue;
      auto fits = [&](const Endpoint& from) {
        bool is_address = from.kind == Kind::kAddress || from.kind == Kind::kPrefix;
        return !is_address || from.prefix.ip.family() == destination.ip.family();
      };
      if (std::ranges::none_of(expectation.from.any_of, fits)) continue;
      is_any = true;
      TRY_VOID(Prover(expectation, scene, destination, to).prove(finding));
    }
  }
  if (!is_any) return bad_input(expectation.from.place, "no packet goes from one end to the other");
  return finding;
}

}  // namespace pyfw
