// A host before and after, with one change of each kind.

#pragma once

#include <string>
#include <utility>

#include "nf/desired.h"

namespace pyfw {

struct Story {
  State live;
  Desired desired;
};

inline Rule wish(const std::string& name, const std::string& before, const std::string& target) {
  return {before + (before.empty() ? "" : " ") + "-m comment --comment " + name + " -j " + target};
}

inline ChainId ipv4(std::string table, std::string chain) {
  return {.family = Family::kIpv4, .table = std::move(table), .chain = std::move(chain)};
}

inline Story a_story() {
  const std::string established = "-m conntrack --ctstate RELATED,ESTABLISHED";
  const std::string reject = "REJECT --reject-with icmp-port-unreachable";
  Story story;
  auto& live = story.live;
  auto& live_input = ensure_chain(live.iptables, "filter", "INPUT");
  live_input.policy = "ACCEPT";
  live_input.rules = {{"-j f2b-sshd"},
                      wish("reject_others", "", reject),
                      wish("allow_office", "-s 198.51.100.0/24 -p tcp -m tcp --dport 22", "ACCEPT"),
                      {"-i virbr0 -p udp -m udp --dport 53 -j ACCEPT"},
                      {"-i virbr0 -p tcp -m tcp --dport 53 -j ACCEPT"},
                      {"-i virbr0 -p udp -m udp --dport 67 -j ACCEPT"},
                      {"-i virbr0 -p tcp -m tcp --dport 67 -j ACCEPT"},
                      {"-i virbr0 -p udp -m udp --dport 68 -j ACCEPT"},
                      {"-i virbr0 -p tcp -m tcp --dport 68 -j ACCEPT"},
                      wish("allow_telnet", "-p tcp -m tcp --dport 23", "ACCEPT")};
  ensure_chain(live.iptables, "filter", "f2b-sshd").rules = {{"-j RETURN"}};
  ensure_chain(live.iptables, "filter", "old_web").rules = {
      wish("web", "-p tcp -m tcp --dport 80", "ACCEPT")};
  live.sets = {{.name = "blocked", .type = "hash:net", .header = "family inet maxelem 65536"},
               {.name = "gone", .type = "hash:ip", .header = "family inet", .members = {"10.0.0.1"}},
               {.name = "lists", .type = "list:set", .header = "size 8", .members = {"blocked", "hosts"}},
               {.name = "hosts",
                .type = "hash:ip",
                .header = "family inet hashsize 1024 maxelem 65536",
                .members = {"192.168.122.7"}}};

  auto& desired = story.desired.state;
  desired = live;
  auto& input = ensure_chain(desired.iptables, "filter", "INPUT");
  const auto was = find_chain(live.iptables, "filter", "INPUT")->rules;
  input.policy = "DROP";
  input.rules = {wish("allow_established", established, "ACCEPT"),
                 was[0],
                 wish("allow_office", "-s 203.0.113.0/24 -p tcp -m tcp --dport 22", "ACCEPT"),
                 was[3],
                 was[4],
                 was[5],
                 was[6],
                 was[7],
                 was[8],
                 was[1]};
  story.desired.foreign[ipv4("filter", "INPUT")] = {false, true, false, true, true,
                                                    true,  true, true,  true, false};
  std::erase_if(desired.iptables.tables[0].chains,
                [](const Chain& chain) { return chain.name == "old_web"; });
  story.desired.removed_chains = {ipv4("filter", "old_web")};
  ensure_chain(desired.iptables, "filter", "web").rules = {
      wish("allow_web", "-p tcp -m tcp --dport 80", "ACCEPT")};
  ensure_chain(desired.iptables, "nat", "POSTROUTING").rules = {{"-s 10.8.0.0/24 -o eth0 -j MASQUERADE"}};
  ensure_chain(desired.ip6tables, "filter", "INPUT").policy = "DROP";
  desired.sets = {{.name = "blocked", .type = "hash:net", .header = "family inet maxelem 131072 timeout 600"},
                  {.name = "lists", .type = "list:set", .header = "size 8", .members = {"hosts", "blocked"}},
                  {.name = "hosts", .type = "hash:ip", .header = "family inet hashsize 1024 maxelem 65536"},
                  {.name = "fresh",
                   .type = "hash:ip",
                   .header = "family inet maxelem 65536",
                   .members = {"192.0.2.1", "192.0.2.2"}}};
  for (int i = 1; i <= 12; ++i) desired.sets[2].members.push_back("192.168.122." + std::to_string(100 + i));
  story.desired.removed_sets = {"gone"};
  return story;
}

}  // namespace pyfw
