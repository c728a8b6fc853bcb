#include "random_target.h"

#include <fmt/format.h>

namespace pyfw::differential {
namespace {

constexpr Hooks kPre = bit(Hook::kPrerouting);
constexpr Hooks kIn = bit(Hook::kInput);
constexpr Hooks kForward = bit(Hook::kForward);
constexpr Hooks kOut = bit(Hook::kOutput);
constexpr Hooks kPost = bit(Hook::kPostrouting);

std::string pick(const Near& near, const std::vector<std::string>& words) { return near.dice().pick(words); }

bool has_ports_to_change(const Matches& matches) {
  return matches.protocol == kTcp || matches.protocol == kUdp;
}

// "10.0.0.2", "10.0.0.2:80", "10.0.0.2-10.0.0.3", ":8080".
std::string new_place(const Near& near, const Ip& ip, const Matches& matches) {
  if (!has_ports_to_change(matches) || near.dice().chance(40)) return ip.to_string();
  auto text = near.is_ipv4() ? ip.to_string() : fmt::format("[{}]", ip.to_string());
  return fmt::format("{}:{}", near.dice().chance(15) && near.is_ipv4() ? "" : text, near.port());
}

std::string dnat(const Near& near, const Matches& matches) {
  auto to = near.dice().chance(80) ? near.neighbour() : near.own();
  return " -j DNAT --to-destination " + new_place(near, to, matches);
}

std::string snat(const Near& near, const Matches& matches) {
  auto to = near.dice().chance(70) ? near.own() : near.neighbour();
  return " -j SNAT --to-source " + new_place(near, to, matches);
}

std::string redirect(const Near& near, const Matches& matches) {
  if (!has_ports_to_change(matches)) return " -j REDIRECT";
  return fmt::format(" -j REDIRECT --to-ports {}", near.port());
}

std::string netmap(const Near& near) {
  return near.is_ipv4() ? " -j NETMAP --to " + pick(near, {"10.0.1.0/24", "10.0.0.0/28", "198.51.100.7/32"})
                        : " -j NETMAP --to " + pick(near, {"fd00:1::/64", "fd00:0::/112"});
}

std::string masquerade(const Near& near, const Matches& matches) {
  if (!has_ports_to_change(matches) || near.dice().chance(70)) return " -j MASQUERADE";
  return fmt::format(" -j MASQUERADE --to-ports {}", near.port());
}

std::string of_nat(const Near& near, const Standing& standing, const Matches& matches) {
  std::vector<std::string> may = {" -j ACCEPT", " -j RETURN", " -j LOG"};
  auto only_in = [&](Hooks hooks) { return (standing.hooks & ~hooks) == 0; };
  if (only_in(kPre | kOut))
    may.insert(may.end(), {dnat(near, matches), dnat(near, matches), redirect(near, matches)});
  if (only_in(kPost)) may.insert(may.end(), {masquerade(near, matches), masquerade(near, matches)});
  if (only_in(kPost | kIn)) may.push_back(snat(near, matches));
  may.push_back(netmap(near));
  return near.dice().pick(may);
}

std::string of_mangle(const Near& near, const Standing& standing) {
  switch (near.dice().below(9)) {
    case 0: return " -j MARK --set-xmark " + near.number_and_mask();
    case 1: return " -j MARK --set-xmark 0x1/0xffffffff";
    case 2: return " -j CONNMARK --set-xmark " + near.number_and_mask();
    case 3: return " -j CONNMARK " + pick(near, {"--save-mark", "--save-mark --nfmask 0x3 --ctmask 0x3"});
    case 4:
      return " -j CONNMARK " + pick(near, {"--restore-mark", "--restore-mark --nfmask 0xff --ctmask 0xff"});
    case 5:
      return near.is_ipv4()
                 ? " -j TTL " + pick(near, {"--ttl-set 64", "--ttl-dec 1", "--ttl-inc 1", "--ttl-set 1"})
                 : " -j HL " + pick(near, {"--hl-set 64", "--hl-dec 1", "--hl-inc 1", "--hl-set 1"});
    case 6: return " -j TOS --set-tos " + pick(near, {"0x10/0xff", "0x08/0x3f", "0x00/0xff"});
    case 7: return " -j DSCP --set-dscp " + pick(near, {"0x2e", "0x00"});
    default:
      if ((standing.hooks & ~(kForward | kOut | kPost)) == 0) return " -j CLASSIFY --set-class 1:1";
      return " -j MARK --set-xmark 0x2/0x2";
  }
}

std::string reject(const Near& near, const Matches& matches) {
  if (matches.protocol == kTcp && near.dice().chance(30)) return " -j REJECT --reject-with tcp-reset";
  if (near.is_ipv4())
    return " -j REJECT --reject-with " + pick(near, {"icmp-port-unreachable", "icmp-net-unreachable",
                                                     "icmp-host-prohibited", "icmp-admin-prohibited"});
  return " -j REJECT --reject-with " +
         pick(near, {"icmp6-port-unreachable", "icmp6-adm-prohibited", "icmp6-no-route"});
}

std::string going_on(const Near& near) {
  return pick(near, {"", "", " -j LOG", " -j LOG --log-prefix \"seen \"", " -j NFLOG --nflog-group 5"});
}

std::string ending(const Near& near, const Standing& standing, const Matches& matches) {
  auto chance = near.dice().below(100);
  if (chance < 45) return " -j ACCEPT";
  if (chance < 82) return " -j RETURN";
  bool may_reject = standing.table == "filter" && (standing.hooks & ~(kIn | kForward | kOut)) == 0;
  if (may_reject && chance < 91) return reject(near, matches);
  return " -j DROP";
}

}  // namespace

std::string random_target(const Near& near, const Standing& standing, const Matches& matches,
                          const std::vector<std::string>& jumps) {
  auto& dice = near.dice();
  if (!jumps.empty() && dice.chance(35)) return (dice.chance(25) ? " -g " : " -j ") + dice.pick(jumps);
  if (standing.table == "nat") return dice.chance(10) ? going_on(near) : of_nat(near, standing, matches);
  if (dice.chance(35)) return going_on(near);
  if (standing.table == "mangle" && dice.chance(75)) return of_mangle(near, standing);
  if (standing.table == "raw" && dice.chance(30)) return dice.chance(50) ? " -j NOTRACK" : " -j CT --notrack";
  if (standing.table == "filter" && dice.chance(10)) return " -j MARK --set-xmark " + near.number_and_mask();
  return ending(near, standing, matches);
}

}  // namespace pyfw::differential
