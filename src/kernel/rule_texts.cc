#include "kernel/rule_texts.h"

#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>

#include <set>

#include "kernel/read_saved.h"
#include "nf/iptables_save.h"
#include "nft/nft_change.h"
#include "nft/portable_rule.h"
#include "sys/programs.h"

namespace pyfw {
namespace {

// The chain in which they stand while they are asked for.
constexpr const char* kAsked = "_pyfw_temp_asked";

// Puts the name of the chain that is jumped to, if any, among the others.
void note_chain(const NetlinkAttributes<NFTA_EXPR_DATA + 1>& expression, std::set<std::string>& chains) {
  NetlinkAttributes<NFTA_IMMEDIATE_MAX + 1> immediate(expression[NFTA_EXPR_DATA]);
  NetlinkAttributes<NFTA_DATA_MAX + 1> data(immediate[NFTA_IMMEDIATE_DATA]);
  NetlinkAttributes<NFTA_VERDICT_MAX + 1> verdict(data[NFTA_DATA_VERDICT]);
  if (auto chain = verdict.text(NFTA_VERDICT_CHAIN); !chain.empty()) chains.emplace(chain);
}

// False where the rule would not be the same elsewhere.
bool look_at(std::string_view expressions, std::set<std::string>& chains) {
  while (const auto* element = take_attribute(expressions)) {
    NetlinkAttributes<NFTA_EXPR_DATA + 1> expression(element);
    auto name = expression.text(NFTA_EXPR_NAME);
    NetlinkAttributes<NFTA_MATCH_MAX + 1> extension(expression[NFTA_EXPR_DATA]);
    static_assert(NFTA_MATCH_NAME == static_cast<int>(NFTA_TARGET_NAME));
    if (name == "match" && !is_portable_match(extension.text(NFTA_MATCH_NAME))) return false;
    if (name == "target" && !is_portable_target(extension.text(NFTA_TARGET_NAME))) return false;
    if (name == "lookup" || name == "objref" || name == "dynset") return false;
    if (name == "immediate") note_chain(expression, chains);
  }
  return true;
}

}  // namespace

Result<void> RuleTexts::open() {
  if (nft_) return {};
  TRY(scratch_, Scratch::make());
  auto opened = Result<NftRules>(fail("can't enter the network namespace"));
  scratch_->call([&] { opened = NftRules::open(); });
  TRY(nft_, std::move(opened));
  return {};
}

Result<std::optional<std::vector<Rule>>> RuleTexts::ask(const TableId& table,
                                                        std::span<const NftRuleBytes> rules) {
  NftChange change{.begins_empty = true, .new_chains = {kAsked}};
  std::set<std::string> chains;
  for (const auto& rule : rules) {
    if (!look_at(rule.expressions, chains)) return std::nullopt;
    change.new_rules.push_back({.chain = kAsked, .rule = rule});
  }
  change.new_chains.insert(change.new_chains.end(), chains.begin(), chains.end());
  TRY_VOID(open());
  TRY(auto generation, nft_->generation());
  auto done = nft_->commit(batch_of(change, table, generation));
  if (!done || !*done) return std::nullopt;
  TRY(auto program, program_for(table.family, Backend::kNft, "save"));
  TRY(auto saved,
      save_rules(
          program, [&](const std::vector<std::string>& argv) { return scratch_->run(argv); }, table.table));
  TRY(auto shown, parse_rules(saved));
  const auto* chain = find_chain(shown, table.table, kAsked);
  if (chain == nullptr || chain->rules.size() != rules.size()) return std::nullopt;
  return chain->rules;
}

}  // namespace pyfw
