#include "ask/everyone.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "ask/ends.h"
#include "ask/members.h"
#include "ask/verdict_words.h"
#include "net/address_kinds.h"
#include "net/protocol.h"
#include "prove/asked_set.h"
#include "prove/callers.h"
#include "prove/sides.h"
#include "wish/endpoint.h"

namespace pyfw {
namespace {

using Kind = Endpoint::Kind;

constexpr std::size_t kMostExamples = 3;
constexpr PortRange kNoPorts{};  // of a protocol without

bool is_wide(const Endpoint& endpoint, const Scene& scene) {
  if (endpoint.kind != Kind::kSet) return endpoint.kind == Kind::kAny || endpoint.kind == Kind::kPrefix;
  const auto* set = find_set(scene.state.state.sets, endpoint.name.text);
  if (set == nullptr || set->members.empty() || single_addresses(*set)) return false;
  return addresses_in(*set).has_value();
}

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
  constexpr std::uint64_t kSomeHost = 66;
  for (const auto& interface : facts.interfaces)
    for (const auto& address : interface.addresses) {
      if (address.ip.family() != family || is_loopback(address.ip)) continue;
      auto network = span_of(Prefix{.ip = address.ip.masked(address.length), .length = address.length});
      auto some = network.first;
      some.low += kSomeHost;
      if (network.first < some && some < network.last) add(ip_of(family, some));
    }
  for (auto text : {"198.51.100.7", "203.0.113.7", "2001:db8::7"}) add(*Ip::parse(text));
  std::ranges::stable_partition(out,
                                [&](const Ip& ip) { return entry_interface(scene.traced, ip) == entry; });
  return out;
}

struct Destination {
  DestinationPoint point;
  const Endpoint* end = nullptr;
};

bool is_range(const std::optional<PortRange>& ports) { return ports && ports->first != ports->last; }

bool are_ports_free(const std::vector<Destination>& all) {
  return std::ranges::any_of(all,
                             [](const Destination& destination) { return is_range(destination.end->ports); });
}

std::vector<Field> free_for(const std::vector<Destination>& all) {
  auto free = free_of_callers();
  if (are_ports_free(all)) free.push_back(Field::kDestinationPort);
  return free;
}

// One expectation, of one family.
class Prover {
 public:
  Prover(const Expectation& expectation, const Scene& scene, Family family,
         const std::vector<Destination>& all)
      : expectation_(expectation),
        scene_(scene),
        family_(family),
        destinations_(all),
        reach_(scene.traced, scene.state.state.sets, family, free_for(all)) {}

  // Adds the ends that anybody sends from to `met`.
  Result<void> prove(Finding& finding, std::set<const Endpoint*>& met) {
    TRY(auto sources, ask_ends(expectation_.from.any_of));
    TRY(auto exceptions, ask_ends(expectation_.from.except));
    std::vector<std::optional<PacketSpace::Question>> ports;
    for (const auto& destination : destinations_) {
      reach_.add_address(destination.point.ip);
      if (destination.end->ports) reach_.add_port(destination.end->ports->first);
      ports.push_back(ask_ports(Field::kDestinationPort, destination.end->ports.value_or(kNoPorts)));
    }
    reach_.settle();
    for (const auto& source : sources) {
      for (std::size_t i = 0; i < destinations_.size(); ++i) {
        TRY_VOID(check_exceptions(*source.end, destinations_[i]));
        for (const auto& entry : entries_for(*source.end)) {
          auto packets = packets_from(source, exceptions, entry);
          // One range frees the ports of all, also of those that name a single one.
          if (are_ports_free(destinations_)) packets = both(packets, node_of(ports[i]));
          packets = bdd().without(packets, reach_.from(destinations_[i].point.ip));
          if (packets == Bdd::kNone) continue;
          met.insert(source.end);
          TRY_VOID(prove_at(like(*source.end, destinations_[i], entry), packets, destinations_[i], finding));
        }
      }
    }
    return {};
  }

 private:
  // What is asked of a source, before the space is settled.
  struct AskedEnd {
    const Endpoint* end;
    PacketSpace::Question addresses;
    std::optional<PacketSpace::Question> ports;
  };

  Bdd& bdd() { return reach_.space().bdd(); }
  Bdd::Node both(Bdd::Node a, Bdd::Node b) { return bdd().both(a, b); }
  Bdd::Node node_of(const std::optional<PacketSpace::Question>& question) {
    return question ? reach_.space().node(*question) : Bdd::kAll;
  }

