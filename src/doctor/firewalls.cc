#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/contains.h"
#include "base/strings.h"
#include "doctor/chain_owners.h"
#include "doctor/checks.h"
#include "doctor/docker_host.h"
#include "doctor/flushers.h"

namespace pyfw {
namespace {

bool has_made_chains(const Examined& host, std::string_view owner) {
  for (auto family : kFamilies)
    for (const auto* rules : rulesets_of(host.host, family))
      if (contains(owners_of(*rules), owner)) return true;
  return false;
}

bool has_table(const Examined& host, std::string_view name) {
  return std::ranges::any_of(host.host.facts.nft_tables, [&](const std::string& table) {
    return table.substr(table.find(' ') + 1).starts_with(name);
  });
}

// On Ubuntu its unit starts everywhere; whether it does anything is for its own file to say.
bool is_ufw_on(const Examined& host) {
  bool starts =
      host.units.starts_at_boot("ufw.service") && has_setting(host.others.ufw_conf, "ENABLED", "yes");
  return starts || has_made_chains(host, "ufw");
}

bool is_firewalld_on(const Examined& host) {
  return host.units.starts_at_boot("firewalld.service") || has_table(host, "firewalld") ||
         has_made_chains(host, "firewalld");
}

bool firewalld_has_iptables(const Examined& host) {
  return has_setting(host.others.firewalld_conf, "FirewallBackend", "iptables") ||
         has_made_chains(host, "firewalld");
}

Advice ufw_is_bypassed(const Docker& docker) {
  auto ports = ports_published_to_others(docker);
  return {.id = "ufw-bypassed",
          .severity = Severity::kWarning,
          .message = fmt::format("ufw is on, and does not see what comes to ports that Docker publishes{}",
                                 ports == 0 ? "" : fmt::format(" ({} now)", ports)),
          .why =
              "its rules are for INPUT; a published port is translated before and goes through FORWARD, "
              "where Docker accepts it: `ufw deny` does not close it",
          .instead =
              "wish for a rule in DOCKER-USER for what shall be closed, or publish on an address "
              "(`-p 127.0.0.1:8080:80`); `ufw reload` leaves such rules alone"};
}

Advice firewalld_flushes() {
  return {
      .id = "firewalld-flushes",
      .severity = Severity::kWarning,
      .message = "firewalld works on iptables, and flushes Docker's rules when it is reloaded or restarted",
      .why =
          "Docker hears of it and writes its own again, but rules of others in DOCKER-USER, FORWARD "
          "and INPUT are gone",
      .instead =
          "set FirewallBackend=nftables in /etc/firewalld/firewalld.conf, or let one of the two have "
          "the rules"};
}

Advice firewalld_is_bypassed() {
  return {.id = "firewalld-bypassed",
          .severity = Severity::kWarning,
          .message = "firewalld is on, and does not decide about ports that Docker publishes",
          .why =
              "Docker puts its bridges into a zone of firewalld that accepts everything; the zones of the "
              "other interfaces are for what comes to the host itself",
          .instead = "wish for a rule in DOCKER-USER for what shall be closed, or publish on an address"};
}

Advice flushes_everything(const std::string& how) {
  return {.id = "nftables-flush-ruleset",
          .severity = Severity::kWarning,
          .message = fmt::format("nftables.service is enabled, and {}", how),
          .why = "all rules on nftables are gone then: Docker's, pyfw's, those of fail2ban",
          .instead =
              "let /etc/nftables.conf begin with `table inet mine` and `delete table inet mine` instead, "
              "for each table of your own, and reload rather than restart; or disable nftables.service"};
}

// What its file and its unit say; empty where neither flushes all.
std::string how_nftables_flushes(const Examined& host) {
  const auto* unit = host.units.find("nftables.service");
  // Nothing is there then for nft to flush.
  bool is_all_legacy = host.host.backend == Backend::kLegacy && !host.host.other;
  if (unit == nullptr || is_all_legacy || !host.units.starts_at_boot("nftables.service")) return {};
  if (flushes_ruleset(host.others.nftables_conf))
    return host.others.nftables_path + " says `flush ruleset`, whenever it starts or reloads";
  bool does = std::ranges::any_of(unit->text.stop_commands, [](const std::string& command) {
    return command.find("flush ruleset") != std::string::npos;
  });
  return does ? "flushes all when it is stopped or restarted" : "";
}

Advice saved_with_docker(const SavedRules& saved) {
  return {
      .id = "saved-rules-of-docker",
      .severity = Severity::kWarning,
      .message =
          fmt::format("{} holds rules of Docker, and {} puts them back at boot", saved.path, saved.unit),
      .why =
          "they are of the containers of the day on which they were saved: ports lead to addresses that "
          "other containers have by now",
      .instead = fmt::format("take the lines with DOCKER and with Docker's bridges out of {}, or disable {}; "
                             "pyfw.service puts back what was wished for",
                             saved.path, saved.unit)};
}

// Who bans, how its chains and sets begin, and how it is told to ban in DOCKER-USER.
struct Banning {
  std::string_view who;
  std::string_view chains;
  std::string_view sets;
  std::string_view nft_table;  // where it has one that only INPUT leads to
  std::string_view instead;
};
constexpr std::array kBanning = {
    Banning{"fail2ban", "f2b-", "f2b-", "f2b-table",
            "for a jail that watches a container set `chain = DOCKER-USER`; its ports are then those of the "
            "container"},
    Banning{"CrowdSec", "CROWDSEC_CHAIN", "crowdsec", "",
            "add DOCKER-USER to iptables_chains in /etc/crowdsec/bouncers/crowdsec-firewall-bouncer.yaml"},
};

Advice bans_miss_containers(const Banning& banning) {
  return {.id = "bans-miss-containers",
          .severity = Severity::kNote,
          .message =
              fmt::format("who is banned by {} still reaches the ports that Docker publishes", banning.who),
          .why = "its bans are in INPUT, and a published port goes through FORWARD",
          .instead = std::string(banning.instead)};
}

Advice is_of_kubernetes() {
  return {.id = "kubernetes",
          .severity = Severity::kNote,
          .message = "Kubernetes has chains here",
          .why =
              "it translates the ports of services in nat before Docker's rules are asked, chooses a pod by "
              "chance, and writes its rules again all the time",
          .instead =
              "leave chains that begin with KUBE- alone; `default_action: DROP` in FORWARD needs rules "
              "for pods"};
}

Advice two_have_the_rules(const std::vector<std::string>& others) {
  return {.id = "two-firewalls",
          .severity = Severity::kWarning,
          .message = fmt::format("pyfw's wishes were applied here, and {} manage{} rules too",
                                 join(others, " and "), others.size() == 1 ? "s" : ""),
          .why =
              "each sets policies and the order of rules as it likes, and the other's go or come to lie "
              "behind",
          .instead = "let one of them have the rules"};
}

// As ufw-docker has it, so that `ufw route` decides about published ports.
bool is_ufw_asked_of_published(const Examined& host) {
  return std::ranges::any_of(rulesets_of(host.host, Family::kIpv4), [](const Ruleset* rules) {
    return leads_to(*rules, "filter", "DOCKER-USER", "ufw-");
  });
}

bool asks_for_set(const Ruleset& rules, std::string_view chain, std::string_view beginning) {
  const auto* found = find_chain(rules, "filter", chain);
  return found != nullptr && std::ranges::any_of(found->rules, [&](const Rule& rule) {
           return std::ranges::any_of(sets_named_by(rule),
                                      [&](const std::string& set) { return set.starts_with(beginning); });
         });
}

// Bans of iptables that nothing but INPUT leads to, in chains or in sets.
bool bans_only_in_input(const Examined& host, const Banning& banning) {
  bool has_some = false;
  for (const auto* rules : rulesets_of(host.host, Family::kIpv4)) {
    auto is_asked = [&](std::string_view chain) {
      return leads_to(*rules, "filter", chain, banning.chains) || asks_for_set(*rules, chain, banning.sets);
    };
    if (is_asked("FORWARD") || is_asked("DOCKER-USER")) return false;
    has_some = has_some || is_asked("INPUT");
  }
  return has_some || (!banning.nft_table.empty() && has_table(host, banning.nft_table));
}

bool holds_docker(const SavedRules& saved) {
  return saved.text.find("\n:DOCKER") != std::string::npos || saved.text.starts_with(":DOCKER");
}

}  // namespace

Findings look_at_firewalls(const Examined& host) {
  Findings out;
  const auto* docker = docker_of(host);
  if (docker != nullptr && docker_writes_iptables(host)) {
    if (is_ufw_on(host) && !is_ufw_asked_of_published(host)) out.push_back(ufw_is_bypassed(*docker));
    if (is_firewalld_on(host))
      out.push_back(firewalld_has_iptables(host) ? firewalld_flushes() : firewalld_is_bypassed());
    for (const auto& banning : kBanning)
      if (ports_published_to_others(*docker) > 0 && bans_only_in_input(host, banning))
        out.push_back(bans_miss_containers(banning));
  }
  if (auto how = how_nftables_flushes(host); !how.empty()) out.push_back(flushes_everything(how));
  for (const auto& saved : host.others.saved)
    if (host.units.starts_at_boot(saved.unit) && holds_docker(saved)) out.push_back(saved_with_docker(saved));
  if (has_made_chains(host, "Kubernetes")) out.push_back(is_of_kubernetes());
  if (!host.own.has_applied) return out;
  std::vector<std::string> others;
  if (is_ufw_on(host)) others.emplace_back("ufw");
  if (is_firewalld_on(host)) others.emplace_back("firewalld");
  for (const auto& unit : flushing_units(host)) others.push_back(unit);
  if (!others.empty()) out.push_back(two_have_the_rules(others));
  return out;
}

}  // namespace pyfw
