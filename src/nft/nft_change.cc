#include "nft/nft_change.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#include <algorithm>
#include <ranges>
#include <set>
#include <span>

#include "base/contains.h"
#include "nf/ruleset.h"
#include "nft/nft_base_chain.h"

namespace pyfw {
namespace {

using Kind = TableLine::Kind;

// A rule of a chain on the way: one that is there, by its handle, or one that comes.
struct Place {
  std::uint64_t handle = 0;
  const TableLine* line = nullptr;
};

class ChangeMaker {
 public:
  ChangeMaker(const TableCommit& commit, const TableOfHandles& there, const FindRuleBytes& find_rule)
      : commit_(commit), there_(there), find_rule_(find_rule) {}

  std::optional<NftChange> make() {
    const auto& lines = commit_.lines;
    for (std::size_t i = 0; i < lines.size();) {
      auto end = end_of_run(i);
      if (!take({lines.data() + i, end - i})) return std::nullopt;
      i = end;
    }
    for (const auto& [name, chain] : chains_)
      if (!add_rules(name, chain)) return std::nullopt;
    return std::move(change_);
  }

 private:
  struct ChainOnTheWay {
    std::vector<Place> places;
    std::vector<std::uint64_t> before;  // the handles that it had
    bool has_new = false;
  };

  // Rules that come to stand one behind the other are put in at once: each at the next place, or all at the
  // place of the first, from last to first.
  [[nodiscard]] std::size_t end_of_run(std::size_t first) const {
    const auto& lines = commit_.lines;
    if (lines[first].kind != Kind::kInsert || lines[first].at_end) return first + 1;
    auto is_next = [&](std::size_t i, std::size_t step) {
      return i < lines.size() && lines[i].kind == Kind::kInsert && lines[i].chain == lines[first].chain &&
             !lines[i].at_end && lines[i].at == lines[first].at + step * (i - first);
    };
    std::size_t step = is_next(first + 1, 0) ? 0 : 1;
    auto end = first + 1;
    while (is_next(end, step)) ++end;
    return end;
  }

  bool take(std::span<const TableLine> run) {
    const auto& line = run[0];
    switch (line.kind) {
      case Kind::kNewChain:
        change_.new_chains.push_back(line.chain);
        return chains_.try_emplace(line.chain).second;
      case Kind::kPolicy: change_.policies.push_back(line); return has_or_makes(line.chain);
      case Kind::kDeleteChain:
        change_.gone_chains.push_back(line.chain);
        return find_there(line.chain) != nullptr;
      case Kind::kDelete: return remove(line);
      case Kind::kInsert: break;
    }
    return insert(run);
  }

  [[nodiscard]] const ChainOfHandles* find_there(const std::string& name) const {
    auto found = std::ranges::find(there_.chains, name, &ChainOfHandles::name);
    return found == there_.chains.end() ? nullptr : &*found;
  }

  bool has_or_makes(const std::string& chain) {
    if (find_there(chain) != nullptr || contains(change_.builtin_chains, chain)) return true;
    if (!is_builtin(commit_.table, chain)) return false;
    change_.builtin_chains.push_back(chain);
    return true;
  }

  // Null where it is not as it should be.
  ChainOnTheWay* chain(const std::string& name) {
    if (auto found = chains_.find(name); found != chains_.end()) return &found->second;
    if (!has_or_makes(name)) return nullptr;
    const auto* known = find_there(name);
    auto rules = known != nullptr ? known->rules : std::vector<std::uint64_t>();
    auto size = commit_.sizes.find(name);
    if (size == commit_.sizes.end() || size->second != rules.size()) return nullptr;
    auto& out = chains_[name];
    for (auto handle : rules) out.places.push_back({.handle = handle});
    out.before = std::move(rules);
    return &out;
  }

  bool remove(const TableLine& line) {
    auto* there = chain(line.chain);
    // Where it stands is only known while nothing was put in.
    if (there == nullptr || there->has_new || line.before_at >= there->before.size()) return false;
    change_.gone_rules.push_back({.chain = line.chain, .handle = there->before[line.before_at]});
    gone_.insert({line.chain, there->before[line.before_at]});
    return true;
  }

  bool insert(std::span<const TableLine> run) {
    const auto& first = run[0];
    auto* there = chain(first.chain);
    if (there == nullptr) return false;
    if (!there->has_new)
      std::erase_if(there->places,
                    [&](const Place& place) { return gone_.contains({first.chain, place.handle}); });
    there->has_new = true;
    std::vector<Place> places;
    for (const auto& line : run) places.push_back({.line = &line});
    if (run.size() > 1 && run[1].at == first.at) std::ranges::reverse(places);
    auto at = first.at_end ? there->places.size() : first.at - 1;
    if (at > there->places.size()) return false;
    there->places.insert(there->places.begin() + static_cast<std::ptrdiff_t>(at), places.begin(),
                         places.end());
    return true;
  }

