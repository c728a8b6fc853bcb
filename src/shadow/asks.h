// Which packets match a rule, as nodes over all that rules look at (looks.h). First each rule is learnt, so
// that addresses and names are cut where rules tell them apart; then, once all is settled, each has its
// match.
//
//   Asks asks(looks, host.compiled(), sets);
//   asks.learn({.chain = input, .rule = 0});
//   looks.settle();
//   auto match = asks.match({.chain = input, .rule = 0});      // match.may, match.must
//
// What no number, address or name says is a variable, one for all rules that ask the same. What may be told
// otherwise each time that it is asked (chance, counters) is no variable: the packet may match, and need not.

#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <unordered_map>

#include "nf/set.h"
#include "shadow/looks.h"
#include "trace/compiled_host.h"

namespace pyfw {

// What numbers packets have there; others the rule does not match. Of kCtState it is the state's place among
// kStates, whether the packet is translated or not.
struct Extent {
  Look look = Look::kSource;
  std::vector<NumberRange> ranges{};
};

inline constexpr std::array kStates = {kStateUntracked, kStateNew, kStateEstablished, kStateRelated,
                                       kStateInvalid};

// All that may match, and those of them that surely do.
struct MayMust {
  Bdd::Node may = Bdd::kAll;
  Bdd::Node must = Bdd::kAll;
};

class Asks {
 public:
  // All must outlive it.
  Asks(Looks& looks, const CompiledHost& host, std::span<const Set> sets);

  void learn(const RuleRef& rule);
  MayMust match(const RuleRef& rule);
  // What it asks for on each side, as far as that is plain: what it matches is within.
  [[nodiscard]] std::vector<Extent> extents(const RuleRef& rule) const;

 private:
  // Where in a rule a condition stands: what is unknowable in it is named by the text of its match.
  struct Spot {
    const CompiledRule& rule;
    std::size_t condition = 0;
    std::string inside{};  // which of AnyOf
  };

  void learn(const Condition& condition);
  void learn_address(const Condition& condition, AddressField field);
  void learn_set(std::string_view name, const InSet& asked);
  [[nodiscard]] std::optional<Extent> extent(const Condition& condition) const;
  [[nodiscard]] std::optional<Extent> extent_of_set(const InSet& asked) const;
  MayMust of(const Condition& condition, const Spot& spot);
  MayMust any_of(const AnyOf& any, const Spot& spot);
  MayMust in_set(const InSet& asked);
  MayMust in_set(std::string_view name, const InSet& asked);
  MayMust of_set(std::string_view name, const InSet& asked, const std::string& key);
  Bdd::Node asked(const Condition& condition, bool inverted, bool if_absent, AddressField field);
  Bdd::Node physical(const InterfaceIs& asked);
  Bdd::Node question(const std::string& key);
  [[nodiscard]] bool is_changing(const std::string& set) const { return changing_.contains(set); }

  Looks& looks_;
  const CompiledHost& host_;
  std::span<const Set> sets_;
  std::set<std::string> changing_;  // sets that rules add to and delete from
  std::unordered_map<const Condition*, Looks::Question> addresses_;
  // By the set's name, whether nomatch is returned, and the side that is looked at. None: more than spans
  // say.
  std::map<std::tuple<std::string, bool, Look>, std::optional<Looks::Question>> members_;
  std::unordered_map<std::string, MayMust> sets_asked_;  // by all that is asked of one
  std::map<std::string, Bdd::Node> questions_;
};

}  // namespace pyfw
