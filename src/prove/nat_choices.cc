#include "prove/nat_choices.h"

namespace pyfw {

std::optional<PointSpan> chosen_from(const Nat& nat) {
  if (nat.network) return span_of(*nat.network);
  if (!nat.addresses || nat.addresses->first == nat.addresses->last) return std::nullopt;
  return PointSpan{.first = point_of(nat.addresses->first), .last = point_of(nat.addresses->last)};
}

std::optional<PointSpan> chosen_from(const Target& target) {
  const auto* nat = std::get_if<Nat>(&target);
  return nat == nullptr ? std::nullopt : chosen_from(*nat);
}

std::optional<RuleRef> rule_that_leads(const Path& path, const CompiledHost& host) {
  for (const auto& translation : path.translations)
    if (translation.before.destination != translation.after.destination ||
        translation.before.destination_port != translation.after.destination_port)
      return translation.rule;
  for (const auto& step : path.steps) {
    if (step.kind != StepKind::kMatched) continue;
    const auto* nat = std::get_if<Nat>(&host.rules[step.chain][step.rule].compiled.target);
    if (nat != nullptr && nat->kind == Nat::Kind::kDnat && chosen_from(*nat))
      return RuleRef{.chain = step.chain, .rule = step.rule};
  }
  return std::nullopt;
}

std::optional<RuleRef> rule_that_sends(const Leg& leg, const CompiledHost& host) {
  for (const auto& translation : leg.path.translations)
    if (translation.rule && (translation.before.source != translation.after.source ||
                             translation.before.source_port != translation.after.source_port))
      return translation.rule;
  if (leg.in_interface.empty()) return std::nullopt;
  for (const auto& step : leg.path.steps) {
    if (step.kind != StepKind::kMatched) continue;
    const auto* nat = std::get_if<Nat>(&host.rules[step.chain][step.rule].compiled.target);
    if (nat != nullptr && (nat->kind == Nat::Kind::kSnat || nat->kind == Nat::Kind::kMasquerade))
      return RuleRef{.chain = step.chain, .rule = step.rule};
  }
  return std::nullopt;
}

}  // namespace pyfw
