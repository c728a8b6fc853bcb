// What is asked of a few packets at a time, against what is known of all at once.

#include "shadow/narrow_reach.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "shadow/chain_reach.h"
#include "trace/compiled_host.h"
#include "trace/host_for_tests.h"

namespace pyfw {
namespace {

std::size_t any(std::size_t end) { return *rc::gen::inRange<std::size_t>(0, end); }

template <typename T>
const T& one_of(const std::vector<T>& some) {
  return some[any(some.size())];
}

const std::vector<std::string> kMatches = {
    "-s 10.0.0.0/30",
    "-s 10.0.0.2/32",
    "! -s 10.0.0.0/31",
    "-d 10.0.0.0/31",
    "-d 10.0.0.1/32",
    "-i eth0",
    "-i eth+",
    "! -i eth1",
    "! -i +",
    "-o eth1",
    "! -o eth0",
    "-p tcp",
    "-p udp",
    "! -p udp",
    "-p tcp -m tcp --dport 22",
    "-p tcp -m tcp --dport 20:30",
    "-p udp -m udp --dport 22",
    "-p tcp -m tcp --sport 22",
    "-p tcp -m multiport --dports 22,80",
    "-p icmp -m icmp --icmp-type 8",
    "-m conntrack --ctstate NEW",
    "-m conntrack --ctstate RELATED,ESTABLISHED",
    "-m conntrack ! --ctstate INVALID,UNTRACKED",
    "-m conntrack --ctstate DNAT",
    "-m set --match-set few src",
    "-m set ! --match-set few src",
    "-m set --match-set seen src",
    "-m limit --limit 3/min",
    "-m addrtype --dst-type LOCAL",
    "-m frag --fragmore",
};

const std::vector<std::string> kTargets = {"-j ACCEPT", "-j ACCEPT", "-j DROP", "-j RETURN", "-j LOG"};
const std::vector<std::string> kChains = {"INPUT", "FORWARD", "OUTPUT", "ONE", "TWO", "THREE"};
constexpr std::size_t kBuiltin = 3;

// Jumps lead to chains behind one's own only.
std::string some_rule(std::size_t chain) {
  auto out = "-A " + kChains[chain];
  for (auto matches = any(4); matches > 0; --matches) out += " " + one_of(kMatches);
  auto to = std::max(chain + 1, kBuiltin) + any(3);
  if (to < kChains.size() && any(3) == 0) return out + (any(4) == 0 ? " -g " : " -j ") + kChains[to] + "\n";
  return out + " " + one_of(kTargets) + "\n";
}

struct Table {
  HostForTests made{};
  std::string save;

  explicit Table(const std::string& name) : save("*" + name + "\n") {
    for (std::size_t i = 0; i < kChains.size(); ++i)
      if (name == "filter" || kChains[i] != "FORWARD")
        save += ":" + kChains[i] + (i < kBuiltin ? " ACCEPT" : " -") + " [0:0]\n";
    for (std::size_t i = 0; i < kChains.size(); ++i)
      if (name == "filter" || kChains[i] != "FORWARD")
        for (auto rules = any(8); rules > 0; --rules) save += some_rule(i);
    save += "COMMIT\n";
    made.sets(
        "create few hash:ip family inet hashsize 1024 maxelem 65536\nadd few 10.0.0.1\nadd few 10.0.0.2\n"
        "create seen hash:ip family inet hashsize 1024 maxelem 65536 timeout 60\n");
    made.rules(save);
  }
};

// Both of one table, and with the same diagrams, in which the same packets are the same node.
struct Both {
  TracedHost host;
  std::vector<ChainIndex> chains{};
  Looks looks{Family::kIpv4, any(2) == 0 ? NamesAre::kFirst : NamesAre::kLast};
  Asks asks;
  TableRules rules;
  NarrowReach narrow{rules, looks};
  ChainReach whole{looks, asks, host.compiled()};

  explicit Both(const Table& table, const State& state)
      : host(table.made.traced()),
        chains(all_chains(host)),
        asks(looks, host.compiled(), state.sets),
        rules(looks, asks, host.compiled(), chains) {
    rules.learn();
    for (auto chain : chains) whole.learn(chain);
    looks.settle();
    rules.settle();
    whole.walk();
  }