  std::optional<PacketSpace::Question> ask_ports(Field field, const std::optional<PortRange>& ports) {
    if (!ports) return std::nullopt;
    return reach_.space().ask(field, {span_of(ports->first, ports->last)});
  }

  Result<std::vector<AskedEnd>> ask_ends(const std::vector<Endpoint>& ends) {
    std::vector<AskedEnd> out;
    for (const auto& end : ends) {
      TRY(auto spans, source_spans_of(end, family_, scene_));
      out.push_back({.end = &end,
                     .addresses = reach_.space().ask(Field::kSource, std::move(spans)),
                     .ports = ask_ports(Field::kSourcePort, end.ports)});
    }
    return out;
  }

  // One of another protocol would take away nothing, and nobody means that.
  [[nodiscard]] Result<void> check_exceptions(const Endpoint& source, const Destination& destination) const {
    auto protocol = protocol_between(source, *destination.end);
    for (const auto& except : expectation_.from.except)
      if (except.protocol && *except.protocol != protocol)
        return bad_input(except.text.place,
                         fmt::format("it excepts {} from what is {}", name_of_protocol(*except.protocol),
                                     name_of_protocol(protocol)),
                         "leave out the protocol");
    return {};
  }

  [[nodiscard]] std::vector<std::string> entries_for(const Endpoint& source) const {
    if (!source.interface.empty()) return {source.interface};
    return entries_of(scene_.traced.facts());
  }

  Bdd::Node packets_from(const AskedEnd& source, const std::vector<AskedEnd>& exceptions,
                         const std::string& entry) {
    auto packets = both(both(node_of(source.addresses), node_of(source.ports)), reach_.lasting());
    if (source.end->interface.empty()) packets = both(packets, reach_.coming_in_by(entry));
    for (const auto& except : exceptions)
      if (except.end->interface.empty() || except.end->interface == entry)
        packets = bdd().without(packets, both(node_of(except.addresses), node_of(except.ports)));
    return both(packets, reach_.space().everything());
  }

  [[nodiscard]] static Arrival like(const Endpoint& source, const Destination& destination,
                                    const std::string& entry) {
    auto port = destination.end->ports ? destination.end->ports->first : std::uint16_t{0};
    return {.packet = first_packet(destination.point.ip, protocol_between(source, *destination.end), port),
            .in_interface = entry};
  }

  Result<void> prove_at(const Arrival& like, Bdd::Node packets, const Destination& destination,
                        Finding& finding) {
    TRY(auto regions, reach_.ways(like, packets));
    // A statement that names nothing but what routing discards is about that.
    auto is_left_out = [](const Region& region) { return is_discarded(region.verdict); };
    if (!std::ranges::all_of(regions, is_left_out)) std::erase_if(regions, is_left_out);
    auto sides = sides_of(reach_, regions, [&](const FlowVerdict& verdict) {
      return is_as_expected(verdict, expectation_.is);
    });
    TRY_VOID(bdd().check());
    if (sides.never != Bdd::kNone) return refute(like, sides.never, destination, finding);
    if (sides.sometimes != Bdd::kNone) return doubt(like, sides.sometimes, regions, destination, finding);
    return {};
  }

  Result<void> refute(const Arrival& like, Bdd::Node packets, const Destination& destination,
                      Finding& finding) {
    // Beside what breaks it nobody needs to know what else may.
    if (finding.standing != Standing::kFails) finding.answers.clear();
    finding.standing = Standing::kFails;
    auto answer = answer_of(readable(like, packets), destination);
    if (is_as_expected(answer, expectation_.is))
      return fail(fmt::format("pyfw contradicts itself: it is proved that {} breaks '{}', the trace says {}",
                              title_of(answer.flow), expectation_.name.text, answer.line));
    add(std::move(answer), finding);
    return {};
  }

