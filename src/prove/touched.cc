#include "prove/touched.h"

#include <algorithm>

#include "base/contains.h"
#include "base/overloaded.h"
#include "prove/asked_set.h"
#include "trace/refusals.h"

namespace pyfw {
namespace {

std::optional<ChainIndex> find_like(const CompiledHost& host, const TracedChain& chain) {
  auto found = std::ranges::find_if(host.chains, [&](const TracedChain& other) {
    return other.backend == chain.backend && other.family == chain.family && other.table == chain.table &&
           other.name == chain.name;
  });
  if (found == host.chains.end()) return {};
  return static_cast<ChainIndex>(found - host.chains.begin());
}

std::string_view policy_of(const TracedChain* chain) {
  return chain == nullptr || chain->policy.empty() ? std::string_view("ACCEPT") : chain->policy;
}

// What conntrack tells of it is the same for both ways; only the answer to what was not tracked is a
// connection of its own.
bool is_of_connection(Slot slot) {
  return Slot::kOriginalSource <= slot && slot <= Slot::kReplyDestinationPort;
}

bool holds_without_connection(const Condition& condition) {
  return std::visit(
      Overloaded{[](const AddressIn& asked) { return asked.if_absent; },
                 [](const AddressMasked& asked) { return asked.if_absent; },
                 [](const NumberIn& asked) { return asked.if_absent; }, [](const auto&) { return false; }},
      condition.kind);
}

bool is_same(std::span<const Set> before, std::span<const Set> after, const std::string& name) {
  const auto* old = find_set(before, name);
  const auto* now = find_set(after, name);
  return old != nullptr && now != nullptr && *old == *now;
}

}  // namespace

Touched::Touched(const CompiledHost& before, std::span<const Set> sets_before, const CompiledHost& after,
                 std::span<const Set> sets_after, PacketSpace& space, Senders senders)
    : space_(space), senders_(senders), sets_{.before = sets_before, .after = sets_after} {
  add_images(before);
  add_images(after);
  address_images_ = joined(std::move(address_images_));
  port_images_ = joined(std::move(port_images_));
  is_everything_ = before.tracks(space.family()) != after.tracks(space.family());
  compare(before, sets_before, after);
  compare(after, sets_after, before);
}

Bdd::Node Touched::packets() {
  if (is_everything_) return Bdd::kAll;
  auto& bdd = space_.bdd();
  auto out = Bdd::kNone;
  for (const auto& rule : rules_) {
    auto matched = Bdd::kAll;
    for (const auto& either : rule) {
      auto some = Bdd::kNone;
      for (const auto& question : either) some = bdd.either(some, space_.node(question));
      matched = bdd.both(matched, some);
    }
    out = bdd.either(out, matched);
  }
  return out;
}

// What docker-proxy takes, and carries on by the other family.
void Touched::add_proxied(const CompiledHost& host) {
  if (!host.facts.docker) return;
  Spans ports;
  for (const auto& container : host.facts.docker->containers)
    for (const auto& port : container.ports) ports.push_back(span_of(port.host_port, port.host_port));
  if (!ports.empty()) rules_.push_back({{space_.ask(Field::kDestinationPort, joined(std::move(ports)))}});
}

std::vector<Touched::Sees> Touched::seen_by_chains(const CompiledHost& host) const {
  if (senders_ == Senders::kHost) return std::vector<Sees>(host.chains.size());
  std::vector<Sees> out(host.chains.size(), Sees{.requests = false, .answers = false});
  auto spread = [&](const auto& self, ChainIndex chain, Sees sees) -> void {
    auto& known = out[chain];
    if ((known.requests || !sees.requests) && (known.answers || !sees.answers)) return;
    known = {.requests = known.requests || sees.requests, .answers = known.answers || sees.answers};
    for (const auto& rule : host.rules[chain])
      if (rule.to != kNoChain) self(self, rule.to, sees);
  };
  for (std::size_t i = 0; i < host.chains.size(); ++i) {
    if (!host.chains[i].is_builtin) continue;
    const auto& name = host.chains[i].name;
    spread(spread, static_cast<ChainIndex>(i), {.requests = name != "OUTPUT", .answers = name != "INPUT"});
  }
  return out;
}

// Adds those rules of the one that the other has not in their place.
void Touched::compare(const CompiledHost& host, std::span<const Set> sets, const CompiledHost& other) {
  auto seen = seen_by_chains(host);
  bool is_proxied_elsewhere = !std::ranges::equal(sets_.before, sets_.after);
  for (std::size_t i = 0; i < host.chains.size(); ++i) {
    const auto& chain = host.chains[i];
    auto like = find_like(other, chain);
    if (chain.family != space_.family()) {
      if (!like || other.chains[*like].rules != chain.rules || other.chains[*like].policy != chain.policy)
        is_proxied_elsewhere = true;
      continue;
    }
    const auto* there = like ? &other.chains[*like] : nullptr;
    if (chain.is_builtin && policy_of(&chain) != policy_of(there)) is_everything_ = true;
    static const std::vector<Rule> kNone;
    const auto& rules = chain.rules;
    const auto& others = there != nullptr ? there->rules : kNone;
    std::size_t first = 0;
    while (first < std::min(rules.size(), others.size()) && rules[first] == others[first]) ++first;
    std::size_t last = 0;
    while (last < std::min(rules.size(), others.size()) - first &&
           rules[rules.size() - 1 - last] == others[others.size() - 1 - last])
      ++last;
    for (std::size_t rule = 0; rule < rules.size(); ++rule) {
      const auto& compiled = host.rules[i][rule].compiled;
      bool is_other = first <= rule && rule < rules.size() - last;
      if (is_other)
        add_rule(compiled, seen[i], sets);
      else if (looks_at_changed_set(compiled))
        add_rule(compiled, seen[i], std::nullopt);
    }
  }
  if (is_proxied_elsewhere) add_proxied(host);
}

void Touched::add_rule(const CompiledRule& rule, Sees sees, std::optional<std::span<const Set>> members) {
  if (!sees.requests && !sees.answers) return;
  auto& asked = rules_.emplace_back();
  for (const auto& condition : rule.conditions)
    if (auto either = ask(condition, sees, members)) asked.push_back(std::move(*either));
  if (asked.empty()) is_everything_ = true;
}

// None where any packet may be meant: what it asks is no end, or NAT may put that in an end's place.
std::optional<Touched::Either> Touched::ask(const Condition& condition, Sees sees,
                                            std::optional<std::span<const Set>> members) {
  const auto* in = std::get_if<InSet>(&condition.kind);
  auto asked = in != nullptr ? asked_of_set(*in, members) : asked_slot(condition);
  if (!asked || asked->inverted || holds_without_connection(condition)) return std::nullopt;
  auto field = field_of(asked->slot);
  if (!is_address(field) && !is_port(field)) return std::nullopt;
  const auto& images = is_port(field) ? port_images_ : address_images_;
  if (!both(asked->spans, images).empty()) return std::nullopt;
  bool is_tuple = is_of_connection(asked->slot);
  Either either;
  if (sees.requests || is_tuple) either.push_back(space_.ask(field, asked->spans));
  if (is_tuple ? is_untracked_ : sees.answers) either.push_back(space_.ask(turned(field), asked->spans));
  return either;
}

std::optional<AskedSlot> Touched::asked_of_set(const InSet& in,
                                               std::optional<std::span<const Set>> members) const {
  if (in.dimensions != 1 || contains(filled_by_rules_, in.name)) return std::nullopt;
  auto spans_in = [&](std::span<const Set> sets) -> std::optional<Spans> {
    const auto* set = find_set(sets, in.name);
    if (set == nullptr) return std::nullopt;
    return addresses_in(*set, in.return_nomatch);
  };
  AskedSlot asked{.slot = (in.sources & 1U) != 0 ? Slot::kSource : Slot::kDestination};
  if (members || is_same(sets_.before, sets_.after, in.name)) {
    auto spans = spans_in(members ? *members : sets_.before);
    if (!spans) return std::nullopt;
    asked.spans = std::move(*spans);
    asked.inverted = in.inverted;
    return asked;
  }
  auto before = spans_in(sets_.before);
  auto after = spans_in(sets_.after);
  if (!before || !after) return std::nullopt;
  asked.spans = without(*before, *after);
  for (const auto& span : without(*after, *before)) asked.spans.push_back(span);
  asked.spans = joined(std::move(asked.spans));
  return asked;
}

bool Touched::looks_at_changed_set(const CompiledRule& rule) const {
  auto is_changed = [&](const auto& self, const std::string& name) -> bool {
    if (!is_same(sets_.before, sets_.after, name)) return true;
    // A list changes with the sets that are on it.
    const auto* set = find_set(sets_.before, name);
    return set->type.starts_with("list") && std::ranges::any_of(set->members, [&](const std::string& member) {
             return self(self, member.substr(0, member.find(' ')));
           });
  };
  auto looks = [&](const auto& self, const Condition& condition) -> bool {
    if (const auto* in = std::get_if<InSet>(&condition.kind)) return is_changed(is_changed, in->name);
    const auto* any = std::get_if<AnyOf>(&condition.kind);
    return any != nullptr &&
           std::ranges::any_of(any->conditions, [&](const Condition& part) { return self(self, part); });
  };
  return std::ranges::any_of(rule.conditions,
                             [&](const Condition& condition) { return looks(looks, condition); });
}

void Touched::add_images(const CompiledHost& host) {
  auto family = space_.family();
  auto add = [&](const Ip& first, const Ip& last) {
    if (first.family() == family) address_images_.push_back({point_of(first), point_of(last)});
  };
  for (const auto& interface : host.facts.interfaces)
    for (const auto& address : interface.addresses) add(address.ip, address.ip);
  if (const auto& docker = host.facts.docker; docker) {
    port_images_.push_back(span_of(kProxyPort, kProxyPort));
    for (const auto& container : docker->containers) {
      for (const auto& address : container.addresses) add(address.ip, address.ip);
      for (const auto& port : container.ports)
        port_images_.push_back(span_of(port.container_port, port.container_port));
    }
  }
  for (std::size_t chain = 0; chain < host.rules.size(); ++chain) {
    if (host.chains[chain].family != family) continue;
    for (const auto& rule : host.rules[chain]) {
      if (const auto* proxy = std::get_if<TransparentProxy>(&rule.compiled.target); proxy != nullptr)
        is_everything_ = true;
      if (std::holds_alternative<Untrack>(rule.compiled.target)) is_untracked_ = true;
      if (const auto* some = std::get_if<Unpredictable>(&rule.compiled.target); some != nullptr)
        filled_by_rules_.push_back(some->set);
      const auto* nat = std::get_if<Nat>(&rule.compiled.target);
      if (nat == nullptr) continue;
      if (nat->addresses) add(nat->addresses->first, nat->addresses->last);
      if (nat->network && nat->network->ip.family() == family)
        address_images_.push_back(span_of(*nat->network));
      if (nat->ports) port_images_.push_back(span_of(nat->ports->first, nat->ports->last));
      if (nat->is_random) port_images_.push_back(span_of(0, 0xffff));
    }
  }
}

}  // namespace pyfw
