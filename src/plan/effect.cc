#include "plan/effect.h"

#include <array>

#include "base/contains.h"

namespace pyfw {

Effect effect_of(const Rule& rule) {
  constexpr std::array<std::string_view, 3> kClosing = {"DROP", "REJECT", "TARPIT"};
  constexpr std::array<std::string_view, 24> kHarmless = {
      "",         "LOG",         "NFLOG", "ULOG", "AUDIT", "TRACE", "TCPMSS",  "CHECKSUM",
      "CLASSIFY", "TCPOPTSTRIP", "DSCP",  "TOS",  "TTL",   "HL",    "RATEEST", "LED",
      "MARK",     "CONNMARK",    "CT",    "SET",  "TEE",   "ECN",   "NOTRACK", "SECMARK"};
  auto target = target_of(rule);
  if (target == "ACCEPT") return kOpens;
  if (contains(kClosing, target)) return kCloses;
  if (contains(kHarmless, target)) return kNone;
  return kBoth;
}

Effect Effects::of(const Rule& rule) {
  auto effect = effect_of(rule);
  if (effect != kBoth) return effect;
  const auto* chain = find_chain(table_, target_of(rule));
  if (chain == nullptr || contains(tokens_of(rule), "-g")) return kBoth;
  return of_chain(*chain);
}

Effect Effects::of_chain(const Chain& chain) {
  // First without effect: that is what a loop adds.
  auto [known, added] = chains_.emplace(chain.name, kNone);
  if (!added) return known->second;
  unsigned effect = kNone;
  // What a RETURN in there skips is counted by itself.
  for (const auto& rule : chain.rules)
    if (target_of(rule) != "RETURN") effect |= of(rule);
  return chains_[chain.name] = static_cast<Effect>(effect);
}

}  // namespace pyfw
