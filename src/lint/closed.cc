#include "lint/closed.h"

#include "lint/asking.h"

namespace pyfw {
namespace {

Bdd::Node strangers(TablePackets& packets) {
  return packets.both(packets.from_anyone(), packets.opening(kTcp, packets.unnamed_port()));
}

}  // namespace

bool is_open(Linted& linted, Family family, std::string_view builtin) {
  auto* packets = linted.packets(family, "filter");
  auto chain = linted.chain(family, "filter", builtin);
  if (!chain) return true;  // a table that nobody has touched lets everything through
  return packets != nullptr && !packets->stops(*chain, strangers(*packets));
}

std::optional<Place> closed_at(Linted& linted, Family family, std::string_view builtin) {
  auto* packets = linted.packets(family, "filter");
  if (packets == nullptr) return {};
  return place_that_stops(linted, family, builtin, strangers(*packets));
}

std::optional<Place> place_that_stops(Linted& linted, Family family, std::string_view builtin,
                                      Bdd::Node asked) {
  auto* packets = linted.packets(family, "filter");
  auto chain = linted.chain(family, "filter", builtin);
  if (packets == nullptr || !chain) return {};
  if (packets->lets_through(*chain, asked)) return {};
  for (const auto& wish : linted.rules()) {
    if (wish.id.family != family || wish.id.table != "filter") continue;
    for (const auto& rule : wish.rules) {
      bool is_stop = drops_or_rejects(linted.compiled(rule));
      if (is_stop && linted.is_reached_from(rule.chain, builtin) &&
          packets->takes(rule, packets->both(asked, packets->usual())))
        return wish.written->target.place;
    }
  }
  const auto* wishes = linted.chain_wish(family, "filter", builtin);
  if (wishes != nullptr && wishes->default_action && wishes->default_action->text == "DROP")
    return wishes->default_action->place;
  return {};
}

}  // namespace pyfw
