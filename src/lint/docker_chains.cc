// Rules where Docker's next start removes them, or passes them by.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <variant>

#include "base/contains.h"
#include "host/dockers_chains.h"
#include "lint/asking.h"
#include "lint/lints.h"

namespace pyfw {

void find_rules_in_dockers_chains(Linted& linted, Report& report) {
  for (const auto& [id, chain] : linted.input().wishes.chains) {
    bool puts_rules = std::ranges::any_of(chain.rules, [](const RuleWish& wish) {
      return wish.kind == RuleWish::Kind::kNamed || wish.kind == RuleWish::Kind::kUnnamed;
    });
    if (!is_dockers_own(id) || !puts_rules) continue;
    report.add(
        chain.place, fmt::format("{} is Docker's own chain", id.chain),
        {.why = "Docker empties it whenever it starts, and what stands there is gone until pyfw is run "
                "again",
         .instead = id.table == "filter" ? "write the rules into DOCKER-USER, which Docker never empties"
                                         : "write the rules into PREROUTING, above Docker's jump"});
  }
}

namespace {

// What Docker puts before all others when it starts.
bool is_jump_of_docker(const TracedHost& host, const RuleRef& rule) {
  auto target = target_of(host.rule(rule));
  return target == "DOCKER-USER" ||
         is_dockers_own({.family = host.chain(rule.chain).family, .table = "filter", .chain = target});
}

// The last of them in FORWARD.
std::optional<RuleRef> last_jump_of_docker(const Linted& linted, Family family) {
  auto forward = linted.chain(family, "filter", "FORWARD");
  if (!forward) return {};
  for (auto i = static_cast<std::uint32_t>(linted.host().chain(*forward).rules.size()); i > 0; --i)
    if (RuleRef rule{.chain = *forward, .rule = i - 1}; is_jump_of_docker(linted.host(), rule)) return rule;
  return {};
}

void find_at_head_of_forward(Family family, Linted& linted, Report& report) {
  auto* packets = linted.packets(family, "filter");
  auto last = last_jump_of_docker(linted, family);
  if (packets == nullptr || !last) return;
  for (const auto& wish : linted.rules()) {
    if (wish.rules.empty() || wish.id.family != family) continue;
    if (wish.id.table != "filter" || wish.id.chain != "FORWARD") continue;
    const auto& rule = wish.rules.front();
    if (!drops_or_rejects(linted.compiled(rule)) || rule.rule > last->rule) continue;
    auto some = packets->table().looks().bdd().either(packets->to_bridge(), packets->by_bridge());
    if (!packets->may_take(rule, some)) continue;
    report.add(
        wish.place(), fmt::format("'{}' stands before Docker's jumps", wish.called()),
        {.why = "whenever Docker starts it puts its jumps to the head of FORWARD, and then its accepts "
                "come before this rule",
         .instead = "write it into DOCKER-USER, which stays first; or let `pyfw watch` put it back"});
  }
}

}  // namespace

void find_rules_at_head_of_forward(Linted& linted, Report& report) {
  for (auto family : kFamilies) find_at_head_of_forward(family, linted, report);
}

}  // namespace pyfw
