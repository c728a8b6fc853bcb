// The hooks: in which order the tables come, and what conntrack and NAT do between them.

#include <utility>

#include "trace/journey.h"

namespace pyfw {
namespace {

// What makes mangle's OUTPUT ask for another route (ipt_mangle_out(), nf_route_table_hook4()).
struct RouteKey {
  explicit RouteKey(const Encounter& now)
      : source(now.packet.source),
        destination(now.packet.destination),
        mark(now.mark),
        tos(now.packet.tos),
        ttl(now.packet.family() == Family::kIpv6 ? now.packet.ttl : std::uint8_t{0}) {}
  bool operator==(const RouteKey&) const = default;

  Ip source;
  Ip destination;
  std::uint32_t mark;
  std::uint8_t tos;
  std::uint8_t ttl;
};

bool pass_tables(Journey& journey, const Stop& stop, Hook hook) {
  for (auto chain : stop.chains) {
    RouteKey before(journey.now);
    if (!walk_chain(journey, chain)) return false;
    if (stop.stage == Stage::kMangle && hook == Hook::kOutput && before != RouteKey(journey.now) &&
        !route_own_again(journey))
      return false;
  }
  return true;
}

bool pass_nat(Journey& journey, const Stop& stop, Hook hook) {
  auto destination = journey.now.packet.destination;
  if (!translate(journey, stop.chains)) return false;
  return hook != Hook::kOutput || destination == journey.now.packet.destination || route_own_again(journey);
}

bool pass(Journey& journey, const Stop& stop, Hook hook) {
  switch (stop.stage) {
    case Stage::kConntrack: track(journey); return true;
    case Stage::kConfirm: return confirm(journey);
    case Stage::kNat: return pass_nat(journey, stop, hook);
    default: return pass_tables(journey, stop, hook);
  }
}

}  // namespace

bool ask(Journey& journey, std::string on, std::optional<RuleRef> rule, std::string value) {
  auto& questions = journey.path.questions;
  const auto& answers = journey.choices.answers;
  bool supposed = questions.size() < answers.size() && answers[questions.size()];
  questions.push_back({.rule = rule,
                       .on = std::move(on),
                       .supposed = supposed,
                       .value = std::move(value),
                       .step = journey.path.steps.size()});
  return supposed;
}

void lose(Journey& journey, std::string on, const RuleRef& rule) {
  journey.path.questions.push_back({.rule = rule, .on = std::move(on), .supposed = true});
  drop(journey, DropReason::kRule, rule);
  journey.path.ending.kind = EndKind::kUnknown;
}

void drop(Journey& journey, DropReason reason, std::optional<RuleRef> rule) {
  journey.has_ended = true;
  journey.path.ending = {.kind = EndKind::kDropped, .reason = reason, .rule = rule};
}

void end_copy(Journey& journey, Encounter&& packet) {
  record(journey, StepKind::kCopied, journey.path.copies.size());
  journey.path.copies.push_back({.ending = std::move(journey.path.ending), .packet = journey.now.packet});
  packet.connection = journey.now.connection;
  journey.now = std::move(packet);
  journey.has_ended = false;
  journey.path.ending = {};
}

bool pass_hook(Journey& journey, Hook hook) {
  journey.now.hook = hook;
  for (const auto& stop : journey.host.stops(journey.family(), hook))
    if (!pass(journey, stop, hook)) return false;
  return true;
}

}  // namespace pyfw