  bool add_rules(const std::string& name, const ChainOnTheWay& chain) {
    std::vector<NftChange::NewRule> added;
    std::uint64_t before = 0;
    // From the last to the first, so that what comes behind each is known.
    for (const auto& place : std::views::reverse(chain.places)) {
      if (place.line == nullptr) {
        before = place.handle;
        continue;
      }
      auto bytes = find_rule_(place.line->rule.text);
      if (!bytes) return false;
      added.push_back({.chain = name,
                       .before = before,
                       .rule = *bytes,
                       .counters = place.line->counters.value_or(Counters())});
    }
    change_.new_rules.insert(change_.new_rules.end(), added.rbegin(), added.rend());
    return true;
  }

  const TableCommit& commit_;
  const TableOfHandles& there_;
  const FindRuleBytes& find_rule_;
  std::map<std::string, ChainOnTheWay> chains_;
  std::set<std::pair<std::string, std::uint64_t>> gone_;
  NftChange change_;
};

// The protocol that a rule asks for. The kernel wants it beside the rule, for the extensions that are only
// for one (nft_compat.c), and does not tell it again.
struct AskedProtocol {
  std::uint32_t number = 0;
  bool is_inverted = false;
};

AskedProtocol protocol_of(std::string_view expressions) {
  bool is_loaded = false;
  while (const auto* element = take_attribute(expressions)) {
    NetlinkAttributes<NFTA_EXPR_DATA + 1> expression(element);
    auto name = expression.text(NFTA_EXPR_NAME);
    if (is_loaded && name == "cmp") {
      NetlinkAttributes<NFTA_CMP_MAX + 1> cmp(expression[NFTA_EXPR_DATA]);
      NetlinkAttributes<NFTA_DATA_MAX + 1> data(cmp[NFTA_CMP_DATA]);
      return {.number = data.byte(NFTA_DATA_VALUE), .is_inverted = cmp.number(NFTA_CMP_OP) == NFT_CMP_NEQ};
    }
    NetlinkAttributes<NFTA_META_MAX + 1> meta(expression[NFTA_EXPR_DATA]);
    is_loaded = name == "meta" && meta.number(NFTA_META_KEY) == NFT_META_L4PROTO;
  }
  return {};
}

void put_counter(const Counters& counters, NftBatch& batch) {
  auto expression = batch.begin_nest(NFTA_LIST_ELEM);
  batch.put_text(NFTA_EXPR_NAME, "counter");
  auto data = batch.begin_nest(NFTA_EXPR_DATA);
  batch.put_long_number(NFTA_COUNTER_BYTES, counters.bytes);
  batch.put_long_number(NFTA_COUNTER_PACKETS, counters.packets);
  batch.end_nest(data);
  batch.end_nest(expression);
}

void put_expressions(const NftChange::NewRule& rule, NftBatch& batch) {
  if (rule.counters == Counters()) {
    batch.put(NFTA_RULE_EXPRESSIONS | NLA_F_NESTED, rule.rule.expressions);
    return;
  }
  auto nest = batch.begin_nest(NFTA_RULE_EXPRESSIONS);
  auto list = rule.rule.expressions;
  while (const auto* element = take_attribute(list)) {
    NetlinkAttributes<NFTA_EXPR_NAME + 1> expression(element);
    if (expression.text(NFTA_EXPR_NAME) == "counter") {
      put_counter(rule.counters, batch);
    } else {
      batch.put(element->nla_type, payload_of(*element));
    }
  }
  batch.end_nest(nest);
}

void put_rule(const NftChange::NewRule& rule, NftBatch& batch) {
  batch.put_text(NFTA_RULE_CHAIN, rule.chain);
  put_expressions(rule, batch);
  if (!rule.rule.userdata.empty()) batch.put(NFTA_RULE_USERDATA, rule.rule.userdata);
  auto protocol = protocol_of(rule.rule.expressions);
  auto compat = batch.begin_nest(NFTA_RULE_COMPAT);
  batch.put_number(NFTA_RULE_COMPAT_PROTO, protocol.number);
  batch.put_number(NFTA_RULE_COMPAT_FLAGS, protocol.is_inverted ? NFT_RULE_COMPAT_F_INV : 0);
  batch.end_nest(compat);
  if (rule.before != 0) batch.put_long_number(NFTA_RULE_POSITION, rule.before);
}

// At least what it takes: to grow step by step would copy megabytes.
std::size_t size_of(const NftChange& change, const std::string& table) {
  constexpr std::size_t kFramed = 160;  // headers, what pads them, and the small attributes
  auto parts = change.builtin_chains.size() + change.new_chains.size() + change.gone_rules.size() +
               change.policies.size() + change.gone_chains.size() + 4;
  auto size = parts * (2 * kFramed + table.size());
  for (const auto& rule : change.new_rules)
    size +=
        kFramed + table.size() + rule.chain.size() + rule.rule.expressions.size() + rule.rule.userdata.size();
  return size;
}

void put_builtin_chain(const std::string& table, const std::string& chain, NftBatch& batch) {
  batch.put_text(NFTA_CHAIN_NAME, chain);
  auto hook = batch.begin_nest(NFTA_CHAIN_HOOK);
  batch.put_number(NFTA_HOOK_HOOKNUM, hook_of(chain).value_or(0));
  batch.put_number(NFTA_HOOK_PRIORITY, static_cast<std::uint32_t>(priority_of(table, chain)));
  batch.end_nest(hook);
  batch.put_number(NFTA_CHAIN_POLICY, NF_ACCEPT);
  batch.put_text(NFTA_CHAIN_TYPE, std::string(type_of(table, chain)));
  auto counters = batch.begin_nest(NFTA_CHAIN_COUNTERS);
  batch.put_long_number(NFTA_COUNTER_BYTES, 0);
  batch.put_long_number(NFTA_COUNTER_PACKETS, 0);
  batch.end_nest(counters);
}

}  // namespace

std::optional<NftChange> nft_change_of(const TableCommit& commit, const TableOfHandles& there,
                                       const FindRuleBytes& find_rule) {
  return ChangeMaker(commit, there, find_rule).make();
}

NftBatch batch_of(const NftChange& change, const TableId& table, std::uint32_t generation) {
  NftBatch batch(generation);
  batch.reserve(size_of(change, table.table));
  auto add = [&](std::uint16_t message, unsigned flags, std::uint16_t table_attribute) {
    batch.add(message, static_cast<std::uint16_t>(flags), table.family);
    batch.put_text(table_attribute, table.table);
  };
  bool may_be_new = change.begins_empty || !change.builtin_chains.empty();
  if (may_be_new) add(NFT_MSG_NEWTABLE, NLM_F_CREATE, NFTA_TABLE_NAME);
  if (change.begins_empty) {
    add(NFT_MSG_DELTABLE, 0, NFTA_TABLE_NAME);
    add(NFT_MSG_NEWTABLE, NLM_F_CREATE, NFTA_TABLE_NAME);
  }
  for (const auto& chain : change.builtin_chains) {
    add(NFT_MSG_NEWCHAIN, NLM_F_CREATE, NFTA_CHAIN_TABLE);
    put_builtin_chain(table.table, chain, batch);
  }
  for (const auto& chain : change.new_chains) {
    add(NFT_MSG_NEWCHAIN, NLM_F_CREATE | NLM_F_EXCL, NFTA_CHAIN_TABLE);
    batch.put_text(NFTA_CHAIN_NAME, chain);
  }
  for (const auto& rule : change.new_rules) {
    add(NFT_MSG_NEWRULE, NLM_F_CREATE | (rule.before == 0 ? NLM_F_APPEND : 0), NFTA_RULE_TABLE);
    put_rule(rule, batch);
  }
  for (const auto& rule : change.gone_rules) {
    add(NFT_MSG_DELRULE, 0, NFTA_RULE_TABLE);
    batch.put_text(NFTA_RULE_CHAIN, rule.chain);
    batch.put_long_number(NFTA_RULE_HANDLE, rule.handle);
  }
  for (const auto& line : change.policies) {
    add(NFT_MSG_NEWCHAIN, 0, NFTA_CHAIN_TABLE);
    batch.put_text(NFTA_CHAIN_NAME, line.chain);
    batch.put_number(NFTA_CHAIN_POLICY, line.policy == "DROP" ? NF_DROP : NF_ACCEPT);
  }
  for (const auto& chain : change.gone_chains) {
    add(NFT_MSG_DELCHAIN, 0, NFTA_CHAIN_TABLE);
    batch.put_text(NFTA_CHAIN_NAME, chain);
  }
  return batch;
}

}  // namespace pyfw
