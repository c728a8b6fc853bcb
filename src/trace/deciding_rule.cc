#include "trace/deciding_rule.h"

namespace pyfw {

Acceptance accepting_rule(const TracedHost& host, const Path& path) {
  Acceptance out;
  bool is_filter = false;
  for (const auto& step : path.steps) {
    switch (step.kind) {
      case StepKind::kChain:
        is_filter = host.chain(step.chain).table == "filter" && step.hook != Hook::kPostrouting;
        break;
      case StepKind::kMatched:
        if (is_filter) out = {.decider = Decider::kRule, .rule = RuleRef{step.chain, step.rule}};
        break;
      case StepKind::kPolicy:
        if (is_filter) out = {.decider = Decider::kPolicy, .rule = RuleRef{step.chain, 0}};
        break;
      default: break;
    }
  }
  return out;
}

}  // namespace pyfw
