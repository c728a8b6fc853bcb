#include "faults/ground.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/strings.h"
#include "nf/ipset_save.h"
#include "nf/iptables_save.h"
#include "nf/tokens.h"

namespace pyfw::faults {
namespace {

constexpr const char* kWishes = "/etc/pyfw/wishes.yaml";
constexpr const char* kNoRules =
    "*raw\n:PREROUTING ACCEPT\n:OUTPUT ACCEPT\nCOMMIT\n"
    "*mangle\n:PREROUTING ACCEPT\n:INPUT ACCEPT\n:FORWARD ACCEPT\n:OUTPUT ACCEPT\n:POSTROUTING "
    "ACCEPT\nCOMMIT\n"
    "*nat\n:PREROUTING ACCEPT\n:INPUT ACCEPT\n:OUTPUT ACCEPT\n:POSTROUTING ACCEPT\nCOMMIT\n"
    "*filter\n:INPUT ACCEPT\n:FORWARD ACCEPT\n:OUTPUT ACCEPT\nCOMMIT\n";

// A list lets go of its sets when it is empty, and nft of a set some time after the rule that named it has
// gone.
constexpr const char* kClear =
    "iptables-restore </run/none; ip6tables-restore </run/none; ipset flush; until ipset destroy; do sleep "
    "0.01; done;";

// Three saves and the record, one behind the other.
constexpr const char* kSee =
    "iptables-save; echo =====; ip6tables-save; echo =====; ipset save; echo =====;"
    "cat /var/lib/pyfw/*/record 2>/dev/null || true";

std::shared_ptr<const Source> source(std::string_view text) {
  return std::make_shared<const Source>(Source{.name = "save", .text = std::string(text)});
}

Result<Seen> parse_seen(const std::string& out) {
  constexpr std::string_view kEnd = "=====\n";
  std::vector<std::string_view> parts;
  std::string_view rest = out;
  for (auto at = rest.find(kEnd); at != std::string_view::npos; at = rest.find(kEnd)) {
    parts.push_back(rest.substr(0, at));
    rest.remove_prefix(at + kEnd.size());
  }
  if (parts.size() != 3) return fail("not three saves: " + out);
  Seen seen;
  TRY(seen.state.iptables, parse_iptables_save(source(parts[0])));
  TRY(seen.state.ip6tables, parse_iptables_save(source(parts[1])));
  TRY(seen.state.sets, parse_ipset_save(source(parts[2])));
  seen.record = rest;
  return seen;
}

bool does_something(const Table& table) {
  return std::ranges::any_of(table.chains, [&](const Chain& chain) {
    return !chain.rules.empty() || chain.policy.value_or("-") != "ACCEPT";
  });
}

ForeignRules foreign_rules(const State& state, const std::string& claimed) {
  ForeignRules out;
  for (const auto& [id, chain] : chains_of(state))
    for (const auto& rule : chain->rules)
      if (claimed.empty() || rule.text.find(claimed) == std::string::npos) out[id].push_back(rule.text);
  return out;
}

}  // namespace

std::string Seen::text() const {
  auto normal = state;
  std::string out;
  for (auto family : kFamilies) {
    auto& tables = ruleset_of(normal, family).tables;
    std::erase_if(tables, [](const Table& table) { return !does_something(table); });
    std::ranges::sort(tables, {}, &Table::name);
    for (auto& table : tables) std::ranges::sort(table.chains, {}, &Chain::name);
    out += write_iptables_save(ruleset_of(normal, family));
  }
  std::ranges::sort(normal.sets, {}, &Set::name);
  for (auto& set : normal.sets) {
    if (set.type != "list:set") std::ranges::sort(set.members);
    std::string header;
    for (const auto& [option, value] : options_of(set.header))
      if (!is_volatile_set_option(option)) header += fmt::format("{} {} ", option, value);
    set.header = header;
  }
  return out + write_ipset_save(normal.sets);
}

Result<Ground> Ground::make(lab::Lab& lab, lab::Backend backend) {
  TRY(auto crossing, Crossing::make(lab, backend));
  Ground ground(std::move(crossing), backend);
  TRY_VOID(ground.host().write_file("/run/none", kNoRules));
  return ground;
}

Result<std::string> Ground::sh(const std::string& script) const {
  return host().output({"/bin/sh", "-ec", script});
}

Result<void> Ground::prepare(const Case& wanted) {
  auto write = [&](const std::string& path, const std::string& text) {
    return host().write_file(path, text);
  };
  auto wishes = [](const std::string& text) { return "pyfw_wishes:\n" + text; };
  TRY_VOID(write("/run/sets", wanted.sets));
  TRY_VOID(write("/run/rules", wanted.rules));
  TRY_VOID(write("/run/rules6", wanted.rules6));
  TRY_VOID(
      sh(fmt::format("{} rm -rf /var/lib/pyfw; ipset restore </run/sets; iptables-restore </run/rules;"
                     "ip6tables-restore </run/rules6",
                     kClear)));
  TRY(auto others, see());
  foreign_ = foreign_rules(others.state, wanted.claimed);
  if (!wanted.before.empty()) {
    TRY_VOID(write(kWishes, wishes(wanted.before)));
    TRY(auto outcome, pyfw_->run("apply", [](const std::string&) { return Answer::kGo; }));
    if (outcome.status != 0) return fail("the earlier wishes: " + outcome.err);
  }
  TRY_VOID(write(kWishes, wishes(wanted.wishes)));
  TRY_VOID(
      sh("iptables-save >/run/rules; ip6tables-save >/run/rules6; ipset save >/run/sets;"
         "rm -rf /run/kept; mkdir -p /var/lib/pyfw -m 700; cp -a /var/lib/pyfw /run/kept"));
  apply_ = wanted.adopts ? "apply --adopt" : "apply";
  return {};
}

Result<void> Ground::reset() const {
  TRY_VOID(sh(
      fmt::format("if test -s /run/sets || ipset list -n | grep -q .; then {} ipset restore </run/sets; fi;"
                  "iptables-restore </run/rules; ip6tables-restore </run/rules6;"
                  "rm -rf /var/lib/pyfw; cp -a /run/kept /var/lib/pyfw",
                  kClear)));
  return {};
}

Result<Outcome> Ground::plan() const {
  return pyfw_->run("plan", [](const std::string&) { return Answer::kGo; });
}

Result<Seen> Ground::see() const {
  TRY(auto out, sh(kSee));
  return parse_seen(out);
}

}  // namespace pyfw::faults
