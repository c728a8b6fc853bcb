#include "lint/linted.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>
#include <variant>

#include "base/by_text.h"
#include "base/contains.h"
#include "nf/tokens.h"

namespace pyfw {
namespace {

constexpr std::size_t kHexDigits = 12;  // of a network's id in the name of its bridge

bool looks_like_bridge(std::string_view name) {
  if (name == "docker0" || name == "docker_gwbridge") return true;
  if (!name.starts_with("br-") || name.size() != 3 + kHexDigits) return false;
  return name.find_first_not_of("0123456789abcdef", 3) == std::string_view::npos;
}

// Where only pyfw decides what is in it.
Sets sets_that_stay(const Desired& desired) {
  Sets out;
  for (const auto& set : desired.state.sets)
    if (desired.exact_sets.contains(set.name)) out.push_back(set);
  return out;
}

// The rules of one chain: which wish each of them fulfils.
class Fulfilled {
 public:
  Fulfilled(const ChainWish& chain, const std::vector<WrittenRule>& written) {
    for (std::size_t i = 0; i < chain.rules.size(); ++i) {
      const auto& wish = chain.rules[i];
      if (wish.kind == RuleWish::Kind::kNamed) by_name_.emplace(wish.name.text, i);
      if (wish.kind == RuleWish::Kind::kUnnamed || wish.kind == RuleWish::Kind::kNamed)
        for (const auto& rule : written[i].spelled) by_key_.emplace(rule_key(rule), i);
    }
  }

  [[nodiscard]] std::optional<std::size_t> by(const Rule& rule) const {
    if (auto found = by_key_.find(rule_key(rule)); found != by_key_.end()) return found->second;
    for (const auto& comment : comments_of(rule))
      if (auto found = by_name_.find(comment); found != by_name_.end()) return found->second;
    return {};
  }

