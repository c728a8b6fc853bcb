// Rules that mean a port which Docker publishes, and do not meet its packets: they come from outside to INPUT
// only where nothing translates them, and behind the translation they have the container's port and address.

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <variant>

#include "lint/asking.h"
#include "lint/lints.h"
#include "net/address_kinds.h"

namespace pyfw {
namespace {

// The ports that a rule names with a plain match, each by itself or in a range of which all are `meant`.
std::set<std::uint16_t> named_ports(const CompiledRule& rule, const std::set<std::uint16_t>& meant) {
  std::set<std::uint16_t> out;
  for (const auto& condition : rule.conditions) {
    const auto* number = std::get_if<NumberIn>(&condition.kind);
    if (number == nullptr || number->inverted || number->field != NumberField::kDestinationPort) continue;
    auto ranges = number->more;
    ranges.push_back(number->range);
    for (const auto& range : ranges) {
      auto first = meant.lower_bound(static_cast<std::uint16_t>(range.first));
      auto end = meant.upper_bound(static_cast<std::uint16_t>(range.last));
      auto count = static_cast<std::size_t>(std::distance(first, end));
      if (count == range.last - range.first + 1) out.insert(first, end);
    }
  }
  return out;
}

// By protocol, for whom what.
std::set<std::uint16_t> ports_of(const std::vector<PublishedHere>& published, Family family,
                                 std::uint8_t protocol,
                                 const std::function<bool(const PublishedHere&)>& counts) {
  std::set<std::uint16_t> out;
  for (const auto& port : published)
    if (port.family == family && port.protocol == protocol && counts(port)) out.insert(port.host_port);
  return out;
}

const PublishedHere& port_called(const Linted& linted, Family family, std::uint8_t protocol,
                                 std::uint16_t port) {
  return *std::ranges::find_if(linted.published(), [&](const PublishedHere& one) {
    return one.family == family && one.protocol == protocol && one.host_port == port;
  });
}

constexpr std::initializer_list<std::string_view> kPortOptions = {"--dport", "--dports", "--destination-port",
                                                                  "--destination-ports"};

bool is_in_subnet_of_docker(const Linted& linted, const AddressIn& address) {
  const auto& docker = linted.facts().docker;
  return docker && std::ranges::any_of(docker->networks, [&](const DockerNetwork& network) {
           return std::ranges::any_of(network.subnets, [&](const Prefix& subnet) {
             return subnet.ip.family() == address.first.family() &&
                    address.first.masked(subnet.length) == subnet.ip.masked(subnet.length);
           });
         });
}

// What comes from containers or from the host itself: docker-proxy takes that, and INPUT sees it.
bool means_what_is_proxied(const Linted& linted, const CompiledRule& rule) {
  return std::ranges::any_of(rule.conditions, [&](const Condition& condition) {
    const auto* address = std::get_if<AddressIn>(&condition.kind);
    if (address == nullptr || address->inverted) return false;
    bool is_end = address->field == AddressField::kSource || address->field == AddressField::kDestination;
    return is_end && (is_loopback(address->first) || is_in_subnet_of_docker(linted, *address));
  });
}

bool is_of_host_address(const CompiledRule& rule, const PublishedHere& port) {
  return std::ranges::all_of(rule.conditions, [&](const Condition& condition) {
    const auto* address = std::get_if<AddressIn>(&condition.kind);
    bool is_destination =
        address != nullptr && address->field == AddressField::kDestination && !address->inverted;
    return !is_destination || !port.host_ip ||
           (address->first <= *port.host_ip && *port.host_ip <= address->last);
  });
}

// Where all packets have been translated, and none is for the host.
bool is_of_forward_only(Linted& linted, ChainIndex chain) {
  return linted.is_reached_from(chain, "FORWARD") && !linted.is_reached_from(chain, "INPUT") &&
         !linted.is_reached_from(chain, "PREROUTING");
}

}  // namespace

void find_input_rules_for_published(Linted& linted, Report& report) {
  for (const auto& wish : linted.rules()) {
    auto* packets = linted.packets(wish.id.family, "filter");
    if (wish.rules.empty() || wish.id.table != "filter" || packets == nullptr) continue;
    const auto& rule = wish.rules.front();
    const auto& compiled = linted.compiled(rule);
    bool decides = std::holds_alternative<Accept>(compiled.target) ||
                   std::holds_alternative<Drop>(compiled.target) ||
                   std::holds_alternative<Reject>(compiled.target);
    if (!decides || !linted.is_reached_from(rule.chain, "INPUT")) continue;
    if (linted.is_reached_from(rule.chain, "FORWARD") || means_what_is_proxied(linted, compiled)) continue;
    for (auto protocol : {kTcp, kUdp, kSctp}) {
      auto translated =
          ports_of(linted.published(), wish.id.family, protocol, [&](const PublishedHere& port) {
            return port.is_translated && is_of_host_address(compiled, port);
          });
      for (auto number : named_ports(compiled, translated)) {
        auto& looks = packets->table().looks();
        auto asked = packets->both(packets->number(NumberField::kProtocol, protocol),
                                   packets->number(NumberField::kDestinationPort, number));
        asked = packets->both(packets->both(asked, packets->in_state(kStateNew)), looks.everything());
        asked = packets->without(packets->without(asked, packets->by_loopback()), packets->by_bridge());
        if (!looks.bdd().meet(asked, packets->matched_by(rule))) continue;
        const auto& port = port_called(linted, wish.id.family, protocol, number);
        report.add(
            wish.place_of(kPortOptions),
            fmt::format("INPUT does not see what comes from outside for {}", port.words()),
            {.why = "Docker publishes it: such packets are translated, and forwarded to the container",
             .instead = fmt::format("write into DOCKER-USER, with `-m conntrack --ctorigdstport {}`; or "
                                    "with `-i` a bridge or lo, if docker-proxy's connections are meant",
                                    number)});
        break;
      }
    }
  }
}

void find_forwarded_host_ports(Linted& linted, Report& report) {
  for (const auto& wish : linted.rules()) {
    auto* packets = linted.packets(wish.id.family, wish.id.table);
    if (wish.rules.empty() || packets == nullptr) continue;
    const auto& rule = wish.rules.front();
    const auto& compiled = linted.compiled(rule);
    if (!is_of_forward_only(linted, rule.chain)) continue;
    if (asks(compiled, NumberField::kOriginalDestinationPort)) continue;
    for (auto protocol : {kTcp, kUdp, kSctp}) {
      auto same = [&](const PublishedHere& port) { return port.is_translated; };
      auto translated = ports_of(linted.published(), wish.id.family, protocol, same);
      for (auto number : named_ports(compiled, translated)) {
        bool is_containers = std::ranges::any_of(linted.published(), [&](const PublishedHere& port) {
          return port.family == wish.id.family && port.protocol == protocol && port.container_port == number;
        });
        auto& looks = packets->table().looks();
        auto asked = packets->both(packets->number(NumberField::kProtocol, protocol),
                                   packets->number(NumberField::kDestinationPort, number));
        asked = packets->both(packets->without(asked, packets->by_bridge()), packets->to_bridge());
        if (is_containers ||
            !looks.bdd().meet(packets->both(asked, looks.everything()), packets->matched_by(rule)))
          continue;
        const auto& port = port_called(linted, wish.id.family, protocol, number);
        report.add(
            wish.place_of(kPortOptions), fmt::format("no packet for {} has that port here", port.words()),
            {.why = fmt::format("Docker has translated it before: in FORWARD it has the container's port, {}",
                                port.container_port),
             .instead = fmt::format("ask for the port that was asked for: `-m conntrack --ctorigdstport {}`",
                                    number)});
        break;
      }
    }
  }
}

void find_forwarded_host_addresses(Linted& linted, Report& report) {
  for (const auto& wish : linted.rules()) {
    if (wish.rules.empty()) continue;
    const auto& rule = wish.rules.front();
    const auto& compiled = linted.compiled(rule);
    auto own = linted.own_destination(compiled);
    if (!own || asks(compiled, AddressField::kOriginalDestination)) continue;
    if (!is_of_forward_only(linted, rule.chain)) continue;
    auto text = own->to_string();
    report.add(wish.place_of({"-d", "--dst", "--destination"}),
               fmt::format("nothing that is forwarded goes to {}", text),
               {.why = "that is an address of this host: what goes there comes to INPUT, and what Docker "
                       "translates has the container's address by then",
                .instead = fmt::format(
                    "ask for the address that was asked for: `-m conntrack --ctorigdst {}`", text)});
  }
}

}  // namespace pyfw
