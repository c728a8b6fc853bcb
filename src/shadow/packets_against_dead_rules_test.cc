// Rules that are found to be dead, against packets that are walked through the chains.

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "shadow/chain_reach.h"
#include "shadow/dead_rules.h"
#include "trace/host_for_tests.h"
#include "trace/journey.h"

namespace pyfw {
namespace {

int any(int end) { return *rc::gen::inRange(0, end); }

template <typename T>
const T& one_of(const std::vector<T>& some) {
  return some[static_cast<std::size_t>(any(static_cast<int>(some.size())))];
}
std::string one_word(const std::vector<std::string>& some) { return one_of(some); }

const std::vector<std::string> kAddresses = {"10.0.0.1", "10.0.0.2",  "10.0.0.3",
                                             "10.0.1.1", "192.0.2.1", "0.0.0.0"};
const std::vector<std::string> kPrefixes = {"10.0.0.0/30", "10.0.0.2/31",  "10.0.0.1/32",
                                            "10.0.0.0/8",  "192.0.2.1/32", "10.0.0.1/255.0.255.255"};
const std::vector<std::string> kInterfaces = {"eth0", "eth1", "eth10", "veth2", "lo"};
const std::vector<std::string> kPatterns = {"eth0", "eth1", "eth1+", "eth+", "veth2", "+"};
const std::vector<std::string> kStates = {"INVALID",   "NEW",  "ESTABLISHED", "RELATED",
                                          "UNTRACKED", "SNAT", "DNAT"};

const char* kSets =
    "create few hash:ip family inet hashsize 1024 maxelem 65536\nadd few 10.0.0.1\nadd few 10.0.0.2\n"
    "create nets hash:net family inet hashsize 1024 maxelem 65536\nadd nets 10.0.0.0/24\n"
    "add nets 10.0.0.3 nomatch\ncreate none hash:net family inet hashsize 1024 maxelem 65536\n"
    "create all hash:net family inet hashsize 1024 maxelem 65536\nadd all 0.0.0.0/1\nadd all 128.0.0.0/1\n"
    "create six hash:net family inet6 hashsize 1024 maxelem 65536\nadd six ::/1\nadd six 8000::/1\n"
    "create pairs hash:ip,port family inet hashsize 1024 maxelem 65536\nadd pairs 10.0.0.1,tcp:2\n"
    "add pairs 10.0.0.2,udp:3\ncreate lists list:set size 8\nadd lists few\nadd lists pairs\n"
    "create seen hash:ip family inet hashsize 1024 maxelem 65536\n";

std::string inverted() { return any(3) == 0 ? "! " : ""; }

// Matches of which each packet tells by its numbers, addresses and names.
std::string exact_match() {
  switch (any(14)) {
    case 0: return fmt::format("{}-s {} ", inverted(), one_word(kPrefixes));
    case 1: return fmt::format("{}-d {} ", inverted(), one_word(kPrefixes));
    case 2: return fmt::format("-p tcp -m tcp {}--dport {}:{} ", inverted(), any(3), 2 + any(4));
    case 3: return fmt::format("-p udp -m udp {}--sport {} ", inverted(), any(4));
    case 4: return fmt::format("{}-p {} ", inverted(), one_word({"tcp", "udp", "icmp", "47"}));
    case 5: return fmt::format("{}-i {} ", inverted(), one_word(kPatterns));
    case 6: return fmt::format("{}-o {} ", inverted(), one_word(kPatterns));
    case 7:
      return fmt::format("-m conntrack {}--ctstate {},{} ", inverted(), one_word(kStates), one_word(kStates));
    case 8:
      return fmt::format("-m mark {}--mark {}/{} ", inverted(), any(4),
                         one_word({"0x3", "0x1", "0xffffffff"}));
    case 9:
      return fmt::format("-m set {}--match-set {} {} ", inverted(),
                         one_word({"few", "nets", "none", "all", "six"}), one_word({"src", "dst"}));
    case 10:
      return fmt::format("-p tcp -m tcp {}--tcp-flags SYN,ACK {} ", inverted(),
                         one_word({"SYN", "ACK", "NONE"}));
    case 11: return fmt::format("-m ttl --ttl-{} {} ", one_word({"lt", "gt", "eq"}), 1 + any(3));
    case 12: return fmt::format("-p icmp -m icmp {}--icmp-type {} ", inverted(), one_word({"8", "3/1", "3"}));
    default: return "";
  }
}

std::string some_match() {
  switch (any(24)) {
    case 0:
      return fmt::format("-m set {}--match-set {} {} ", inverted(), one_word({"pairs", "lists", "seen"}),
                         one_word({"src,dst", "dst,src", "src"}));
    case 1: return "-m limit --limit 3/min ";
    case 2: return fmt::format("-m addrtype {}--dst-type LOCAL ", inverted());
    case 3: return fmt::format("-m conntrack {}--ctorigdst {} ", inverted(), one_word(kPrefixes));
    case 4: return fmt::format("-m connmark {}--mark {} ", inverted(), any(3));
    case 5:
      return fmt::format("-m conntrack --ctstate NEW {}--ctorigdstport {} --ctdir {} ", inverted(), any(3),
                         one_word({"ORIGINAL", "REPLY"}));
    case 6:
      return fmt::format("-m physdev {}--physdev-{} {} ", inverted(), one_word({"in", "out"}),
                         one_word(kPatterns));
    case 7:
      return fmt::format("-m physdev {}--physdev-{} ", inverted(),
                         one_word({"is-in", "is-out", "is-bridged"}));
    case 8:
      return fmt::format("-m owner {}{} ", inverted(),
                         one_word({"--uid-owner 0", "--gid-owner 0-5", "--socket-exists"}));
    case 9: return fmt::format("{}-f ", inverted());
    case 10: return fmt::format("-m length {}--length {}:60 ", inverted(), 40 + 20 * any(2));
    case 11: return fmt::format("-m tos {}--tos 0x08/0x3f ", inverted());
    case 12: return fmt::format("-p tcp -m multiport {}--ports 1,2,3 ", inverted());
    case 13:
      return fmt::format("-m pkttype {}--pkt-type {} ", inverted(), one_word({"unicast", "broadcast"}));
    case 14: return fmt::format("-m mac {}--mac-source 02:00:00:00:00:01 ", inverted());
    case 15:
      return fmt::format("-m conntrack {}--ctstatus {} ", inverted(),
                         one_word({"NONE", "CONFIRMED", "ASSURED,SEEN_REPLY"}));
    case 16: return fmt::format("-p tcp -m tcp {}--tcp-option 2 ", inverted());
    default: return exact_match();
  }
}

constexpr std::array kChains = {"ONE", "TWO", "THREE"};

// Rules of a builtin chain, or of one of the others, which jumps to those behind it only.
std::string some_rules(const std::string& chain, std::size_t next, const std::vector<std::string>& targets,
                       bool is_exact) {
  std::string out;
  for (int i = any(7); i > 0; --i) {
    out += "-A " + chain + " ";
    for (int matches = any(3); matches > 0; --matches) out += is_exact ? exact_match() : some_match();
    auto to = next + static_cast<std::size_t>(any(3));
    if (to < kChains.size() && any(3) == 0) {
      out += fmt::format("-{} {}\n", any(4) == 0 ? "g" : "j", kChains[to]);
    } else {
      auto target = one_of(targets);
      if (target.find("--to-") != std::string::npos && chain != "PREROUTING") target = "ACCEPT";
      out += fmt::format("-j {}\n", target);
    }
  }
  return out;
}

std::string some_table(const std::string& table, const std::vector<std::string>& targets, bool is_exact) {
  std::string out = "*" + table + "\n";
  for (auto chain : builtin_chains(table)) out += fmt::format(":{} ACCEPT [0:0]\n", chain);
  for (const auto* chain : kChains) out += fmt::format(":{} - [0:0]\n", chain);
  for (auto chain : builtin_chains(table)) out += some_rules(std::string(chain), 0, targets, is_exact);
  for (std::size_t i = 0; i < kChains.size(); ++i) out += some_rules(kChains[i], i + 1, targets, is_exact);
  return out + "COMMIT\n";
}

std::string some_table() {
  switch (any(4)) {
    case 0: return some_table("raw", {"ACCEPT", "DROP", "NOTRACK", "CT --zone 1", "RETURN"}, false);
    case 1:
      return some_table("mangle",
                        {"MARK --set-xmark 0x1/0xffffffff", "MARK --set-xmark 0x2/0x2", "MARK --xor-mark 0x1",
                         "CONNMARK --set-xmark 0x2/0xffffffff",
                         "CONNMARK --save-mark --nfmask 0xffffffff --ctmask 0xffffffff",
                         "CONNMARK --restore-mark --nfmask 0x1 --ctmask 0x3", "TTL --ttl-set 2",
                         "TTL --ttl-dec 1", "TOS --set-tos 0x08/0x3f", "TCPOPTSTRIP --strip-options 2",
                         "ACCEPT", "DROP", "RETURN", "SET --add-set seen src"},
                        false);
    case 2: return some_table("nat", {"DNAT --to-destination 10.0.0.2", "ACCEPT", "RETURN", "LOG"}, false);
    default:
      return some_table(
          "filter", {"ACCEPT", "DROP", "REJECT --reject-with icmp-port-unreachable", "RETURN", "LOG"}, false);
  }
}

// What a hook can get. Nothing of it is unknown: the tracer would suppose one thing for one rule, another for
// the next.
Encounter some_encounter(const TracedChain& chain) {
  Encounter out;
  auto& packet = out.packet;
  packet.source = ip(one_of(kAddresses));
  packet.destination = ip(one_of(kAddresses));
  packet.protocol = one_of(std::vector<std::uint8_t>{kTcp, kTcp, kUdp, kIcmp, 47});
  packet.source_port = static_cast<std::uint16_t>(any(6));
  packet.destination_port = static_cast<std::uint16_t>(any(6));
  packet.tcp_flags = one_of(std::vector<std::uint8_t>{0, kSyn, kSyn | kAck, kAck});
  packet.tcp_option_kinds = static_cast<std::uint8_t>(any(8));
  packet.icmp_type = one_of(std::vector<std::uint8_t>{8, 3, 0});
  packet.icmp_code = static_cast<std::uint8_t>(any(3));
  packet.ttl = static_cast<std::uint8_t>(any(5));
  packet.tos = one_of(std::vector<std::uint8_t>{0, 8, 9});
  packet.length = static_cast<std::uint16_t>(40 + 20 * any(3));
  packet.is_fragment = any(6) == 0;
  packet.source_mac = Mac{2, 0, 0, 0, 0, static_cast<std::uint8_t>(any(3))};
  out.mark = static_cast<std::uint32_t>(any(4));
  out.type = one_of(std::vector{PacketType::kUnicast, PacketType::kBroadcast, PacketType::kMulticast});
  const std::vector<std::pair<std::string, Hook>> kHooks = {{"PREROUTING", Hook::kPrerouting},
                                                            {"INPUT", Hook::kInput},
                                                            {"FORWARD", Hook::kForward},
                                                            {"OUTPUT", Hook::kOutput},
                                                            {"POSTROUTING", Hook::kPostrouting}};
  out.hook = std::ranges::find(kHooks, chain.name, [](const auto& known) { return known.first; })->second;
  bool goes_out = out.hook != Hook::kPrerouting && out.hook != Hook::kInput;
  bool comes_in = out.hook != Hook::kOutput && (out.hook != Hook::kPostrouting || any(2) == 0);
  if (comes_in) out.in_interface = one_of(kInterfaces);
  if (goes_out) out.out_interface = one_of(kInterfaces);
  if (comes_in && any(2) == 0) out.physical_in = one_of(kInterfaces);
  if (goes_out && any(2) == 0) out.physical_out = one_of(kInterfaces);
  out.is_bridged = !out.physical_out.empty() && any(3) == 0;
  if (any(2) == 0) out.owner = SocketOwner{.uid = any(2), .gid = 5 + any(2), .is_kernel = any(4) == 0};
  constexpr std::array kCtStates = {CtState::kNew, CtState::kRelated, CtState::kEstablished,
                                    CtState::kInvalid, CtState::kUntracked};
  out.state = kCtStates[static_cast<std::size_t>(any(chain.table == "nat" ? 2 : 5))];
  if (out.state == CtState::kInvalid || out.state == CtState::kUntracked) return out;
  if (chain.table == "raw" && any(2) == 0) return out;
  CtTuple original{
      .source = packet.source, .destination = ip(one_of(kAddresses)), .protocol = packet.protocol};
  original.destination_port = static_cast<std::uint16_t>(any(3));
  out.connection = Connection{.original = original,
                              .reply = {.source = original.destination,
                                        .destination = original.source,
                                        .protocol = original.protocol,
                                        .source_port = original.destination_port},
                              .is_reply = any(2) == 0,
                              .status = static_cast<std::uint8_t>(any(16)),
                              .has_dnat = any(3) == 0,
                              .has_snat = any(3) == 0,
                              .mark = static_cast<std::uint32_t>(any(4))};
  return out;
}

// The rules that matched, by the tracer's walk of the chain.
std::vector<RuleRef> matched_by(const TracedHost& host, ChainIndex chain, const Encounter& encounter,
                                const std::vector<bool>& answers) {
  Arrival arrival{.packet = encounter.packet, .in_interface = encounter.in_interface};
  Choices choices{.answers = answers};
  Journey journey{
      .host = host.compiled(), .arrival = arrival, .choices = choices, .path = {}, .now = encounter};
  walk_chain(journey, chain);
  std::vector<RuleRef> out;
  for (const auto& step : journey.path.steps)
    if (step.kind == StepKind::kMatched) out.push_back({.chain = step.chain, .rule = step.rule});
  return out;
}

RC_GTEST_PROP(DeadRulesAndPackets, NoPacketMatchesARuleThatIsCalledDead, ()) {
  HostForTests made;
  auto save = some_table();
  made.sets(kSets).rules(save);
  made.interface("eth9", {"10.0.0.3/24"});
  auto host = made.traced();
  auto dead = dead_rules(host, made.state().state.sets);
  RC_ASSERT(dead.has_value());
  RC_CLASSIFY(!dead->empty(), "some are dead");
  std::vector<ChainIndex> builtin;
  for (ChainIndex i = 0; i < host.chain_count(); ++i)
    if (host.chain(i).is_builtin) builtin.push_back(i);
  for (int i = 0; i < 100; ++i) {
    auto chain = one_of(builtin);
    auto encounter = some_encounter(host.chain(chain));
    std::vector<bool> answers;
    for (int bits = any(256), n = 0; n < 8; ++n) answers.push_back((bits >> n & 1) != 0);
    for (const auto& rule : matched_by(host, chain, encounter, answers)) {
      auto found = std::ranges::find(*dead, rule, &DeadRule::rule);
      if (found != dead->end())
        RC_FAIL(fmt::format("{} {} matched a packet of {}\n{}", host.chain(rule.chain).name, rule.rule + 1,
                            host.chain(chain).name, save));
    }
  }
}

// A packet of those that a value of all variables stands for.
Encounter encounter_of(const Looks& looks, const std::vector<bool>& value, const TracedChain& chain) {
  auto number = [&](Look look) { return static_cast<std::uint32_t>(looks.value_of(value, look)); };
  auto out = some_encounter(chain);
  auto& packet = out.packet;
  packet.source = looks.address_of(value, Look::kSource);
  packet.destination = looks.address_of(value, Look::kDestination);
  packet.protocol = static_cast<std::uint8_t>(number(Look::kProtocol));
  packet.source_port = static_cast<std::uint16_t>(number(Look::kSourcePort));
  packet.destination_port = static_cast<std::uint16_t>(number(Look::kDestinationPort));
  packet.tcp_flags = static_cast<std::uint8_t>(number(Look::kTcpFlags));
  packet.icmp_type = static_cast<std::uint8_t>(number(Look::kIcmp) >> 8U);
  packet.icmp_code = static_cast<std::uint8_t>(number(Look::kIcmp));
  packet.ttl = static_cast<std::uint8_t>(number(Look::kTtl));
  packet.is_fragment = number(Look::kFragment) != 0;
  out.mark = number(Look::kMark);
  out.in_interface = looks.name_of(value, Look::kIn);
  out.out_interface = looks.name_of(value, Look::kOut);
  auto state = number(Look::kCtState);
  out.state = (state & kStateNew) != 0           ? CtState::kNew
              : (state & kStateEstablished) != 0 ? CtState::kEstablished
              : (state & kStateRelated) != 0     ? CtState::kRelated
              : (state & kStateInvalid) != 0     ? CtState::kInvalid
                                                 : CtState::kUntracked;
  out.connection.reset();
  if (number(Look::kHasConnection) != 0)
    out.connection = Connection{.original = {.source = packet.source, .destination = packet.destination},
                                .reply = {.source = packet.destination, .destination = packet.source},
                                .has_dnat = (state & kStateDnat) != 0,
                                .has_snat = (state & kStateSnat) != 0};
  return out;
}

RC_GTEST_PROP(DeadRulesAndPackets, ARuleThatAsksForWhatIsExactIsMatchedByAPacketUnlessItIsDead, ()) {
  HostForTests made;
  auto table = one_word({"filter", "nat", "mangle"});
  auto save = some_table(table, {"ACCEPT", table == "nat" ? "ACCEPT" : "DROP", "RETURN", "LOG"}, true);
  made.sets(kSets).rules(save);
  auto host = made.traced();
  const auto& compiled = host.compiled();
  Looks looks(Family::kIpv4, any(2) == 0 ? NamesAre::kFirst : NamesAre::kLast);
  Asks asks(looks, compiled, made.state().state.sets);
  ChainReach reach(looks, asks, compiled);
  for (ChainIndex i = 0; i < host.chain_count(); ++i) reach.learn(i);
  looks.settle();
  reach.walk();
  auto& bdd = looks.bdd();
  auto dead = dead_rules(host, made.state().state.sets);
  RC_ASSERT(dead.has_value());
  for (ChainIndex chain = 0; chain < host.chain_count(); ++chain)
    for (std::uint32_t i = 0; i < host.chain(chain).rules.size(); ++i) {
      RuleRef rule{.chain = chain, .rule = i};
      bool is_dead = std::ranges::find(*dead, rule, &DeadRule::rule) != dead->end();
      RC_ASSERT(is_dead != reach.is_met(rule));
      if (is_dead) continue;
      const auto& walked = reach.walked(chain);
      auto packets = bdd.without(bdd.both(walked.sent, walked.rules[i].match.may), walked.rules[i].gone);
      auto value = bdd.first_of(packets, Bdd::kAll, looks.variable_count());
      bool is_matched = false;
      for (ChainIndex builtin = 0; builtin < host.chain_count() && !is_matched; ++builtin) {
        if (!host.chain(builtin).is_builtin) continue;
        auto matched = matched_by(host, builtin, encounter_of(looks, *value, host.chain(builtin)), {});
        is_matched = std::ranges::find(matched, rule) != matched.end();
      }
      if (!is_matched)
        RC_FAIL(fmt::format("no packet matched {} {}\n{}", host.chain(chain).name, i + 1, save));
    }
}

// What a hook gets is here what the tracer gives it.
RC_GTEST_PROP(DeadRulesAndPackets, NoPacketOnItsWayThroughTheHostMatchesOne, ()) {
  HostForTests made;
  auto save =
      some_table("raw", {"ACCEPT", "NOTRACK", "RETURN"}, true) +
      some_table("mangle", {"MARK --set-xmark 0x1/0xffffffff", "TTL --ttl-dec 1", "ACCEPT", "RETURN"}, true) +
      some_table("nat", {"DNAT --to-destination 10.0.0.2", "ACCEPT", "RETURN"}, true) +
      some_table("filter", {"ACCEPT", "ACCEPT", "DROP", "RETURN", "LOG"}, true);
  made.sets(kSets).rules(save);
  made.interface("eth10", {"10.0.0.1/30"});
  made.route("10.0.0.0/30", "eth10");
  auto host = made.traced();
  auto dead = dead_rules(host, made.state().state.sets);
  RC_ASSERT(dead.has_value());
  for (int i = 0; i < 30; ++i) {
    Arrival arrival{.packet = some_encounter({.table = "filter", .name = "INPUT"}).packet,
                    .in_interface = one_word({"", "eth0", "eth1", "docker0", "veth2", "eth10"})};
    arrival.packet.ttl = static_cast<std::uint8_t>(arrival.packet.ttl + 1);
    if (any(2) == 0) arrival.packet.destination = ip(one_word({"192.0.2.1", "172.17.0.2", "172.17.0.3"}));
    if (arrival.in_interface.empty()) arrival.packet.source = ip(one_word({"192.0.2.1", "10.0.0.1"}));
    for (const auto& step : trace_packet(host, arrival).steps) {
      if (step.kind != StepKind::kMatched) continue;
      RuleRef rule{.chain = step.chain, .rule = step.rule};
      if (std::ranges::find(*dead, rule, &DeadRule::rule) != dead->end())
        RC_FAIL(fmt::format("{} {} {} matched a packet\n{}", host.chain(rule.chain).table,
                            host.chain(rule.chain).name, rule.rule + 1, save));
    }
  }
}

RC_GTEST_PROP(DeadRulesAndPackets, WhoeverTakesAPacketOfADeadRuleIsNamed, ()) {
  HostForTests made;
  auto save = some_table("filter", {"ACCEPT", "DROP", "DROP", "RETURN", "LOG"}, true);
  made.sets(kSets).rules(save);
  auto host = made.traced();
  const auto& compiled = host.compiled();
  auto dead = dead_rules(host, made.state().state.sets);
  RC_ASSERT(dead.has_value());
  for (const auto& one : *dead) {
    const auto& chain = host.chain(one.rule.chain);
    if (one.why != DeadRule::Why::kTaken || !chain.is_builtin) continue;
    const auto& rule = compiled.rules[one.rule.chain][one.rule.rule].compiled;
    for (int i = 0; i < 50; ++i) {
      auto encounter = some_encounter(chain);
      if (matches(rule, encounter, compiled.surroundings).answer != Answer::kYes) continue;
      auto matched = matched_by(host, one.rule.chain, encounter, {});
      RC_ASSERT(!matched.empty());
      const auto& last = compiled.rules[matched.back().chain][matched.back().rule].compiled.target;
      if (!std::holds_alternative<Accept>(last) && !std::holds_alternative<Drop>(last)) continue;
      if (std::ranges::find(one.because, matched.back()) == one.because.end())
        RC_FAIL(fmt::format("{} {} takes packets of {} {}\n{}", host.chain(matched.back().chain).name,
                            matched.back().rule + 1, chain.name, one.rule.rule + 1, save));
    }
  }
}

}  // namespace
}  // namespace pyfw
