// Whether a rule or a chain that stands on a host can be wished so that it stays as it is, and in which
// words.
//
//   Wishable wishable(state, facts);
//   auto wish = wishable.rule({Family::kIpv4, "filter", "INPUT"}, rule, words, "allow_ssh");
//   if (wish) … wish->text       // "-p tcp -m tcp --dport 22 -j ACCEPT"
//   else … wish.error().message  // "this rule has no target"

#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "host/facts.h"
#include "nf/state.h"
#include "wish/written.h"

namespace pyfw {

struct WishableRule {
  std::string name{};  // empty: none
  std::string text{};
  bool needs_dollar = false;
};

class Wishable {
 public:
  // Both must outlive it.
  Wishable(const State& live, const Facts& facts);

  // `words` are those of the rule, but for variables. A name that the rule does not bear yet comes to it.
  [[nodiscard]] Result<WishableRule> rule(const ChainId& id, const Rule& rule,
                                          std::span<const std::string> words, const std::string& name);
  // What a rule names must be there. Fails as planning would.
  [[nodiscard]] Result<void> names_of(const ChainId& id, const Rule& rule);
  [[nodiscard]] Result<void> chain(const ChainId& id) const;

 private:
  [[nodiscard]] Result<void> comes_back(const ChainId& id, const Rule& rule, const WishableRule& wish);

  const State& live_;
  std::set<ChainId> chains_{};  // of it
  const Facts& facts_;
  Wishes wishes_{};
  std::map<std::string, Result<void>> known_names_{};  // what was found out of references
};

// Whether a comment can be a rule's name.
bool can_be_name(std::string_view comment);

}  // namespace pyfw
