// What lints look at: the wishes, the desired state that they make of a host, and what is known of that host.
//
//   Linted linted({.wishes = wishes, .written = written, .desired = desired, .host = host});
//   for (const LintedRule& rule : linted.rules()) …
//
// Sets that others may fill are taken for unknown, so that nothing is said that the next member makes untrue.

#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "ext/encounter.h"
#include "host/state_document.h"
#include "lint/packets.h"
#include "lint/published.h"
#include "nf/desired.h"
#include "shadow/dead_rules.h"
#include "wish/wishes.h"
#include "wish/written.h"

namespace pyfw {

struct LintInput {
  const Wishes& wishes;
  const WrittenRules& written;
  const Desired& desired;
  const HostState& host;                // of its state nothing is looked at: that is `desired`
  bool knows_rules = true;              // of others, and policies; else there is nothing but the wishes
  bool knows_facts = true;              // interfaces, addresses, routes
  std::vector<Error> missing{};         // names in rules that nobody makes
  std::vector<Error> refused{};         // what iptables says of rules that it does not take
  std::vector<Error> uncalled{};        // chains that nothing jumps to
  std::optional<CtTuple> connection{};  // over which this was started
};

// A wished rule, and the rules of the desired state that it has become.
struct LintedRule {
  ChainId id{};
  const RuleWish* wish = nullptr;
  const WrittenRule* written = nullptr;
  std::vector<RuleRef> rules{};

  [[nodiscard]] const Place& place() const { return written->place; }
  // "allow_ssh", or the text of a rule without a name.
  [[nodiscard]] const std::string& called() const {
    return wish->name.text.empty() ? wish->text.text : wish->name.text;
  }
  // The first of these options in the text, with its value and a `!` before it; else the whole text.
  [[nodiscard]] Place place_of(std::initializer_list<std::string_view> options) const;
};

class Linted {
 public:
  // What the input refers to must outlive it.
  explicit Linted(LintInput input);

  [[nodiscard]] const LintInput& input() const { return input_; }
  [[nodiscard]] const TracedHost& host() const { return *host_; }
  [[nodiscard]] const Facts& facts() const { return input_.host.facts; }
  [[nodiscard]] const InterfaceRoles& roles() const { return roles_; }
  // Whether anything speaks of containers: a network, a bridge, a chain.
  [[nodiscard]] bool has_docker() const { return has_docker_; }
  // In the order of the chains' names, and of the wishes in each.
  [[nodiscard]] const std::vector<LintedRule>& rules() const { return rules_; }
  // The wish of a rule; null where it is somebody else's.
  [[nodiscard]] const LintedRule* wish_of(const RuleRef& rule) const;
  // Of the rules that wishes have become: what they ask, and their target.
  [[nodiscard]] const CompiledRule& compiled(const RuleRef& rule) const;

  [[nodiscard]] std::optional<ChainIndex> chain(Family family, std::string_view table,
                                                std::string_view chain) const;
  // Null for a chain without wishes.
  [[nodiscard]] const ChainWish* chain_wish(Family family, std::string_view table,
                                            std::string_view chain) const;
  // Walked. Null where the host has no such table, and where its rules are too many to be told apart.
  TablePackets* packets(Family family, std::string_view table);
  // The rules of that table that never match.
  const std::vector<DeadRule>& dead_rules_of(Family family, std::string_view table);
  // What of the rules could not be found out.
  [[nodiscard]] const std::vector<Error>& gaps() const { return gaps_; }
  // Whether a packet can get to the chain by way of that builtin chain.
  bool is_reached_from(ChainIndex chain, std::string_view builtin);

  // Where wished rules send packets of that family by DNAT.
  [[nodiscard]] std::vector<AddressRange> translations(Family family) const;
  [[nodiscard]] const std::vector<PublishedHere>& published() const { return published_; }
  // The address of the host itself that a rule asks for as destination. None where it asks for none, and
  // where nobody knows the host's.
  [[nodiscard]] std::optional<Ip> own_destination(const CompiledRule& rule) const;
  // An interface that is one of Docker's bridges.
  [[nodiscard]] bool is_bridge(std::string_view interface) const;

 private:
  void find_rules();
  void find_roles();
  std::unique_ptr<TablePackets> make_packets(Family family, std::string_view table);
  void add_gap(Family family, std::string_view table, const Error& why);

  LintInput input_;
  HostState desired_;
  InterfaceRoles roles_{};
  bool has_docker_ = false;
  std::unique_ptr<TracedHost> host_;
  std::vector<LintedRule> rules_;
  std::map<ChainIndex, std::unordered_map<std::uint32_t, std::size_t>> wish_of_;
  std::map<std::pair<Family, std::string>, std::unique_ptr<TablePackets>> tables_;
  std::map<std::pair<Family, std::string>, std::vector<DeadRule>> dead_;
  std::vector<Error> gaps_;
  std::vector<PublishedHere> published_;
};

}  // namespace pyfw
