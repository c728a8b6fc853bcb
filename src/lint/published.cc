#include "lint/published.h"

#include <fmt/format.h>

#include <algorithm>
#include <variant>

#include "net/address_kinds.h"

namespace pyfw {
namespace {

const NumberIn* asked_number(const CompiledRule& rule, NumberField field) {
  for (const auto& condition : rule.conditions)
    if (const auto* number = std::get_if<NumberIn>(&condition.kind))
      if (number->field == field && !number->inverted && number->more.empty() &&
          number->range.first == number->range.last)
        return number;
  return nullptr;
}

// As Docker writes it: `-p tcp --dport 8000 -j DNAT --to-destination 172.17.0.2:80`.
std::optional<PublishedHere> as_published(const CompiledRule& rule, Family family) {
  const auto* nat = std::get_if<Nat>(&rule.target);
  bool is_dnat = nat != nullptr && nat->kind == Nat::Kind::kDnat && nat->addresses && nat->ports;
  const auto* port = asked_number(rule, NumberField::kDestinationPort);
  const auto* protocol = asked_number(rule, NumberField::kProtocol);
  if (!is_dnat || port == nullptr || protocol == nullptr) return {};
  PublishedHere out{.family = family,
                    .protocol = static_cast<std::uint8_t>(protocol->range.first),
                    .host_port = static_cast<std::uint16_t>(port->range.first),
                    .container_port = nat->ports->first,
                    .container_ip = nat->addresses->first,
                    .is_translated = true};
  for (const auto& condition : rule.conditions)
    if (const auto* address = std::get_if<AddressIn>(&condition.kind))
      if (address->field == AddressField::kDestination && !address->inverted) out.host_ip = address->first;
  return out;
}

bool are_same_port(const PublishedHere& a, const PublishedHere& b) {
  bool is_same_address = a.host_ip == b.host_ip || !a.host_ip || !b.host_ip;
  return a.family == b.family && a.protocol == b.protocol && a.host_port == b.host_port && is_same_address;
}

void add_told_by_docker(const Docker& docker, std::vector<PublishedHere>& out) {
  for (const auto& container : docker.containers) {
    if (container.pid == 0 && !container.id.empty()) continue;
    for (const auto& port : container.ports) {
      PublishedHere told{.family = port.host_ip ? port.host_ip->family() : Family::kIpv4,
                         .protocol = port.protocol,
                         .host_ip = port.host_ip && !is_any(*port.host_ip) ? port.host_ip : std::nullopt,
                         .host_port = port.host_port,
                         .container_port = port.container_port,
                         .container = container.name,
                         .is_proxied = port.has_proxy};
      auto same = std::ranges::find_if(out, [&](const auto& known) { return are_same_port(known, told); });
      if (same == out.end()) {
        out.push_back(std::move(told));
      } else {
        same->container = told.container;
        same->is_proxied = same->is_proxied || told.is_proxied;
      }
    }
  }
}

}  // namespace

std::string PublishedHere::words() const {
  if (container.empty()) return fmt::format("port {}", host_port);
  return fmt::format("port {} (container {}, port {})", host_port, container, container_port);
}

std::vector<PublishedHere> published_on(const Facts& facts, const CompiledHost& host) {
  std::vector<PublishedHere> out;
  for (std::size_t i = 0; i < host.chains.size(); ++i) {
    const auto& chain = host.chains[i];
    if (chain.table != "nat" || chain.name != "DOCKER") continue;
    for (const auto& rule : host.rules[i])
      if (auto found = as_published(rule.compiled, chain.family)) out.push_back(std::move(*found));
  }
  if (facts.docker) add_told_by_docker(*facts.docker, out);
  return out;
}

}  // namespace pyfw
