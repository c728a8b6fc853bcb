#include "random_match.h"

#include <fmt/format.h>

#include <algorithm>

namespace pyfw::differential {
namespace {

constexpr Hooks kPre = bit(Hook::kPrerouting);
constexpr Hooks kIn = bit(Hook::kInput);
constexpr Hooks kForward = bit(Hook::kForward);
constexpr Hooks kOut = bit(Hook::kOutput);
constexpr Hooks kPost = bit(Hook::kPostrouting);

std::string pick(const Near& near, const std::vector<std::string>& words) { return near.dice().pick(words); }

// --- of a protocol ---------------------------------------------------------------------------------------

std::string of_ports(const Near& near) {
  return fmt::format("{}{} {}", near.maybe_not(), pick(near, {"--sport", "--dport", "--dport", "--dport"}),
                     near.ports());
}

std::string of_tcp(const Near& near) {
  if (near.dice().chance(20))
    return fmt::format("{}--tcp-flags {} {}", near.maybe_not(),
                       pick(near, {"FIN,SYN,RST,ACK", "SYN,ACK", "FIN,SYN,RST,PSH,ACK,URG", "RST"}),
                       pick(near, {"SYN", "ACK", "NONE", "FIN,ACK"}));
  if (near.dice().chance(8)) return near.maybe_not() + "--tcp-option " + pick(near, {"2", "3", "4"});
  return of_ports(near);
}

std::string of_icmp(const Near& near) {
  if (near.is_ipv4())
    return near.maybe_not() + "--icmp-type " +
           pick(near, {"8", "0", "any", "3", "3/1", "3/3", "11/0", "13", "echo-request"});
  return near.maybe_not() + "--icmpv6-type " + pick(near, {"128", "129", "1", "1/4", "3/0", "135", "2"});
}

Matches of_protocol(const Near& near) {
  auto chance = near.dice().below(130);
  auto icmp = std::string(near.is_ipv4() ? "icmp" : "ipv6-icmp");
  if (chance < 30)
    return {.text = " -p tcp" + (near.dice().chance(80) ? " -m tcp " + of_tcp(near) : ""), .protocol = kTcp};
  if (chance < 45)
    return {.text = " -p udp" + (near.dice().chance(80) ? " -m udp " + of_ports(near) : ""),
            .protocol = kUdp};
  if (chance < 55)
    return {.text = fmt::format(
                " -p {}{}", icmp,
                near.dice().chance(70) ? (near.is_ipv4() ? " -m icmp " : " -m icmp6 ") + of_icmp(near) : ""),
            .protocol = near.is_ipv4() ? kIcmp : kIcmp6};
  if (chance < 58) return {.text = " -p sctp -m sctp " + of_ports(near), .protocol = kSctp};
  if (chance < 60) return {.text = " -p udplite", .protocol = kUdplite};
  if (chance < 63) return {.text = " ! -p tcp"};
  if (chance < 65) return {.text = fmt::format(" -p {}", pick(near, {"gre", "esp", "253"}))};
  return {};
}

// --- of all the others -----------------------------------------------------------------------------------

std::string conntrack(const Near& near) {
  switch (near.dice().below(10)) {
    case 0: return "-m conntrack " + near.maybe_not() + "--ctorigsrc " + near.prefix();
    case 1: return "-m conntrack " + near.maybe_not() + "--ctorigdst " + near.prefix();
    case 2:
      return "-m conntrack " + near.maybe_not() + pick(near, {"--ctreplsrc ", "--ctrepldst "}) +
             near.prefix();
    case 3:
      return fmt::format("-m conntrack --ctproto 6 {}--ctorigdstport {}", near.maybe_not(), near.ports());
    case 4:
      return fmt::format("-m conntrack --ctproto 17 {}--ctreplsrcport {}", near.maybe_not(), near.ports());
    case 5:
      return "-m conntrack " + near.maybe_not() + "--ctstatus " +
             pick(near, {"SEEN_REPLY", "ASSURED", "CONFIRMED", "NONE", "EXPECTED", "SEEN_REPLY,ASSURED"});
    case 6: return "-m conntrack --ctdir " + pick(near, {"ORIGINAL", "REPLY"});
    default:
      return "-m conntrack " + near.maybe_not() + "--ctstate " +
             pick(near, {"NEW", "ESTABLISHED", "RELATED,ESTABLISHED", "INVALID", "RELATED", "UNTRACKED",
                         "DNAT", "SNAT", "INVALID,NEW", "NEW,UNTRACKED"});
  }
}

std::string state(const Near& near) {
  return "-m state " + near.maybe_not() + "--state " +
         pick(near, {"NEW", "ESTABLISHED", "RELATED,ESTABLISHED", "INVALID", "INVALID,NEW", "UNTRACKED"});
}

std::string iprange(const Near& near) {
  return fmt::format("-m iprange {}{} {}", near.maybe_not(), pick(near, {"--src-range", "--dst-range"}),
                     near.address_range());
}

std::string mark(const Near& near) {
  return "-m mark " + near.maybe_not() + "--mark " + near.number_and_mask();
}
std::string connmark(const Near& near) {
  return "-m connmark " + near.maybe_not() + "--mark " + near.number_and_mask();
}
std::string comment(const Near& near) {
  return "-m comment --comment " + pick(near, {"one", "\"two words\""});
}
std::string mac(const Near& near) { return "-m mac " + near.maybe_not() + "--mac-source " + near.mac(); }
std::string pkttype(const Near& near) {
  return "-m pkttype " + near.maybe_not() + "--pkt-type " + pick(near, {"unicast", "broadcast", "multicast"});
}
std::string length(const Near& near) {
  return "-m length " + near.maybe_not() + "--length " +
         pick(near, {"60", "0:60", "100", "61:1500", "84", "28:40"});
}
std::string ttl(const Near& near) {
  auto value = pick(near, {"1", "63", "64", "100"});
  if (near.is_ipv4()) return "-m ttl " + pick(near, {"--ttl-eq ", "--ttl-gt ", "--ttl-lt "}) + value;
  return "-m hl " + pick(near, {"--hl-eq ", "--hl-gt ", "--hl-lt "}) + value;
}
std::string tos(const Near& near) {
  return "-m tos " + near.maybe_not() + "--tos " +
         pick(near, {"0x00/0xff", "0x10/0x3f", "0x08/0xff", "0xb8/0xfc"});
}
std::string dscp(const Near& near) {
  return "-m dscp " + near.maybe_not() + "--dscp " + pick(near, {"0x00", "0x2e", "0x04"});
}
std::string ecn(const Near& near) {
  return "-m ecn " + near.maybe_not() + "--ecn-ip-ect " + pick(near, {"0", "1", "3"});
}
std::string owner(const Near& near) {
  return "-m owner " + near.maybe_not() +
         pick(near, {"--uid-owner 0", "--uid-owner 1000", "--gid-owner 100", "--socket-exists",
                     "--uid-owner 0-999"});
}
std::string addrtype(const Near& near) {
  const std::vector<std::string> kTypes4 = {"LOCAL",       "UNICAST",   "BROADCAST",       "MULTICAST",
                                            "UNREACHABLE", "BLACKHOLE", "LOCAL,BROADCAST", "PROHIBIT"};
  const std::vector<std::string> kTypes6 = {"LOCAL", "UNICAST", "MULTICAST", "UNREACHABLE",
                                            "LOCAL,MULTICAST"};
  return fmt::format("-m addrtype {}{} {}", near.maybe_not(),
                     pick(near, {"--src-type", "--dst-type", "--dst-type"}),
                     pick(near, near.is_ipv4() ? kTypes4 : kTypes6));
}
std::string addrtype_in(const Near& near) { return addrtype(near) + " --limit-iface-in"; }
std::string addrtype_out(const Near& near) { return addrtype(near) + " --limit-iface-out"; }
std::string physdev_in(const Near& near) {
  return "-m physdev " + near.maybe_not() + "--physdev-in " + near.wire();
}
std::string physdev_is_in(const Near& near) { return "-m physdev " + near.maybe_not() + "--physdev-is-in"; }
std::string physdev_out(const Near& near) {
  return "-m physdev " + near.maybe_not() + "--physdev-out " + near.wire() + " --physdev-is-bridged";
}
std::string physdev_bridged(const Near& near) {
  return "-m physdev " + near.maybe_not() + "--physdev-is-bridged";
}
std::string rpfilter(const Near& near) {
  return "-m rpfilter" +
         pick(near, {"", " --invert", " --loose", " --loose --invert", " --validmark", " --accept-local"});
}
std::string limit(const Near& near) { return "-m limit --limit " + pick(near, {"3/min", "10/sec"}); }
std::string statistic(const Near& near) {
  return "-m statistic --mode random --probability " + pick(near, {"0.5", "0.2"});
}
std::string fragment(const Near& near) { return near.maybe_not() + "-f"; }
std::string policy_in(const Near& near) {
  return "-m policy --dir in --pol " + pick(near, {"none", "ipsec"});
}
std::string policy_out(const Near& near) {
  return "-m policy --dir out --pol " + pick(near, {"none", "ipsec"});
}

struct Maker {
  std::string (*make)(const Near& near);
  int weight;
  Hooks hooks = kAllHooks;        // where the kernel takes it
  std::string_view only_in = {};  // tables
};

constexpr Maker kMakers[] = {
    {conntrack, 22},
    {state, 8},
    {iprange, 6},
    {mark, 12},
    {connmark, 6},
    {comment, 2},
    {mac, 4, kPre | kIn | kForward},
    {pkttype, 4},
    {length, 5},
    {ttl, 5},
    {tos, 4},
    {dscp, 3},
    {ecn, 2},
    {owner, 12, kOut | kPost},
    {addrtype, 10},
    {addrtype_in, 3, kPre | kIn},
    {addrtype_out, 3, kOut | kPost},
    {physdev_in, 4, kPre | kIn | kForward},
    {physdev_is_in, 2, kPre | kIn | kForward},
    {physdev_out, 3, kForward},
    {physdev_bridged, 2, kForward},
    {rpfilter, 8, kPre, "raw mangle"},
    {limit, 1},
    {statistic, 1},
    {policy_in, 1, kPre | kIn | kForward},
    {policy_out, 1, kForward | kOut | kPost},
};

bool fits(const Maker& maker, const Standing& standing) {
  return (standing.hooks & ~maker.hooks) == 0 &&
         (maker.only_in.empty() || maker.only_in.find(standing.table) != std::string_view::npos);
}

std::string of_others(const Near& near, const Standing& standing) {
  int total = 0;
  for (const auto& maker : kMakers) total += fits(maker, standing) ? maker.weight : 0;
  auto left = static_cast<int>(near.dice().below(static_cast<std::size_t>(total)));
  for (const auto& maker : kMakers) {
    if (!fits(maker, standing)) continue;
    left -= maker.weight;
    if (left < 0) return maker.make(near);
  }
  return {};
}

// --- sets ------------------------------------------------------------------------------------------------

std::string of_set(const Near& near, const Sets& sets) {
  std::vector<const Set*> fitting;
  for (const auto& set : sets)
    if (has_family(set, near.family()) && (near.is_ipv4() || set.type != "bitmap:ip"))
      fitting.push_back(&set);
  if (fitting.empty()) return {};
  const auto& set = *near.dice().pick(fitting);
  auto dimensions = set.type == "list:set" ? 2 : 1 + std::ranges::count(set.type, ',');
  std::string flags;
  for (int i = 0; i < dimensions; ++i) flags += (i > 0 ? "," : "") + pick(near, {"src", "dst"});
  return fmt::format(
      " -m set {}--match-set {} {}{}", near.maybe_not(), set.name, flags,
      near.dice().chance(8) && set.type.find("net") != std::string::npos ? " --return-nomatch" : "");
}

std::string of_interfaces(const Near& near, const Standing& standing) {
  std::string out;
  bool may_in = !standing.is_builtin || (standing.hooks & (kOut | kPost)) == 0;
  bool may_out = !standing.is_builtin || (standing.hooks & (kPre | kIn)) == 0;
  if (may_in && near.dice().chance(14)) out += fmt::format(" {}-i {}", near.maybe_not(), near.interface());
  if (may_out && near.dice().chance(14)) out += fmt::format(" {}-o {}", near.maybe_not(), near.interface());
  return out;
}

std::string multiport(const Near& near) {
  return fmt::format(" -m multiport {}{} {},{}", near.maybe_not(),
                     pick(near, {"--sports", "--dports", "--ports"}), near.ports(), near.port());
}

}  // namespace

Matches random_matches(const Near& near, const Standing& standing, const Sets& sets, std::size_t most) {
  auto& dice = near.dice();
  Matches out = of_protocol(near);
  std::string first;
  if (dice.chance(20)) first += fmt::format(" {}-s {}", near.maybe_not(), near.prefix());
  if (dice.chance(20)) first += fmt::format(" {}-d {}", near.maybe_not(), near.prefix());
  first += of_interfaces(near, standing);
  if (near.is_ipv4() && !out.protocol && dice.chance(2)) first += " " + fragment(near);
  out.text = first + out.text;
  bool has_ports = out.protocol && (*out.protocol == kTcp || *out.protocol == kUdp);
  if (has_ports && dice.chance(15)) out.text += multiport(near);
  if (dice.chance(12)) out.text += of_set(near, sets);
  for (std::size_t i = dice.chance(45) ? 0 : 1 + dice.below(most); i > 0; --i)
    out.text += " " + of_others(near, standing);
  return out;
}

}  // namespace pyfw::differential
