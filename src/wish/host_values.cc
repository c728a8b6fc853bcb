#include "wish/host_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>

#include "base/strings.h"

namespace pyfw {
namespace {

using Kind = HostVariable::Kind;
using Standing = HostValue::Standing;
using Texts = std::vector<std::string>;

constexpr std::string_view kLastKnownValue = "the last known value";
constexpr int kMostHops = 8;  // of containers that use the network of another one

bool is_interface(const HostVariable& variable) {
  return variable.kind == Kind::kExternalInterface || variable.kind == Kind::kBridge;
}

// An address without length, or a network, of the family. Some of Docker's networks cover everything, and
// everybody is not who was meant.
bool is_text_of(std::string_view text, const HostVariable& variable, Family family) {
  if (is_interface(variable)) return !text.empty();
  auto prefix = Prefix::parse(text);
  return prefix && prefix->ip.family() == family && prefix->length > 0 &&
         (variable.kind != Kind::kContainer || text.find('/') == std::string_view::npos);
}

Texts last_of(const HostVariable& variable, Family family, const LastValues& last) {
  auto found = last.find({.name = name_of(variable), .family = family});
  if (found == last.end()) return {};
  auto texts = found->second;
  std::erase_if(texts, [&](const std::string& text) { return !is_text_of(text, variable, family); });
  return texts;
}

const Container* container_called(const Docker& docker, std::string_view name) {
  auto found = std::ranges::find(docker.containers, name, &Container::name);
  return found == docker.containers.end() ? nullptr : &*found;
}

// In their order, which is not that of Docker's answer: the same rules each time.
Texts addresses_of(const Docker& docker, const Container& container, Family family) {
  const auto* owner = &container;
  for (int hops = 0; owner != nullptr && !owner->in_network_of.empty() && hops < kMostHops; ++hops)
    owner = container_called(docker, owner->in_network_of);
  std::set<Ip> addresses;
  if (owner != nullptr)
    for (const auto& address : owner->addresses)
      if (address.ip.family() == family && address.ip != address.ip.masked(0)) addresses.insert(address.ip);
  Texts texts;
  for (const auto& address : addresses) texts.push_back(address.to_string());
  return texts;
}

Texts subnets_of(const DockerNetwork& network, Family family) {
  std::set<Prefix> subnets;
  for (const auto& subnet : network.subnets)
    if (subnet.ip.family() == family && subnet.length > 0)
      subnets.insert({.ip = subnet.ip.masked(subnet.length), .length = subnet.length});
  Texts texts;
  for (const auto& subnet : subnets) texts.push_back(subnet.to_string());
  return texts;
}

// One that is not live, with what was last known of it.
HostValue away(const HostVariable& variable, Family family, const HostKnowledge& known) {
  HostValue value{.standing = Standing::kLastKnown, .texts = last_of(variable, family, known.last)};
  if (value.texts.empty()) value.standing = Standing::kNone;
  value.holds_for_all = false;
  value.until = "it is back";
  value.stand_in = kLastKnownValue;
  return value;
}

bool was_ever_known(const HostVariable& variable, const LastValues& last) {
  return std::ranges::any_of(
      kFamilies, [&](Family family) { return last.contains({.name = name_of(variable), .family = family}); });
}

std::string kind_of(const HostVariable& variable) {
  return variable.kind == Kind::kContainer ? "container" : "network";
}

HostValue nowhere(const HostVariable& variable, Family family, const HostKnowledge& known) {
  auto value = away(variable, family, known);
  value.why = fmt::format("{} '{}' is away", kind_of(variable), variable.of);
  if (was_ever_known(variable, known.last)) return value;
  value.why = fmt::format("no {} is called '{}'", kind_of(variable), variable.of);
  value.until = "one is";
  std::vector<std::string_view> names;
  if (variable.kind == Kind::kContainer) {
    for (const auto& container : known.docker->containers) names.push_back(container.name);
  } else {
    for (const auto& network : known.docker->networks) names.push_back(network.name);
  }
  value.hint = did_you_mean(variable.of, names);
  return value;
}

HostValue silent(const HostVariable& variable, Family family, const HostKnowledge& known) {
  auto value = away(variable, family, known);
  // Networks are Docker's configuration: they do not change while it does not run.
  value.holds_for_all = variable.kind != Kind::kContainer && value.standing == Standing::kLastKnown;
  value.why = fmt::format("Docker does not tell of {} '{}'", kind_of(variable), variable.of);
  value.until = "it does";
  return value;
}

HostValue lacking(const HostVariable& variable, Family family, const HostKnowledge& known,
                  std::string_view what) {
  auto value = away(variable, family, known);
  value.why = fmt::format("{} '{}' has no {}", kind_of(variable), variable.of, what);
  value.until = "it has one";
  return value;
}

HostValue container_value(const HostVariable& variable, Family family, const HostKnowledge& known) {
  if (!known.docker) return silent(variable, family, known);
  const auto* container = container_called(*known.docker, variable.of);
  if (container == nullptr) return nowhere(variable, family, known);
  if (container->pid == 0) {
    auto value = away(variable, family, known);
    value.why = fmt::format("container '{}' is away", variable.of);
    return value;
  }
  auto texts = addresses_of(*known.docker, *container, family);
  if (texts.empty()) return lacking(variable, family, known, fmt::format("{} address", name_of(family)));
  return {.texts = std::move(texts)};
}

HostValue network_value(const HostVariable& variable, Family family, const HostKnowledge& known) {
  if (!known.docker) return silent(variable, family, known);
  const auto* network = find_network(*known.docker, variable.of);
  if (network == nullptr) return nowhere(variable, family, known);
  if (variable.kind == Kind::kBridge) {
    if (network->bridge.empty()) return lacking(variable, family, known, "bridge");
    return {.texts = {network->bridge}};
  }
  auto texts = subnets_of(*network, family);
  if (texts.empty()) return lacking(variable, family, known, fmt::format("{} subnet", name_of(family)));
  return {.texts = std::move(texts)};
}

Family other(Family family) { return family == Family::kIpv4 ? Family::kIpv6 : Family::kIpv4; }

HostValue external_value(const HostVariable& variable, Family family, const HostKnowledge& known) {
  if (auto live = external_interface(known.facts, family)) return {.texts = {*live}};
  HostValue value{.standing = Standing::kLastKnown};
  value.why = fmt::format("no default route for {}", name_of(family));
  value.until = "there is one";
  value.hint = "name the interface under vars: external_interface: eth0";
  value.texts = last_of(variable, family, known.last);
  value.stand_in = kLastKnownValue;
  if (!value.texts.empty()) return value;
  value.stand_in = fmt::format("that of {}", name_of(other(family)));
  if (auto live = external_interface(known.facts, other(family))) value.texts = {*live};
  if (value.texts.empty()) value.texts = last_of(variable, other(family), known.last);
  if (value.texts.empty()) value.standing = Standing::kNone;
  return value;
}

}  // namespace

HostValue value_of(const HostVariable& variable, Family family, const HostKnowledge& known) {
  switch (variable.kind) {
    case Kind::kContainer: return container_value(variable, family, known);
    case Kind::kNetwork:
    case Kind::kBridge: return network_value(variable, family, known);
    case Kind::kExternalInterface: break;
  }
  return external_value(variable, family, known);
}

LastValues values_to_keep(const Wishes& wishes, const HostKnowledge& known) {
  LastValues kept;
  auto keep = [&](const HostVariable& variable, Family family) {
    VariableOfFamily name{.name = name_of(variable), .family = family};
    auto value = value_of(variable, family, known);
    if (value.standing == Standing::kLive) {
      kept.insert_or_assign(std::move(name), std::move(value.texts));
    } else if (auto last = last_of(variable, family, known.last); !last.empty()) {
      kept.insert_or_assign(std::move(name), std::move(last));
    }
  };
  for (const auto& [variable, family] : host_variables_in(wishes)) {
    keep(variable, family);
    // It stands in for that of the other family.
    if (variable.kind == Kind::kExternalInterface) keep(variable, other(family));
  }
  return kept;
}

}  // namespace pyfw
