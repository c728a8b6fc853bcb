// What a closed OUTPUT has to let out, and does not.

#include "lint/closed.h"
#include "lint/lints.h"

namespace pyfw {

void find_output_without_established(Linted& linted, Report& report) {
  for (auto family : kFamilies) {
    auto* packets = linted.packets(family, "filter");
    auto output = linted.chain(family, "filter", "OUTPUT");
    if (packets == nullptr || !output) continue;
    auto answers = packets->without(packets->answers_of_services(), packets->to_loopback());
    auto place = place_that_stops(linted, family, "OUTPUT", answers);
    if (!place) continue;
    auto input = linted.chain(family, "filter", "INPUT");
    auto opened = packets->both(packets->in_state(kStateNew), packets->number(NumberField::kProtocol, kTcp));
    opened = packets->without(packets->both(opened, packets->everything()), packets->by_loopback());
    if (input && !packets->lets_through(*input, opened)) continue;
    report.add(*place, "nothing lets the answers out",
               {.why = "who connects to this host gets no answer through OUTPUT, by ssh neither",
                .instead = "accept first `-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`"});
  }
}

void find_output_without_loopback(Linted& linted, Report& report) {
  for (auto family : kFamilies) {
    auto* packets = linted.packets(family, "filter");
    auto output = linted.chain(family, "filter", "OUTPUT");
    if (packets == nullptr || !output) continue;
    auto opened = packets->opening(kTcp, packets->unnamed_port());
    auto place = place_that_stops(linted, family, "OUTPUT", packets->both(opened, packets->to_loopback()));
    if (!place) continue;
    // Of an INPUT that shuts it out that is said already, or it is meant.
    auto input = linted.chain(family, "filter", "INPUT");
    if (input && !packets->lets_through(*input, packets->both(opened, packets->by_loopback()))) continue;
    report.add(*place, "nothing lets out what the host sends to itself",
               {.why = "programs on a host talk to each other by the interface lo, docker-proxy and the "
                       "resolver among them",
                .instead = "accept `-o lo -j ACCEPT`"});
  }
}

void find_output_without_neighbours(Linted& linted, Report& report) {
  auto* packets = linted.packets(Family::kIpv6, "filter");
  auto output = linted.chain(Family::kIpv6, "filter", "OUTPUT");
  if (packets == nullptr || !output) return;
  auto gets_out = [&](Bdd::Node some) {
    return packets->lets_through(*output, packets->without(some, packets->to_loopback()));
  };
  if (gets_out(packets->neighbour_solicitation()) && gets_out(packets->neighbour_advertisement())) return;
  auto opened = packets->opening(kTcp, packets->unnamed_port());
  auto place =
      place_that_stops(linted, Family::kIpv6, "OUTPUT", packets->without(opened, packets->to_loopback()));
  auto input = linted.chain(Family::kIpv6, "filter", "INPUT");
  auto from_others = packets->without(packets->everything(), packets->by_loopback());
  bool is_switched_off = input && !packets->lets_through(*input, from_others);
  if (!place || is_switched_off) return;
  report.add(*place, "nothing lets IPv6's neighbour discovery out",
             {.why = "without it this host finds nobody on the link, and nobody finds it; it is neither NEW "
                     "nor ESTABLISHED but UNTRACKED",
              .instead = "accept `-p ipv6-icmp -j ACCEPT`, or its types 133 to 136"});
}

}  // namespace pyfw
