// What a closed INPUT has to let in, and does not.

#include <fmt/format.h>

#include "ask/flows.h"
#include "lint/closed.h"
#include "lint/lints.h"
#include "trace/flow.h"

namespace pyfw {
namespace {

struct ClosedInput {
  Family family = Family::kIpv4;
  ChainIndex chain = 0;
  TablePackets* packets = nullptr;
  Place place;  // of what closes it
};

// Some of them, from others than the host itself.
bool lets_in(const ClosedInput& input, Bdd::Node packets) {
  return input.packets->lets_through(input.chain,
                                     input.packets->without(packets, input.packets->by_loopback()));
}

bool lets_out(Linted& linted, const ClosedInput& input, Bdd::Node packets) {
  auto output = linted.chain(input.family, "filter", "OUTPUT");
  return !output || input.packets->lets_through(*output, packets);
}

// Who drops all of IPv6 in both directions means to have none.
bool is_switched_off(Linted& linted, const ClosedInput& input) {
  auto& packets = *input.packets;
  auto all = packets.everything();
  return !lets_in(input, all) && !lets_out(linted, input, packets.without(all, packets.to_loopback()));
}

// Of both families those that the wishes close.
std::vector<ClosedInput> closed_inputs(Linted& linted) {
  std::vector<ClosedInput> out;
  for (auto family : kFamilies) {
    auto* packets = linted.packets(family, "filter");
    auto place = closed_at(linted, family, "INPUT");
    if (packets == nullptr || !place) continue;
    out.push_back({.family = family,
                   .chain = *linted.chain(family, "filter", "INPUT"),
                   .packets = packets,
                   .place = std::move(*place)});
  }
  return out;
}

}  // namespace

void find_input_without_established(Linted& linted, Report& report) {
  for (const auto& input : closed_inputs(linted))
    if (!lets_in(input, input.packets->answers()) && !is_switched_off(linted, input))
      report.add(input.place, "nothing lets the answers in",
                 {.why = "what this host asks of others is answered through INPUT",
                  .instead = "accept first `-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`"});
}

void find_input_without_loopback(Linted& linted, Report& report) {
  for (const auto& input : closed_inputs(linted)) {
    auto& packets = *input.packets;
    auto own = packets.both(packets.by_loopback(), packets.opening(kTcp, packets.unnamed_port()));
    bool is_meant = is_switched_off(linted, input) && !lets_out(linted, input, packets.to_loopback());
    if (!packets.lets_through(input.chain, own) && !is_meant)
      report.add(input.place, "nothing lets in what the host sends to itself",
                 {.why = "programs on a host talk to each other by the interface lo, docker-proxy and the "
                         "resolver among them",
                  .instead = "accept `-i lo -j ACCEPT`"});
  }
}

// Only where it is known that there is ssh to be lost: the connection that we come over, or one who listens.
void find_input_without_ssh(Linted& linted, Report& report) {
  constexpr std::uint16_t kSsh = 22;
  for (const auto& input : closed_inputs(linted)) {
    const auto& connection = linted.input().connection;
    if (connection && connection->source.family() == input.family &&
        is_local_address(linted.host(), connection->destination)) {
      auto packet = first_packet(connection->destination, kTcp, connection->destination_port);
      packet.source = connection->source;
      packet.source_port = connection->source_port;
      auto entry = entry_interface(linted.host(), connection->source);
      if (!entry) continue;
      auto verdict = trace_flow(linted.host(), {.packet = packet, .in_interface = *entry}).verdict;
      if (verdict.outcome == FlowOutcome::kDropped || verdict.outcome == FlowOutcome::kRefused)
        report.add(
            Severity::kError, input.place,
            fmt::format("the connection over which this was started, from {} to port {}, would not be "
                        "let in again",
                        connection->source.to_string(), connection->destination_port),
            {.why = "whoever is cut off can't mend it from there",
             .instead = fmt::format("accept `-p tcp --dport {} -j ACCEPT`, from your addresses at least",
                                    connection->destination_port)});
      continue;
    }
    const auto& listeners = linted.facts().listeners;
    if (!listeners) continue;
    for (const auto& listener : *listeners) {
      bool is_ssh = listener.protocol == kTcp && listener.address.family() == input.family &&
                    (listener.program == "sshd" || listener.port == kSsh);
      bool is_outside = listener.address != *Ip::parse("127.0.0.1") && listener.address != *Ip::parse("::1");
      if (!is_ssh || !is_outside) continue;
      if (lets_in(input, input.packets->opening(kTcp, listener.port))) continue;
      report.add(input.place, fmt::format("nothing lets ssh in, which listens on port {}", listener.port),
                 {.why = "whoever is cut off can't mend it from there",
                  .instead = fmt::format("accept `-p tcp --dport {} -j ACCEPT`, from your addresses at least",
                                         listener.port)});
      break;
    }
  }
}

void find_input_without_icmp_errors(Linted& linted, Report& report) {
  for (const auto& input : closed_inputs(linted)) {
    if (lets_in(input, input.packets->too_big()) || is_switched_off(linted, input)) continue;
    bool is_ipv4 = input.family == Family::kIpv4;
    report.add(
        input.place, fmt::format("nothing lets {}'s errors in", is_ipv4 ? "ICMP" : "ICMPv6"),
        {.why = "without 'packet too big', connections over a narrower link hang as soon as they carry "
                "much",
         .instead = is_ipv4 ? "accept RELATED beside ESTABLISHED, or `-p icmp`"
                            : "accept RELATED beside ESTABLISHED, or `-p ipv6-icmp`"});
  }
}

void find_input_without_neighbours(Linted& linted, Report& report) {
  for (const auto& input : closed_inputs(linted)) {
    if (input.family == Family::kIpv4) continue;
    if (is_switched_off(linted, input)) continue;
    bool is_asked = lets_in(input, input.packets->neighbour_solicitation());
    if (is_asked && lets_in(input, input.packets->neighbour_advertisement())) continue;
    if (is_asked) {
      report.add(input.place, "nothing lets the answers of IPv6's neighbour discovery in",
                 {.why = "without them this host finds nobody on the link, and loses whom it knew; they are "
                         "neither NEW nor ESTABLISHED but UNTRACKED",
                  .instead = "accept `-p ipv6-icmp -j ACCEPT`, or its types 133 to 136"});
      continue;
    }
    report.add(
        input.place, "nothing lets IPv6's neighbour discovery in",
        {.why = "without it nobody on the link finds this host, whatever else is accepted; it is neither "
                "NEW nor ESTABLISHED but UNTRACKED",
         .instead = "accept `-p ipv6-icmp -j ACCEPT`, or its types 133 to 136"});
  }
}

}  // namespace pyfw
