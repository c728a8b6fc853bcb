#include "adopt/adopt.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "adopt/adopt_chain.h"
#include "adopt/adopt_sets.h"
#include "adopt/left_out.h"
#include "adopt/maintainers.h"
#include "adopt/wishable.h"
#include "adopt/yaml_text.h"
#include "base/contains.h"
#include "wish/host_variable.h"
#include "wish/loops.h"

namespace pyfw {
namespace {

using Words = std::map<ChainId, ChainWords>;

// The kernel takes none, but a file may hold any.
std::set<const Rule*> jumps_that_lead_back(const State& state) {
  std::vector<const Rule*> jumps;
  WrittenRules written;
  for (const auto& [id, chain] : chains_of(state)) {
    if (is_builtin(id.table, id.chain)) continue;
    const auto* table = find_table(ruleset_of(state, id.family), id.table);
    for (const auto& rule : chain->rules) {
      auto target = target_of(rule);
      if (find_chain(table, target) == nullptr) continue;
      jumps.push_back(&rule);
      written[id].push_back(
          {.rule = rule,
           .target = {.text = std::move(target), .place = {.source = {}, .line = jumps.size()}}});
    }
  }
  std::set<const Rule*> back;
  while (true) {
    auto refused = refuse_loops(written, state);
    if (refused) return back;
    auto line = refused.error().place->line;
    back.insert(jumps[line - 1]);
    for (auto& [id, rules] : written)
      std::erase_if(rules, [&](const WrittenRule& rule) { return rule.target.place.line == line; });
  }
}

// What both families wish alike is said once.
void join_families(AdoptedWishes& wishes) {
  auto& ipv6 = wishes.of_ipv6;
  std::erase_if(wishes.of_ipv4, [&](AdoptedChain& chain) {
    auto twin = std::ranges::find(ipv6, chain);
    if (twin == ipv6.end()) return false;
    ipv6.erase(twin);
    wishes.of_both.push_back(std::move(chain));
    return true;
  });
}

std::string named_in_rules(const AdoptedWishes& wishes, const Facts& facts) {
  for (auto family : kFamilies) {
    auto external = external_interface(facts, family);
    if (!external) continue;
    for (const auto* chains : {&wishes.of_both, &wishes.of_ipv4, &wishes.of_ipv6})
      for (const auto& chain : *chains)
        for (const auto& entry : chain.entries)
          for (std::string_view option : {"-i ", "-o "}) {
            auto text = fmt::format(" {} ", entry.text);
            if (text.find(fmt::format(" {}{} ", option, *external)) != std::string::npos) return *external;
          }
  }
  return {};
}

void add_head(AdoptedWishes& wishes, const Facts& facts, const AdoptOptions& options,
              const LeftOut& left_out) {
  auto& head = wishes.remarks;
  if (options.from == AdoptedFrom::kScript) {
    head.emplace_back(
        "What the script puts up, as wishes. `pyfw plan --adopt` shows what they change on this host.");
  } else {
    head.emplace_back("What stands on the host, as wishes.");
    head.emplace_back(
        options.naming == Naming::kNameAll
            ? "`pyfw plan --adopt` shows that they change nothing but the rules' names, which are "
              "comments."
            : "`pyfw plan` shows that they change nothing.");
  }
  if (auto external = named_in_rules(wishes, facts); !external.empty()) {
    head.emplace_back();
    head.push_back(
        fmt::format("{} is the interface of the default route: where a rule means that one, whatever "
                    "it is called,",
                    external));
    head.emplace_back("write ${external_interface}.");
  }
  if (!options.failures.empty()) {
    head.emplace_back();
    head.emplace_back("Rules may be missing here, since not all went well as the script ran:");
    for (const auto& failure : options.failures) head.push_back("- " + yaml_comment(failure));
  }
  if (!options.beside.empty()) {
    head.emplace_back();
    head.emplace_back("Left out, since no wish can say it, though the script made it:");
    for (const auto& made : options.beside) head.push_back("- " + yaml_comment(made));
  }
  if (!options.settings.empty()) {
    head.emplace_back();
    head.emplace_back(
        "Left out, since wishes hold no settings of the kernel; /etc/sysctl.d is the place for them:");
    for (const auto& setting : options.settings) head.push_back("- " + yaml_comment(setting));
  }
  if (auto remarks = left_out.remarks(); !remarks.empty()) {
    head.emplace_back();
    std::ranges::move(remarks, std::back_inserter(head));
  }
}

Adopted adopt_with(const State& state, const Facts& facts, const AdoptOptions& options, const Words& words) {
  Adopted out;
  AdoptedWishes wishes;
  LeftOut left_out(options.start);
  Wishable wishable(state, facts);
  auto loops = jumps_that_lead_back(state);
  std::unique_ptr<Maintainers> maintainers;
  if (options.whose == Whose::kOwners) maintainers = std::make_unique<Maintainers>(state);
  AdoptContext context{.options = options,
                       .maintainers = maintainers.get(),
                       .wishable = wishable,
                       .left_out = left_out,
                       .loops = loops};
  for (const auto& [id, chain] : chains_of(state)) {
    if (const auto* row = maintainers ? maintainers->of_chain(id) : nullptr; row != nullptr) {
      left_out.chain(*row, id, *chain);
      continue;
    }
    if (auto can_be = wishable.chain(id); !can_be) {
      left_out.unsaid(fmt::format("chain '{}' in {} {}", id.chain, program_of(id.family), id.table),
                      can_be.error().message);
      continue;
    }
    auto said = words.find(id);
    auto adopted = adopt_chain(id, *chain, said == words.end() ? nullptr : &said->second, context);
    if (adopted)
      (id.family == Family::kIpv4 ? wishes.of_ipv4 : wishes.of_ipv6).push_back(std::move(*adopted));
  }
  wishes.needs_dollar = context.needs_dollar;
  wishes.sets = adopt_sets(state, maintainers.get(), options.members_in, left_out, out.files);
  join_families(wishes);
  add_head(wishes, facts, options, left_out);
  out.text = wishes_text(wishes);
  out.is_empty = wishes.empty();
  return out;
}

Facts with_default_routes(const std::string& interface) {
  Facts facts;
  for (auto family : kFamilies)
    facts.routes.push_back(
        {.destination = {.ip = Ip::from_bytes(family, std::array<std::uint8_t, 16>{}.data())},
         .interface = interface});
  return facts;
}

// Nothing where the two do not look alike.
std::optional<ChainWords> words_of(const Chain& first, const std::string& first_name, const Chain& second,
                                   const std::string& second_name) {
  if (first.rules.size() != second.rules.size()) return std::nullopt;
  ChainWords all;
  for (std::size_t i = 0; i < first.rules.size(); ++i) {
    auto& words = all.emplace_back(tokens_of(first.rules[i]));
    auto others = tokens_of(second.rules[i]);
    if (words.size() != others.size()) continue;
    for (std::size_t at = 1; at < words.size(); ++at) {
      bool is_interface = words[at - 1] == "-i" || words[at - 1] == "-o";
      if (is_interface && words[at] == first_name && others[at] == second_name)
        words[at] = fmt::format("${{{}}}", kExternalInterface);
    }
  }
  return all;
}

}  // namespace

Adopted adopt(const State& state, const Facts& facts, const AdoptOptions& options) {
  return adopt_with(state, facts, options, {});
}

Adopted adopt_renamed(const RenamedRun& first, const RenamedRun& second, const AdoptOptions& options) {
  Words words;
  for (const auto& [id, chain] : chains_of(first.state)) {
    const auto* other = find_chain(second.state, id);
    if (other == nullptr) continue;
    if (auto said = words_of(*chain, first.external_interface, *other, second.external_interface))
      words.emplace(id, std::move(*said));
  }
  return adopt_with(first.state, with_default_routes(first.external_interface), options, words);
}

}  // namespace pyfw
