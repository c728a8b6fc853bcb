#include "prove/host_questions.h"

#include <algorithm>
#include <string_view>

#include "net/address_kinds.h"
#include "prove/packet_space.h"
#include "trace/refusals.h"

namespace pyfw {
namespace {

class Questions {
 public:
  explicit Questions(Family family) : family_(family) {}

  void add(const Prefix& prefix) {
    if (prefix.ip.family() == family_) spans_.push_back(span_of(prefix));
  }
  void add(const Ip& ip) {
    add(Prefix{.ip = ip, .length = static_cast<std::uint8_t>(address_bits(ip.family()))});
  }
  void add(const Ip& first, const Ip& last) {
    if (first.family() == family_ && first <= last)
      spans_.push_back({.first = point_of(first), .last = point_of(last)});
  }
  // A network, its first and its last address: a broadcast is one of its own.
  void add_network(const Prefix& prefix) {
    if (prefix.ip.family() != family_) return;
    add(prefix);
    auto span = span_of(prefix);
    spans_.push_back({.first = span.first, .last = span.first});
    spans_.push_back({.first = span.last, .last = span.last});
  }
  std::vector<PointSpan> take() && { return std::move(spans_); }

 private:
  Family family_;
  std::vector<PointSpan> spans_;
};

void add_docker(const Docker& docker, Questions& questions) {
  for (const auto& network : docker.networks) {
    for (const auto& subnet : network.subnets) questions.add_network(subnet);
    for (const auto& gateway : network.gateways) questions.add(gateway);
  }
  for (const auto& container : docker.containers)
    for (const auto& address : container.addresses) questions.add(address.ip);
}

void add_target(const Target& target, Questions& questions) {
  if (const auto* nat = std::get_if<Nat>(&target)) {
    if (nat->addresses) {
      questions.add(nat->addresses->first, nat->addresses->last);
      questions.add(nat->addresses->first);
      questions.add(nat->addresses->last);
    }
    if (nat->network) questions.add_network(*nat->network);
  }
  if (const auto* proxy = std::get_if<TransparentProxy>(&target); proxy != nullptr && proxy->address)
    questions.add(*proxy->address);
}

// Of several addresses of an interface IPv6 takes the one that has most bits in common with who is asked.
void add_common_bits(const Interface& interface, Questions& questions) {
  auto is_one = [](const Prefix& address) {
    return address.ip.family() == Family::kIpv6 && !is_link_local(address.ip);
  };
  if (std::ranges::count_if(interface.addresses, is_one) < 2) return;
  for (const auto& address : interface.addresses)
    for (std::uint8_t length = 1; is_one(address) && length < address.length; ++length)
      questions.add(Prefix{.ip = address.ip.masked(length), .length = length});
}

std::vector<Prefix> parsed(std::initializer_list<std::string_view> texts) {
  std::vector<Prefix> out;
  for (auto text : texts) out.push_back(*Prefix::parse(text));
  return out;
}

}  // namespace

std::span<const Prefix> known_kinds(Family family) {
  // 0.0.0.0/8 is a broadcast to `-m addrtype`.
  static const auto kIpv4 = parsed({"0.0.0.0/32", "0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/4", "224.0.0.1/32",
                                    "255.255.255.255/32", "240.0.0.0/4"});
  static const auto kIpv6 =
      parsed({"::/128", "::1/128", "ff00::/8", "ff01::1/128", "ff02::1/128", "fe80::/10", "fec0::/10",
              "2001::/32", "2001:10::/28", "2002::/16", "::ffff:0:0/96", "::/96", "fc00::/7", "ff01::/16",
              "ff02::/16", "ff05::/16"});
  return family == Family::kIpv4 ? kIpv4 : kIpv6;
}

std::vector<PointSpan> address_questions(const CompiledHost& host, Family family) {
  Questions questions(family);
  for (const auto& kind : known_kinds(family)) questions.add(kind);
  const auto& facts = host.facts;
  for (const auto& route : facts.routes) {
    questions.add(route.destination);
    if (route.gateway) questions.add(*route.gateway);
    if (route.preferred_source) questions.add(*route.preferred_source);
  }
  for (const auto& rule : facts.rules) {
    if (rule.from) questions.add(*rule.from);
    if (rule.to) questions.add(*rule.to);
  }
  for (const auto& interface : facts.interfaces)
    for (const auto& address : interface.addresses) {
      questions.add_network({.ip = address.ip.masked(address.length), .length = address.length});
      questions.add(address.ip);
    }
  for (const auto& interface : facts.interfaces) add_common_bits(interface, questions);
  if (facts.docker) add_docker(*facts.docker, questions);
  for (std::size_t chain = 0; chain < host.rules.size(); ++chain)
    if (host.chains[chain].family == family)
      for (const auto& rule : host.rules[chain]) add_target(rule.compiled.target, questions);
  return std::move(questions).take();
}

std::vector<Ip> addresses_of_nat(const CompiledHost& host, Family family) {
  std::vector<Ip> out;
  bool redirects = false;
  bool masquerades = false;
  bool is_untracked = false;  // then answers are connections of their own
  for (const auto& rules : host.rules)
    for (const auto& rule : rules) {
      is_untracked = is_untracked || std::holds_alternative<Untrack>(rule.compiled.target);
      const auto* nat = std::get_if<Nat>(&rule.compiled.target);
      if (nat == nullptr) continue;
      redirects = redirects || nat->kind == Nat::Kind::kRedirect;
      masquerades = masquerades || nat->kind == Nat::Kind::kMasquerade;
      if (nat->addresses && nat->addresses->first == nat->addresses->last)
        out.push_back(nat->addresses->first);
    }
  for (const auto& interface : host.facts.interfaces)
    for (const auto& address : interface.addresses)
      if (redirects || (masquerades && is_untracked)) out.push_back(address.ip);
  std::erase_if(out, [&](const Ip& ip) { return ip.family() != family; });
  return out;
}

std::vector<PointSpan> port_questions(const CompiledHost& host, Family family) {
  std::vector<PointSpan> spans = {span_of(0, 0), span_of(kProxyPort, kProxyPort)};
  auto add = [&](std::uint64_t port) { spans.push_back(span_of(port, port)); };
  if (host.facts.docker)
    for (const auto& container : host.facts.docker->containers) {
      for (const auto& port : container.ports) {
        add(port.host_port);
        add(port.container_port);
      }
      for (const auto& listening : container.listeners.value_or(std::vector<Container::Listening>()))
        add(listening.port);
    }
  if (host.facts.listeners)
    for (const auto& listener : *host.facts.listeners) add(listener.port);
  for (std::size_t chain = 0; chain < host.rules.size(); ++chain) {
    if (host.chains[chain].family != family) continue;
    for (const auto& rule : host.rules[chain]) {
      const auto* nat = std::get_if<Nat>(&rule.compiled.target);
      if (nat == nullptr || !nat->ports) continue;
      add(nat->ports->first);
      add(nat->ports->last);
      spans.push_back(span_of(nat->ports->first, nat->ports->last));
    }
  }
  return spans;
}

std::optional<Field> field_made_of_itself(const Target& target) {
  if (const auto* ttl = std::get_if<ChangeTtl>(&target); ttl != nullptr && ttl->kind != ChangeTtl::Kind::kSet)
    return Field::kTtl;
  if (const auto* tos = std::get_if<ChangeTos>(&target); tos != nullptr && tos->clear != 0xff)
    return Field::kTos;
  if (const auto* tcp = std::get_if<ChangeTcp>(&target); tcp != nullptr && tcp->stripped_options != 0)
    return Field::kTcpOptions;
  return std::nullopt;
}

}  // namespace pyfw
