// Rules that eight packets can be tried on: `--mark 0x05` matches packets 0 and 2.

#pragma once

#include <cstddef>
#include <string>

#include "nf/ruleset.h"

namespace pyfw {

inline constexpr std::size_t kPackets = 8;

enum class Verdict { kAccept, kDrop, kReturn };

inline bool matches(const std::vector<std::string>& tokens, std::size_t packet) {
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i)
    if (tokens[i] == "--mark") return ((std::stoul(tokens[i + 1], nullptr, 16) >> packet) & 1U) != 0;
  return true;
}

inline Verdict walk(const Ruleset& ruleset, const std::string& name, std::size_t packet, int depth = 0) {
  const auto* chain = find_chain(ruleset, "filter", name);
  if (chain == nullptr || depth > 20) return Verdict::kReturn;
  for (const auto& rule : chain->rules) {
    auto tokens = tokens_of(rule);
    if (!matches(tokens, packet)) continue;
    auto target = target_of(rule);
    if (target == "ACCEPT") return Verdict::kAccept;
    if (target == "DROP") return Verdict::kDrop;
    if (target == "RETURN") break;
    if (target == "LOG") continue;
    auto verdict = walk(ruleset, target, packet, depth + 1);
    if (verdict != Verdict::kReturn) return verdict;
  }
  if (!chain->policy) return Verdict::kReturn;
  return *chain->policy == "ACCEPT" ? Verdict::kAccept : Verdict::kDrop;
}

}  // namespace pyfw
