#include "border_packets.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "ask/ends.h"
#include "base/strings.h"
#include "net/address_kinds.h"
#include "prove/packet_space.h"
#include "tests/random/covered.h"
#include "trace/flow.h"
#include "wish/endpoint.h"

namespace pyfw::proofs {
namespace {

// Texts of which a value or a range is made: "10.0.0.0/24", "10.0.0.1-10.0.0.9", "22:80", "10.0.0.3,tcp:80".
std::vector<std::string> words_in(const Scene& scene) {
  std::vector<std::string> out;
  auto add = [&](std::string_view text) {
    std::string word;
    for (char c : std::string(text) + ' ') {
      if (c != ' ' && c != ',' && c != '-' && c != '"') {
        word += c;
        continue;
      }
      if (!word.empty()) out.push_back(word);
      word.clear();
    }
  };
  for (std::size_t chain = 0; chain < scene.traced.chain_count(); ++chain)
    for (const auto& rule : scene.traced.chain(static_cast<ChainIndex>(chain)).rules) add(rule.text);
  for (const auto& set : scene.state.state.sets)
    for (const auto& member : set.members) add(member);
  for (const auto& route : scene.state.facts.routes) add(route.destination.to_string());
  return out;
}

void add_neighbours_of(const Prefix& prefix, std::set<Ip>& out) {
  auto family = prefix.ip.family();
  auto all = Spans{span_of(Prefix{.ip = ip_of(family, Point{}), .length = 0})};
  auto span = span_of(Prefix{.ip = prefix.ip.masked(prefix.length), .length = prefix.length});
  out.insert({ip_of(family, span.first), ip_of(family, span.last)});
  for (const auto& outside : without(all, {span})) {
    if (outside.last < span.first) out.insert(ip_of(family, outside.last));
    if (span.last < outside.first) out.insert(ip_of(family, outside.first));
  }
}

struct Borders {
  std::vector<Ip> addresses;
  std::vector<std::uint16_t> ports;
};

Borders borders_of(const Scene& scene) {
  std::set<Ip> addresses = {*Ip::parse("203.0.113.7"), *Ip::parse("2001:db8::7")};
  std::set<std::uint16_t> ports = {1, 1023, 1024, 50000, 65535};
  for (const auto& word : words_in(scene)) {
    if (auto prefix = Prefix::parse(word)) add_neighbours_of(*prefix, addresses);
    for (auto text : split(word, ':')) {
      std::uint16_t port = 0;
      auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
      if (error != std::errc() || end != text.data() + text.size()) continue;
      for (int near : {port - 1, static_cast<int>(port), port + 1})
        if (near > 0 && near <= 0xffff) ports.insert(static_cast<std::uint16_t>(near));
    }
  }
  return {.addresses = {addresses.begin(), addresses.end()}, .ports = {ports.begin(), ports.end()}};
}

// Martians, and what rp_filter discards. Those that the host would answer to itself are not seen here.
bool is_left_out(const Arrival& arrival, const Scene& scene) {
  return is_local_address(scene.traced, arrival.packet.source) ||
         is_discarded(trace_flow(scene.traced, arrival).verdict);
}

}  // namespace

Result<std::vector<Arrival>> border_packets(const Expectation& expectation, const Scene& scene,
                                            std::size_t most, differential::Dice& dice) {
  auto borders = borders_of(scene);
  auto entries = entries_of(scene.state.facts);
  TRY(auto covered, Covered::by(expectation, scene));
  constexpr std::size_t kMostTries = 40;  // for each that is wanted
  std::vector<Arrival> out;
  for (std::size_t tries = 0; tries < kMostTries * most && out.size() < most; ++tries) {
    const auto& from = dice.pick(expectation.from.any_of);
    const auto& to = dice.pick(expectation.to.any_of);
    TRY(auto destinations, destinations_of(to, scene));
    auto ip = dice.pick(destinations).ip;
    auto source = dice.pick(borders.addresses);
    if (source.family() != ip.family() || is_loopback(ip)) continue;
    std::uint16_t port = 0;
    if (to.ports)
      port = static_cast<std::uint16_t>(dice.chance(50) ? to.ports->first
                                                        : dice.between(to.ports->first, to.ports->last));
    Arrival arrival{.packet = first_packet(ip, protocol_between(from, to), port),
                    .in_interface = dice.pick(entries)};
    arrival.packet.source = source;
    if (has_ports(arrival.packet.protocol)) arrival.packet.source_port = dice.pick(borders.ports);
    if (covered.has(arrival) && !is_left_out(arrival, scene)) out.push_back(arrival);
  }
  return out;
}

}  // namespace pyfw::proofs