 private:
  std::unordered_map<std::string, std::size_t> by_key_;
  std::unordered_map<std::string, std::size_t> by_name_;
};

}  // namespace

Place LintedRule::place_of(std::initializer_list<std::string_view> options) const {
  auto tokens = tokenise_written(wish->text.text);
  if (!tokens) return place();
  for (auto option : options) {
    auto found = std::ranges::find_if(*tokens, [&](const Token& token) {
      bool is_cluster = option.size() == 2 && token.text.starts_with(option);
      bool has_value = token.text.starts_with(option) && token.text.substr(option.size()).starts_with('=');
      return token.text == option || is_cluster || has_value;
    });
    if (found == tokens->end()) continue;
    auto first = found->offset;
    if (found != tokens->begin() && std::prev(found)->text == "!") first = std::prev(found)->offset;
    auto last = std::next(found);
    bool has_value_behind = found->text == option && last != tokens->end() && !last->text.starts_with('-');
    const auto& end = has_value_behind ? *last : *found;
    return wish->text.part(first, end.offset + end.length - first);
  }
  return place();
}

Linted::Linted(LintInput input) : input_(std::move(input)) {
  desired_ = {.state = input_.desired.state,
              .facts = input_.host.facts,
              .backend = input_.host.backend,
              .other = input_.host.other};
  desired_.state.sets = sets_that_stay(input_.desired);
  host_ = std::make_unique<TracedHost>(desired_);
  find_roles();
  find_rules();
  published_ = published_on(facts(), host_->compiled());
}

void Linted::find_roles() {
  std::set<std::string> names;
  if (facts().docker)
    for (const auto& network : facts().docker->networks)
      if (!network.bridge.empty()) names.insert(network.bridge);
  for (const auto& interface : facts().interfaces)
    if (looks_like_bridge(interface.name)) names.insert(interface.name);
  for (const auto& rules : host_->compiled().rules)
    for (const auto& rule : rules)
      for (const auto& condition : rule.compiled.conditions)
        if (const auto* name = std::get_if<InterfaceIs>(&condition.kind)) {
          bool is_all = name->is_prefix && (name->name == "br-" || name->name == "docker");
          if (is_all) roles_.bridges.push_back({.is_prefix = true, .name = name->name});
          if (looks_like_bridge(name->name)) names.insert(name->name);
        }
  const auto& chains = host_->compiled().chains;
  has_docker_ =
      !names.empty() || !roles_.bridges.empty() ||
      std::ranges::any_of(chains, [](const auto& chain) { return chain.name.starts_with("DOCKER"); });
  names.insert({"docker0", "docker_gwbridge"});
  for (const auto& name : names) roles_.bridges.push_back({.name = name});
  if (input_.knows_facts)
    if (auto external = external_interface(facts(), Family::kIpv4)) roles_.external = *external;
}

bool Linted::is_bridge(std::string_view interface) const {
  return std::ranges::any_of(roles_.bridges, [&](const InterfaceIs& bridge) {
    return bridge.is_prefix ? interface.starts_with(bridge.name) : interface == bridge.name;
  });
}

std::optional<Ip> Linted::own_destination(const CompiledRule& rule) const {
  if (!input_.knows_facts) return {};
  for (const auto& condition : rule.conditions) {
    const auto* address = std::get_if<AddressIn>(&condition.kind);
    bool is_one = address != nullptr && address->field == AddressField::kDestination && !address->inverted &&
                  address->first == address->last;
    if (is_one && is_local_address(*host_, address->first)) return address->first;
  }
  return {};
}

void Linted::find_rules() {
  for (const auto& [id, chain] : input_.wishes.chains) {
    const auto& written = input_.written.at(id);
    std::vector<std::size_t> places(chain.rules.size(), rules_.size());
    for (std::size_t i = 0; i < chain.rules.size(); ++i) {
      if (written[i].target.text.empty()) continue;  // a directive
      places[i] = rules_.size();
      rules_.push_back({.id = id, .wish = &chain.rules[i], .written = &written[i]});
    }
    auto index = this->chain(id.family, id.table, id.chain);
    if (!index) continue;
    const auto& rules = host_->chain(*index).rules;
    const auto& foreign = flags_of(input_.desired.foreign, id);
    Fulfilled fulfilled(chain, written);
    auto& wish_of = wish_of_[*index];
    for (std::uint32_t i = 0; i < rules.size(); ++i) {
      bool is_of_others = i >= foreign.size() || foreign[i] || input_.desired.is_matched(id, rules[i]);
      if (is_of_others) continue;
      if (auto wish = fulfilled.by(rules[i])) {
        wish_of.emplace(i, places[*wish]);
        rules_[places[*wish]].rules.push_back({.chain = *index, .rule = i});
      }
    }
  }
}

const LintedRule* Linted::wish_of(const RuleRef& rule) const {
  auto chain = wish_of_.find(rule.chain);
  if (chain == wish_of_.end()) return nullptr;
  auto found = chain->second.find(rule.rule);
  return found == chain->second.end() ? nullptr : &rules_[found->second];
}

const CompiledRule& Linted::compiled(const RuleRef& rule) const {
  return host_->compiled().rules[rule.chain][rule.rule].compiled;
}

std::optional<ChainIndex> Linted::chain(Family family, std::string_view table, std::string_view chain) const {
  return host_->find(desired_.backend.value_or(Backend::kNft), family, table, chain);
}

const ChainWish* Linted::chain_wish(Family family, std::string_view table, std::string_view chain) const {
  auto found =
      input_.wishes.chains.find({.family = family, .table = std::string(table), .chain = std::string(chain)});
  return found == input_.wishes.chains.end() ? nullptr : &found->second;
}

TablePackets* Linted::packets(Family family, std::string_view table) {
  auto [known, is_new] = tables_.try_emplace({family, std::string(table)});
  if (is_new) known->second = make_packets(family, table);
  return known->second.get();
}

std::unique_ptr<TablePackets> Linted::make_packets(Family family, std::string_view table) {
  const auto& compiled = host_->compiled();
  std::vector<ChainIndex> chains;
  for (std::size_t i = 0; i < compiled.chains.size(); ++i) {
    const auto& chain = compiled.chains[i];
    bool is_ours = chain.backend == desired_.backend.value_or(Backend::kNft);
    if (is_ours && chain.family == family && chain.table == table)
      chains.push_back(static_cast<ChainIndex>(i));
  }
  if (chains.empty()) return nullptr;
  auto made = std::make_unique<TablePackets>(compiled, desired_.state.sets, std::move(chains), roles_,
                                             translations(family));
  auto walked = made->walk();
  if (walked) return made;
  add_gap(family, table, walked.error());
  return nullptr;
}

void Linted::add_gap(Family family, std::string_view table, const Error& why) {
  gaps_.push_back(Error{.message = fmt::format("{} {}: not all that is wrong with its rules was found: {}",
                                               program_of(family), table, why.message)});
}

std::vector<AddressRange> Linted::translations(Family family) const {
  std::vector<AddressRange> out;
  for (const auto& wish : rules_) {
    if (wish.id.family != family || wish.rules.empty()) continue;
    const auto* nat = std::get_if<Nat>(&compiled(wish.rules.front()).target);
    if (nat != nullptr && nat->kind == Nat::Kind::kDnat && nat->addresses) out.push_back(*nat->addresses);
  }
  return out;
}

const std::vector<DeadRule>& Linted::dead_rules_of(Family family, std::string_view table) {
  auto [known, is_new] = dead_.try_emplace({family, std::string(table)});
  auto* packets = is_new ? this->packets(family, table) : nullptr;
  if (packets == nullptr) return known->second;
  auto found = dead_rules(packets->table());
  known->second = std::move(found.rules);
  // One that was filled says nothing true any more.
  if (!packets->table().check()) tables_.at(known->first) = make_packets(family, table);
  if (found.gap) add_gap(family, table, *found.gap);
  return known->second;
}

bool Linted::is_reached_from(ChainIndex index, std::string_view builtin) {
  const auto& chain = host_->chain(index);
  if (chain.is_builtin) return chain.name == builtin;
  auto* packets = this->packets(chain.family, chain.table);
  auto from = this->chain(chain.family, chain.table, builtin);
  if (packets == nullptr || !from) return false;
  auto& table = packets->table();
  return table.any_are_sent(index, table.in_hooks(*from));
}

}  // namespace pyfw