  static std::vector<ChainIndex> all_chains(const TracedHost& host) {
    std::vector<ChainIndex> out;
    for (std::size_t i = 0; i < host.chain_count(); ++i) out.push_back(static_cast<ChainIndex>(i));
    return out;
  }
  [[nodiscard]] std::uint32_t count(ChainIndex chain) const {
    return static_cast<std::uint32_t>(host.chain(chain).rules.size());
  }
  // All, or what some rule matches.
  Bdd::Node some_packets() {
    auto chain = one_of(chains);
    if (count(chain) == 0 || any(4) == 0) return looks.everything();
    RuleRef rule{.chain = chain, .rule = static_cast<std::uint32_t>(any(count(chain)))};
    return looks.bdd().both(whole.match(rule).may, looks.everything());
  }
};

std::string some_name() { return any(4) == 0 ? "nat" : "filter"; }

RC_GTEST_PROP(NarrowReach, FindsTheRulesThatAreMetAsIfAllPacketsWereWalkedThroughTheTable, ()) {
  Table table(some_name());
  Both both(table, table.made.state().state);
  RC_ASSERT(both.rules.change_nothing());
  for (auto chain : both.chains)
    for (std::uint32_t i = 0; i < both.count(chain); ++i) {
      RuleRef rule{.chain = chain, .rule = i};
      if (both.narrow.is_met(rule) != both.whole.is_met(rule))
        RC_FAIL(fmt::format("{} {}\n{}", both.host.chain(chain).name, i + 1, table.save));
    }
}

RC_GTEST_PROP(NarrowReach, SaysOfAnyPacketsWhatChainReachSays, ()) {
  Table table(some_name());
  Both both(table, table.made.state().state);
  auto& bdd = both.looks.bdd();
  for (auto chain : both.chains) {
    RC_ASSERT(both.narrow.sent_at_most(chain) == both.whole.sent_at_most(chain));
    RC_ASSERT(both.narrow.in_hooks(chain) == both.whole.in_hooks(chain));
    RC_ASSERT(both.narrow.callers(chain) == both.whole.callers(chain));
    auto packets = both.some_packets();
    RC_ASSERT(both.narrow.sent(chain, packets) == both.whole.sent(chain, packets));
    RC_ASSERT(both.narrow.lost(chain, packets) == both.whole.lost(chain, packets));
    RC_ASSERT(both.narrow.any_are_sent(chain, packets) == both.whole.any_are_sent(chain, packets));
    RC_ASSERT(both.narrow.any_stay(chain, packets) == both.whole.any_stay(chain, packets));
    auto overlapping = both.narrow.overlapping(chain, packets);
    for (std::uint32_t i = 0; i < both.count(chain); ++i) {
      RuleRef rule{.chain = chain, .rule = i};
      RC_ASSERT(both.narrow.left(rule, packets) == both.whole.left(rule, packets));
      RC_ASSERT(both.narrow.any_come(rule, packets) == both.whole.any_come(rule, packets));
      bool may_stop = both.rules.way(rule) != Aftermath::Way::kOn;
      if (may_stop && bdd.meet(both.whole.match(rule).may, packets))
        RC_ASSERT(std::ranges::find(overlapping, i) != overlapping.end());
    }
  }
}

RC_GTEST_PROP(NarrowReach, NamesTheRulesThatTakePacketsAsChainReachDoes, ()) {
  Table table(some_name());
  Both both(table, table.made.state().state);
  for (auto chain : both.chains) {
    auto packets = both.some_packets();
    auto end = any(both.count(chain) + 1);
    auto ours = both.narrow.losses(chain, end, packets);
    auto theirs = both.whole.losses(chain, end, packets);
    RC_ASSERT(ours.size() == theirs.size());
    for (std::size_t i = 0; i < ours.size(); ++i) {
      RC_ASSERT(ours[i].rule == theirs[i].rule);
      bool is_jump = both.rules.to(ours[i].rule) != kNoChain;
      if (is_jump) RC_ASSERT(ours[i].packets == theirs[i].packets);
    }
  }
}

// Who comes back from a goto's chain comes back from one's own, so that what is behind it is not met.
TEST(NarrowReach, KnowsWhoComesBackBeforeARuleCouldTakeThem) {
  HostForTests made;
  made.rules(
      "*filter\n:INPUT ACCEPT [0:0]\n:ONE - [0:0]\n:TWO - [0:0]\n"
      "-A INPUT -s 10.0.0.0/8 -j ONE\n-A INPUT -s 10.0.0.1/32 -j ACCEPT\n-A INPUT -s 10.0.0.2/32 -j ACCEPT\n"
      "-A ONE -s 10.0.0.1/32 -g TWO\n-A ONE -s 10.0.0.1/32 -j ACCEPT\n-A ONE -j DROP\nCOMMIT\n");
  auto host = made.traced();
  std::vector<ChainIndex> chains = {0, 1, 2};
  Looks looks(Family::kIpv4);
  Asks asks(looks, host.compiled(), {});
  TableRules rules(looks, asks, host.compiled(), chains);
  rules.learn();
  looks.settle();
  rules.settle();
  NarrowReach reach(rules, looks);
  auto input = *host.find(Backend::kNft, Family::kIpv4, "filter", "INPUT");
  auto one = *host.find(Backend::kNft, Family::kIpv4, "filter", "ONE");
  EXPECT_TRUE(reach.is_met({.chain = input, .rule = 1}));
  EXPECT_FALSE(reach.is_met({.chain = input, .rule = 2}));
  EXPECT_FALSE(reach.is_met({.chain = one, .rule = 1}));
  EXPECT_TRUE(reach.is_met({.chain = one, .rule = 2}));
}

TEST(TableRules, ChangeSomethingWhereAMarkIsSetOrJumpsGoRound) {
  auto change_nothing = [](const std::string& rules) {
    HostForTests made;
    made.rules("*mangle\n:INPUT ACCEPT [0:0]\n:ONE - [0:0]\n:TWO - [0:0]\n" + rules + "COMMIT\n");
    auto host = made.traced();
    Looks looks(Family::kIpv4);
    Asks asks(looks, host.compiled(), {});
    return TableRules(looks, asks, host.compiled(), Both::all_chains(host)).change_nothing();
  };
  EXPECT_TRUE(change_nothing("-A INPUT -j ONE\n-A INPUT -j ONE\n-A ONE -j TWO\n-A TWO -j LOG\n"));
  EXPECT_FALSE(change_nothing("-A INPUT -j MARK --set-xmark 0x1/0xffffffff\n"));
  EXPECT_FALSE(change_nothing("-A INPUT -j ONE\n-A ONE -j TWO\n-A TWO -j ONE\n"));
  EXPECT_FALSE(change_nothing("-A INPUT -j NOSUCHCHAIN\n"));
}

}  // namespace
}  // namespace pyfw
