#include "examine/try_features.h"

#include <fmt/format.h>

#include <array>

#include "kernel/own_words.h"
#include "kernel/scratch.h"
#include "sys/programs.h"

namespace pyfw {
namespace {

struct TriedRule {
  std::string_view name;
  std::string_view needed_for;
  std::string_view table;
  std::string_view text;
};

// Tables that an iptables-legacy on old kernels makes in every namespace as soon as its module is there are
// not among them, but those that Docker has made anyway.
constexpr std::array kRules = {
    TriedRule{"conntrack", "answers to connections, and Docker", "filter",
              "-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"},
    TriedRule{"comments", "names of wishes", "filter", "-A FORWARD -m comment --comment a -j ACCEPT"},
    TriedRule{"REJECT", "refusals", "filter", "-A FORWARD -j REJECT"},
    TriedRule{"LOG", "rules that log", "filter", "-A FORWARD -j LOG"},
    TriedRule{"addrtype", "Docker's published ports", "nat",
              "-A PREROUTING -m addrtype --dst-type LOCAL -j ACCEPT"},
    TriedRule{"DNAT", "Docker's published ports", "nat",
              "-A PREROUTING -p tcp -m tcp --dport 80 -j DNAT --to-destination 192.0.2.1:80"},
    TriedRule{"MASQUERADE", "the way out of Docker's containers", "nat",
              "-A POSTROUTING -s 192.0.2.0/24 -j MASQUERADE"},
};

constexpr std::array kSetTypes = {"hash:ip", "hash:net", "list:set"};

std::string input_of(std::string_view table, std::string_view lines) {
  return fmt::format("*{}\n{}\nCOMMIT\n", table, lines);
}

bool is_taken(const Result<Outcome>& outcome) { return outcome && outcome->status == 0; }

std::string refusal_of(const Result<Outcome>& outcome) {
  return outcome ? own_words(outcome->err) : outcome.error().message;
}

// All of a table at once; one by one only where that fails.
void try_table(const Scratch& scratch, const std::string& restore, std::string_view table,
               std::vector<MissingFeature>& missing) {
  std::string all;
  for (const auto& rule : kRules)
    if (rule.table == table) all += fmt::format("{}\n", rule.text);
  if (is_taken(scratch.run({restore}, input_of(table, all)))) return;
  for (const auto& rule : kRules) {
    if (rule.table != table) continue;
    auto outcome = scratch.run({restore}, input_of(table, rule.text));
    if (!is_taken(outcome))
      missing.push_back({.name = std::string(rule.name),
                         .needed_for = std::string(rule.needed_for),
                         .refusal = refusal_of(outcome)});
  }
}

void try_sets(const Scratch& scratch, const std::string& restore, std::vector<MissingFeature>& missing) {
  auto ipset = find_program("ipset");
  if (!ipset) return;
  std::string all;
  for (const auto* type : kSetTypes) all += fmt::format("create pyfw_{0} {0}\n", type);
  if (!is_taken(scratch.run({*ipset, "restore"}, all)))
    for (const auto* type : kSetTypes) {
      auto outcome = scratch.run({*ipset, "create", fmt::format("one_{}", type), type});
      if (!is_taken(outcome))
        missing.push_back({.name = fmt::format("sets of the type {}", type),
                           .needed_for = "sets in wishes",
                           .refusal = refusal_of(outcome)});
    }
  auto matched =
      scratch.run({restore}, input_of("filter", "-A FORWARD -m set --match-set pyfw_hash:ip src -j ACCEPT"));
  if (!is_taken(matched) && missing.empty())
    missing.push_back(
        {.name = "the match set", .needed_for = "sets in wishes", .refusal = refusal_of(matched)});
}

}  // namespace

Result<std::vector<MissingFeature>> try_features(Backend backend) {
  TRY(auto restore, program_for(Family::kIpv4, backend, "restore"));
  TRY(auto scratch, Scratch::make());
  std::vector<MissingFeature> missing;
  for (std::string_view table : {"filter", "nat"}) try_table(scratch, restore, table, missing);
  try_sets(scratch, restore, missing);
  return missing;
}

}  // namespace pyfw