  Result<void> doubt(const Arrival& like, Bdd::Node packets, const std::vector<Region>& regions,
                     const Destination& destination, Finding& finding) {
    if (finding.standing == Standing::kFails) return {};
    finding.standing = Standing::kDepends;
    // What the prover does not follow the tracer may know, of one packet; of all of them it still hangs on
    // that.
    auto untold = std::ranges::find_if(regions, [&](const Region& region) {
      return region.verdict.outcome == FlowOutcome::kDepends && bdd().meet(region.packets, packets);
    });
    if (untold != regions.end()) packets = both(packets, untold->packets);
    auto answer = answer_of(readable(like, packets), destination);
    if (untold != regions.end() && answer.verdict.outcome != FlowOutcome::kDepends) {
      answer.verdict = untold->verdict;
      answer.line =
          fmt::format("depends on {}", describe_question(scene_.traced, untold->verdict.questions[0]));
    }
    add(std::move(answer), finding);
    return {};
  }

  AskedFlow answer_of(const Arrival& arrival, const Destination& destination) {
    Flow flow{.packet = arrival.packet,
              .in_interface = arrival.in_interface,
              .from = name_of_source(arrival.packet.source, scene_),
              .to = destination.point.name};
    auto trace = trace_flow(scene_.traced, arrival_of(flow));
    auto line = verdict_line(trace, scene_.traced);
    return {.flow = std::move(flow), .verdict = std::move(trace.verdict), .line = std::move(line)};
  }

  static void add(AskedFlow answer, Finding& finding) {
    if (finding.answers.size() < kMostExamples) finding.answers.push_back(std::move(answer));
  }

  // With a source that a person would think of, where one of those is among them.
  Arrival readable(const Arrival& like, Bdd::Node packets) {
    for (const auto& ip : friendly_sources(scene_, family_, like.in_interface)) {
      auto these = both(packets, reach_.from(ip));
      if (these == Bdd::kNone) continue;
      auto arrival = reach_.example(like, reach_.plainest_of(these));
      arrival.packet.source = ip;
      return arrival;
    }
    return reach_.example(like, reach_.plainest_of(packets));
  }

  const Expectation& expectation_;
  const Scene& scene_;
  Family family_;
  const std::vector<Destination>& destinations_;
  Reach reach_;
};

}  // namespace

std::string_view assumed_of_everyone() {
  return R"(Assumed: a connection's first packet, a SYN where it is TCP, that comes in by the interface which the
route back to its source leads to (or by the one that is named), with a TTL of 2 at least; any source
port, TOS, length and TCP options. Loopback, groups, the host's own addresses and sources without a
route are left out.
)";
}

bool is_about_everyone(const Expectation& expectation, const Scene& scene) {
  const auto& from = expectation.from;
  return !from.except.empty() ||
         std::ranges::any_of(from.any_of, [&](const Endpoint& end) { return is_wide(end, scene); });
}

Result<Finding> find_for_everyone(const Expectation& expectation, const Scene& scene) {
  if (scene.traced.facts().interfaces.empty())
    return bad_input(expectation.from.place, "nobody knows by which interfaces packets come in here",
                     "a state of `pyfw state` on that host holds them");
  if (!expectation.to.except.empty())
    return bad_input(expectation.to.place, "'all but' is for those who send", "name the destinations");
  for (const auto& from : expectation.from.any_of)
    if (from.kind == Kind::kHost)
      return bad_input(from.text.place, "the host itself is one, and is asked apart",
                       "an expectation of its own: { from: host, … }");
  std::map<Family, std::vector<Destination>> all;
  for (const auto& to : expectation.to.any_of) {
    TRY(auto destinations, destinations_of(to, scene));
    auto fits = [&](const Endpoint& from) { return are_of_one_family(from, to); };
    if (std::ranges::none_of(expectation.from.any_of, fits)) continue;
    // Nobody outside can send to an address of the loopback.
    for (auto& destination : destinations)
      if (!is_loopback(destination.ip) || to.kind == Kind::kAddress)
        all[destination.ip.family()].push_back({.point = std::move(destination), .end = &to});
  }
  Finding finding{.expectation = &expectation, .is_about_everyone = true};
  std::set<const Endpoint*> met;
  for (const auto& [family, some] : all)
    TRY_VOID(Prover(expectation, scene, family, some).prove(finding, met));
  // Of nobody everything would be true.
  for (const auto& from : expectation.from.any_of)
    if (!met.contains(&from))
      return bad_input(from.text.place, fmt::format("nobody sends from '{}' to there", from.text.text),
                       "its family or its interface may be another; by which one it comes in can be said: "
                       "10.0.0.0/8@eth0");
  return finding;
}

}  // namespace pyfw
