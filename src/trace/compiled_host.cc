#include "trace/compiled_host.h"

#include <algorithm>
#include <utility>

#include "base/contains.h"
#include "nf/tokens.h"

namespace pyfw {
namespace {

constexpr std::array<std::pair<std::string_view, Hook>, 5> kHooks = {{{"PREROUTING", Hook::kPrerouting},
                                                                      {"INPUT", Hook::kInput},
                                                                      {"FORWARD", Hook::kForward},
                                                                      {"OUTPUT", Hook::kOutput},
                                                                      {"POSTROUTING", Hook::kPostrouting}}};

constexpr std::array<std::pair<std::string_view, Stage>, 5> kStages = {{{"raw", Stage::kRaw},
                                                                        {"mangle", Stage::kMangle},
                                                                        {"nat", Stage::kNat},
                                                                        {"filter", Stage::kFilter},
                                                                        {"security", Stage::kSecurity}}};

// Where conntrack comes to be: these ask the kernel for it when a rule is made of them
// (nf_ct_netns_get() in xt_*.c). NOTRACK does not.
bool needs_conntrack(const Rule& rule) {
  constexpr std::array<std::string_view, 16> kExtensions = {
      "conntrack", "state",       "connbytes", "connlimit", "connlabel",  "connmark", "helper", "cluster",
      "CONNMARK",  "CONNSECMARK", "DNAT",      "SNAT",      "MASQUERADE", "REDIRECT", "NETMAP", "SYNPROXY"};
  // Tokenising each of ten thousand rules costs more than this glance does.
  auto tokens = std::string_view(rule.text);
  auto is_option = [](std::string_view word) { return word == "-m" || word == "-j" || word == "-g"; };
  std::string_view before;
  while (!tokens.empty()) {
    auto end = std::min(tokens.find(' '), tokens.size());
    auto word = tokens.substr(0, end);
    if (is_option(before) &&
        (contains(kExtensions, word) || (word == "CT" && !rule.text.ends_with("--notrack"))))
      return true;
    before = word;
    tokens.remove_prefix(std::min(end + 1, tokens.size()));
  }
  return false;
}

// In raw conntrack has not looked yet; nat comes first where a packet goes out to nobody's surprise: source
// addresses change last of all.
int priority(Stage stage, Hook hook) {
  switch (stage) {
    case Stage::kRaw: return -300;
    case Stage::kConntrack: return -200;
    case Stage::kMangle: return -150;
    case Stage::kNat: return hook == Hook::kPrerouting || hook == Hook::kOutput ? -100 : 100;
    case Stage::kFilter: return 0;
    case Stage::kSecurity: return 50;
    // iptables-nft has its table come after nat's INPUT.
    case Stage::kNftSecurity: return 150;
    case Stage::kConfirm: return 1000;
  }
  std::unreachable();
}

void add_stop(std::vector<Stop>& stops, Stage stage, ChainIndex chain) {
  auto found = std::ranges::find(stops, stage, &Stop::stage);
  if (found == stops.end()) found = stops.insert(found, Stop{.stage = stage});
  if (chain != kNoChain) found->chains.push_back(chain);
}

}  // namespace

CompiledHost::CompiledHost(const HostState& host) : CompiledHost(host, SetIndex(host.state.sets)) {}

CompiledHost::CompiledHost(const HostState& host, const HostState& other, const CompiledHost& compiled_other)
    : CompiledHost(host, SetIndex(host.state.sets, other.state.sets, compiled_other.sets)) {}

CompiledHost::CompiledHost(const HostState& host, SetIndex index)
    : facts(host.facts), routes(facts), sets(std::move(index)), surroundings(routes, sets) {
  auto backend = host.backend.value_or(Backend::kNft);
  auto other = backend == Backend::kNft ? Backend::kLegacy : Backend::kNft;
  // At one priority the table that was made later comes first, and which one that was, nobody can see. Legacy
  // tables are older than nft's on the usual host only in years.
  for (auto family : kFamilies) {
    for (auto which : {Backend::kLegacy, Backend::kNft}) {
      if (which == backend) add(which, family, ruleset_of(host.state, family));
      if (which == other && host.other) add(which, family, ruleset_of(*host.other, family));
    }
  }
  order_stops();
}

void CompiledHost::add(Backend backend, Family family, const Ruleset& ruleset) {
  auto& tracked = tracks_[static_cast<std::size_t>(family)];
  for (const auto& table : ruleset.tables) {
    auto first = chains.size();
    for (const auto& chain : table.chains) {
      if (chains.size() >= kNoChain) break;
      auto index = static_cast<ChainIndex>(chains.size());
      bool builtin = is_builtin(table.name, chain.name);
      chains.push_back(TracedChain{.backend = backend,
                                   .family = family,
                                   .table = table.name,
                                   .name = chain.name,
                                   .is_builtin = builtin,
                                   .policy = builtin ? chain.policy.value_or("ACCEPT") : "",
                                   .rules = chain.rules});
      auto& compiled = rules.emplace_back();
      compiled.reserve(chain.rules.size());
      auto& sieve = sieves.emplace_back();
      for (const auto& rule : chain.rules) {
        sieve.add(compiled.emplace_back(compile(rule, family)).compiled);
        tracked = tracked || needs_conntrack(rule);
      }
      if (!builtin) continue;
      auto hook = std::ranges::find(kHooks, chain.name, [](const auto& known) { return known.first; });
      auto stage = std::ranges::find(kStages, table.name, [](const auto& known) { return known.first; });
      if (hook == kHooks.end() || stage == kStages.end()) continue;
      auto& stops = stops_[static_cast<std::size_t>(family)][static_cast<std::size_t>(hook->second)];
      bool is_late = stage->second == Stage::kSecurity && backend == Backend::kNft;
      add_stop(stops, is_late ? Stage::kNftSecurity : stage->second, index);
    }
    resolve_jumps(first);
  }
}

void CompiledHost::resolve_jumps(std::size_t first) {
  ByText<ChainIndex> by_name;
  for (auto i = first; i < chains.size(); ++i) by_name.emplace(chains[i].name, static_cast<ChainIndex>(i));
  for (auto i = first; i < chains.size(); ++i) {
    for (auto& rule : rules[i]) {
      const auto* jump = std::get_if<JumpTo>(&rule.compiled.target);
      if (jump == nullptr) continue;
      auto found = by_name.find(jump->chain);
      if (found != by_name.end()) {
        rule.to = found->second;
      } else {
        rule.compiled.target = Unpredictable{.text = "-j " + jump->chain, .goes_on = false};
      }
    }
  }
}

void CompiledHost::order_stops() {
  for (auto family : kFamilies) {
    for (const auto& [name, hook] : kHooks) {
      auto& stops = stops_[static_cast<std::size_t>(family)][static_cast<std::size_t>(hook)];
      if (tracks(family)) {
        if (hook == Hook::kPrerouting || hook == Hook::kOutput) add_stop(stops, Stage::kConntrack, kNoChain);
        if (hook == Hook::kInput || hook == Hook::kPostrouting) add_stop(stops, Stage::kConfirm, kNoChain);
        // A connection that is translated is so in all hooks, whatever chains there are.
        if (hook != Hook::kForward) add_stop(stops, Stage::kNat, kNoChain);
      } else {
        std::erase_if(stops, [](const Stop& stop) { return stop.stage == Stage::kNat; });
      }
      std::ranges::stable_sort(stops, {}, [&](const Stop& stop) { return priority(stop.stage, hook); });
    }
  }
}

const Interface* CompiledHost::interface(std::string_view name) const {
  auto found = std::ranges::find(facts.interfaces, name, &Interface::name);
  return found == facts.interfaces.end() ? nullptr : &*found;
}

}  // namespace pyfw
