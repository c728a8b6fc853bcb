#include "trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <vector>

#include "differential/library.h"
#include "differential/scenario.h"
#include "netlink/netlink_facts.h"
#include "sys/host_settings.h"

namespace pyfw::bench {
namespace {

using namespace differential;
using Clock = std::chrono::steady_clock;

constexpr int kChains = 90;
constexpr int kRules = 5'000;
constexpr int kPackets = 2'000;
constexpr int kRounds = 7;
constexpr double kLimit = 30;

// Forwarded packets go by their port to one of 90 chains, and match one of its rules or none.
Ruleset many_rules() {
  Ruleset out;
  for (int i = 0; i < kChains; ++i)
    ensure_chain(out, "filter", "FORWARD")
        .rules.push_back(
            {fmt::format("-i eth0 -p tcp -m tcp --dport {}:{} -j chain{}", i * 700 + 1, i * 700 + 700, i)});
  for (int i = 0; i < kRules - kChains; ++i)
    ensure_chain(out, "filter", fmt::format("chain{}", i % kChains))
        .rules.push_back(
            {fmt::format("-s 10.0.0.{}/32 -p tcp -m tcp --dport {} -m comment --comment rule{} -j ACCEPT",
                         2 + i % 200, i % kChains * 700 + 1 + i / kChains * 12, i)});
  return out;
}

std::vector<Shipment> many_packets() {
  std::vector<Shipment> out;
  for (int i = 0; i < kPackets; ++i)
    out.push_back({.sent = {.packet = {.source = *Ip::parse(fmt::format("10.0.0.{}", 2 + i % 200)),
                                       .destination = *Ip::parse("10.0.1.2"),
                                       .protocol = kTcp,
                                       .source_port = static_cast<std::uint16_t>(20'000 + i),
                                       .destination_port = static_cast<std::uint16_t>(1 + i * 31 % 63'000),
                                       .tcp_flags = kSyn,
                                       .length = 40}},
                   .wire = 0,
                   .keeps_connections = true});
  return out;
}

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

Result<double> by_kernel(Stage& stage, const std::vector<Shipment>& packets) {
  auto begin = Clock::now();
  for (const auto& packet : packets) TRY_VOID(stage.send(packet));
  return seconds_since(begin);
}

double by_library(const TracedHost& host, const std::vector<Shipment>& packets) {
  std::vector<Arrival> arrivals;
  for (const auto& packet : packets)
    arrivals.push_back({.packet = packet.sent.packet, .in_interface = "eth0"});
  Path path;
  auto begin = Clock::now();
  for (const auto& arrival : arrivals) path = trace_packet(host, arrival, {}, std::move(path));
  return seconds_since(begin);
}

Result<void> measure() {
  Scenario scenario{.topology = plain_topology()};
  scenario.rulesets[{Backend::kNft, Family::kIpv4}] = many_rules();
  TRY(auto stage, Stage::build(scenario.topology));
  TRY(auto loaded, stage.load(rules_of(scenario)));
  TRY(auto facts, read_routing_facts());
  facts.settings = read_settings();
  TracedHost host(state_of(loaded, facts));
  auto packets = many_packets();
  std::vector<double> ratios;
  double kernel = 0;
  double library = 0;
  for (int i = 0; i <= kRounds; ++i) {
    TRY(auto theirs, by_kernel(stage, packets));
    auto ours = by_library(host, packets);
    if (i == 0) continue;  // warms up
    kernel += theirs;
    library += ours;
    ratios.push_back(theirs / ours);
  }
  std::ranges::sort(ratios);
  fmt::print("{:<58} {:5.0f}   ({:.0f} to {:.0f})   at least {:.0f}   {:.0f} a second; the kernel {:.0f}\n",
             fmt::format("packets traced through {} rules in {} chains", kRules, kChains),
             ratios[kRounds / 2], ratios.front(), ratios.back(), kLimit, kRounds * kPackets / library,
             kRounds * kPackets / kernel);
  return {};
}

}  // namespace

bool bench_trace() {
  auto done = measure();
  if (!done) fmt::print(stderr, "{}\n", render(done.error()));
  return done.has_value();
}

}  // namespace pyfw::bench
