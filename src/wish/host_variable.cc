#include "wish/host_variable.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/strings.h"

namespace pyfw {
namespace {

using Kind = HostVariable::Kind;

constexpr std::string_view kContainer = "container";
constexpr std::string_view kNetwork = "network";
constexpr std::string_view kBridge = "bridge";

std::unexpected<Error> one_too_many(std::string_view kind, std::string_view name, std::string_view more) {
  if (kind == kContainer)
    return bad_input(fmt::format("a container has no '{}'", more),
                     fmt::format("${{container:{}}} is its addresses", name));
  std::array<std::string_view, 1> known = {kBridge};
  auto hint = did_you_mean(more, known);
  return bad_input(
      fmt::format("a network has no '{}'", more),
      hint.empty() ? fmt::format("${{network:{0}}} is its subnets, ${{network:{0}:bridge}} its bridge", name)
                   : hint);
}

// Calls `take` with each NAME of a ${NAME} in the rules, until it returns true.
bool any_name_in(const Wishes& wishes, auto take) {
  for (const auto& [id, chain] : wishes.chains)
    for (const auto& rule : chain.rules) {
      std::string_view text = rule.text.text;
      if (rule.kind != RuleWish::Kind::kNamed && rule.kind != RuleWish::Kind::kUnnamed) continue;
      for (auto at = text.find("${"); at != std::string_view::npos; at = text.find("${", at + 2)) {
        auto end = text.find('}', at);
        if (end == std::string_view::npos) break;
        if (take(text.substr(at + 2, end - at - 2), id.family)) return true;
      }
    }
  return false;
}

}  // namespace

std::string name_of(const HostVariable& variable) {
  switch (variable.kind) {
    case Kind::kContainer: return fmt::format("{}:{}", kContainer, variable.of);
    case Kind::kNetwork: return fmt::format("{}:{}", kNetwork, variable.of);
    case Kind::kBridge: return fmt::format("{}:{}:{}", kNetwork, variable.of, kBridge);
    case Kind::kExternalInterface: break;
  }
  return std::string(kExternalInterface);
}

Result<std::optional<HostVariable>> host_variable_called(std::string_view name) {
  if (name == kExternalInterface) return HostVariable();
  auto parts = split(name, ':');
  auto kind = parts[0];
  if (kind != kContainer && kind != kNetwork) return std::nullopt;
  if (parts.size() < 2 || parts[1].empty())
    return bad_input(fmt::format("'${{{}}}' names no {}", name, kind),
                     fmt::format("write ${{{}:NAME}}", kind));
  std::string of(parts[1]);
  if (parts.size() == 2)
    return HostVariable{.kind = kind == kContainer ? Kind::kContainer : Kind::kNetwork, .of = std::move(of)};
  auto more = name.substr(kind.size() + 1 + of.size() + 1);
  if (kind != kNetwork || more != kBridge) return one_too_many(kind, of, more);
  return HostVariable{.kind = Kind::kBridge, .of = std::move(of)};
}

std::set<HostVariableOfFamily> host_variables_in(const Wishes& wishes) {
  std::set<HostVariableOfFamily> out;
  any_name_in(wishes, [&](std::string_view name, Family family) {
    if (wishes.vars.contains(std::string(name))) return false;
    if (auto variable = host_variable_called(name); variable && *variable)
      out.insert({.variable = std::move(**variable), .family = family});
    return false;
  });
  return out;
}

bool names_docker(const Wishes& wishes) {
  return any_name_in(wishes, [](std::string_view name, Family) {
    return name.starts_with("container:") || name.starts_with("network:");
  });
}

bool names_external_interface(const Wishes& wishes) {
  // Under `vars` it is a text like any other.
  return !wishes.vars.contains(std::string(kExternalInterface)) &&
         any_name_in(wishes, [](std::string_view name, Family) { return name == kExternalInterface; });
}

}  // namespace pyfw
