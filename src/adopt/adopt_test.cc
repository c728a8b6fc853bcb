#include "adopt/adopt.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "adopt/promise_for_tests.h"
#include "host/state_document.h"
#include "nf/ipset_save.h"
#include "nf/iptables_save.h"

namespace pyfw {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

State state_from(const std::string& rules, const std::string& sets = "") {
  State state;
  state.iptables = parse_iptables_save(source_of("save", rules)).value();
  state.sets = parse_ipset_save(source_of("sets", sets)).value();
  return state;
}

std::string imported(const State& state, const AdoptOptions& options = {}) {
  auto text = adopt(state, {}, options).text;
  return text.substr(text.find("pyfw_wishes:"));
}

std::string nat(const std::string& rules) {
  return "*nat\n:PREROUTING ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n:DOCKER - [0:0]\n" + rules + "COMMIT\n";
}

std::string filter(const std::string& chains_and_rules) {
  return "*filter\n" + chains_and_rules + "COMMIT\n";
}

constexpr auto kBuiltin = ":INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n";

std::string rules_of(const std::string& rules) { return filter(kBuiltin + rules); }

// The saves, documents and corpora of the repository that can be read.
std::vector<std::filesystem::path> recorded() {
  std::vector<std::filesystem::path> paths;
  for (const char* folder : {"tests/golden", "tests/lab/recorded", "tests/fuzz/corpus"})
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(std::filesystem::path(PYFW_SOURCE_DIR) / folder))
      if (entry.is_regular_file()) paths.push_back(entry.path());
  std::ranges::sort(paths);
  return paths;
}

// As rules of either family, as sets, as a document of a state: whatever it can be read as.
std::vector<State> states_in(const std::filesystem::path& path) {
  std::vector<State> states;
  auto source = source_of(path.filename(), text_of(path));
  if (auto rules = parse_iptables_save(source)) {
    states.push_back(State{.iptables = *rules, .ip6tables = {}, .sets = {}});
    states.push_back(State{.iptables = {}, .ip6tables = *rules, .sets = {}});
    states.push_back(State{.iptables = *rules, .ip6tables = *rules, .sets = {}});
  }
  if (auto sets = parse_ipset_save(source))
    states.push_back(State{.iptables = {}, .ip6tables = {}, .sets = *sets});
  if (auto host = parse_state_yaml(source)) states.push_back(host->state);
  return states;
}

TEST(Adopt, OfAllRecordedStatesNothingChangesButNames) {
  std::size_t count = 0;
  for (const auto& path : recorded()) {
    SCOPED_TRACE(path.string());
    for (const auto& state : states_in(path)) {
      ++count;
      expect_promise_kept(state);
    }
  }
  EXPECT_GT(count, 60U);
}

TEST(Adopt, RulesOfSetsThatAreThereToo) {
  auto path = std::filesystem::path(PYFW_SOURCE_DIR) / "tests/golden/saves";
  auto state =
      state_from(text_of(path / "extensions-nft.iptables-save"), text_of(path / "kernel-6.18.ipset-save"));
  state.ip6tables =
      parse_iptables_save(source_of("6", text_of(path / "extensions-nft.ip6tables-save"))).value();
  expect_promise_kept(state);
}

TEST(Adopt, RulesGetNamesAndKeepTheirOrder) {
  auto state = state_from(
      filter(":INPUT DROP [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:mine - [0:0]\n"
             "-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n"
             "-A INPUT -i lo -j ACCEPT\n"
             "-A INPUT -s 10.0.0.0/8 -p tcp -m tcp --dport 22 -m comment --comment \"my office\" -j ACCEPT\n"
             "-A INPUT -j mine\n"));
  EXPECT_EQ(imported(state),
            "pyfw_wishes:\n"
            "  iptables:\n"
            "    filter:\n"
            "      INPUT:\n"
            "        default_action: DROP\n"
            "        rules:\n"
            "        - allow_established: -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n"
            "        - allow_loopback: -i lo -j ACCEPT\n"
            "        - my office: -s 10.0.0.0/8 -p tcp -m tcp --dport 22 -j ACCEPT\n"
            "        - mine: -j mine\n"
            "      mine:\n"
            "        rules: []\n");
}

TEST(Adopt, KeptTextsAreBare) {
  auto state = state_from(rules_of("-A INPUT -i lo -j ACCEPT\n-A INPUT -m comment --comment a -j DROP\n"));
  EXPECT_THAT(imported(state, {.naming = Naming::kKeepText}),
              HasSubstr("rules:\n        - -i lo -j ACCEPT\n        - a: -j DROP\n"));
}

TEST(Adopt, OwnersRulesAmongThoseOfOthersStayWhereTheyAre) {
  auto state =
      state_from(rules_of(":LIBVIRT_INP - [0:0]\n:f2b-sshd - [0:0]\n"
                          "-A INPUT -j LIBVIRT_INP\n"
                          "-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT\n"
                          "-A INPUT -p tcp -m multiport --dports 22 -j f2b-sshd\n"
                          "-A INPUT -j DROP\n"
                          "-A f2b-sshd -j RETURN\n"));
  expect_promise_kept(state);
  EXPECT_EQ(imported(state),
            "pyfw_wishes:\n"
            "  iptables:\n"
            "    filter:\n"
            "      INPUT:\n"
            "        rules:\n"
            "        # Here: 1 rule of libvirt.\n"
            "        - ~match: -[jg] LIBVIRT_\n"
            "        - allow_tcp_22: -p tcp -m tcp --dport 22 -j ACCEPT\n"
            "        # Here: 1 rule of fail2ban.\n"
            "        - ~rest:\n"
            "        - drop: -j DROP\n");
}

constexpr auto kNetwork = "-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE\n";
constexpr auto kContainer =
    "-A POSTROUTING -s 172.17.0.2/32 -d 172.17.0.2/32 -p tcp -m tcp --dport 80 -j MASQUERADE\n";
constexpr auto kOwners = "-A POSTROUTING -s 10.8.0.0/24 -o eth0 -j MASQUERADE\n";

// With what the wishes of that state say of another.
bool is_fulfilled_in(const State& state, const State& other) {
  auto desired = desired_of(adopt(state, {}, {.naming = Naming::kKeepText}), other, {});
  return desired && make_plan(other, *desired).empty();
}

TEST(Adopt, ContainersThatStartAndNetworksThatComeMoveNoRuleOfTheOwners) {
  auto booted = state_from(nat(std::string(kNetwork) + kOwners));
  expect_promise_kept(booted);
  EXPECT_THAT(imported(booted, {.naming = Naming::kKeepText}),
              HasSubstr("      POSTROUTING:\n"
                        "        rules:\n"
                        "        # Here: 1 rule of Docker.\n"
                        "        - ~match: ^-s [^ ]+ ! -o (?:docker0|docker_gwbridge|br-[0-9a-f]{12}) -j "
                        "(MASQUERADE|SNAT)\n"
                        "        - -s 10.8.0.0/24 -o eth0 -j MASQUERADE\n"));
  constexpr auto kOther = "-A POSTROUTING -s 172.18.0.0/16 ! -o br-0123456789ab -j MASQUERADE\n";
  auto with_container = state_from(nat(std::string(kNetwork) + kOwners + kContainer));
  auto with_network = state_from(nat(kOther + std::string(kNetwork) + kOwners + kContainer));
  EXPECT_TRUE(is_fulfilled_in(booted, with_container));
  EXPECT_TRUE(is_fulfilled_in(booted, with_network));
  EXPECT_TRUE(is_fulfilled_in(with_container, booted));
  EXPECT_TRUE(is_fulfilled_in(with_container, with_network));
}

TEST(Adopt, RestStaysAtTheEndWhereContainersRulesStandAboveAndBelow) {
  constexpr auto kMore =
      "-A POSTROUTING -s 172.17.0.3/32 -d 172.17.0.3/32 -p udp -m udp --dport 53 -j MASQUERADE\n"
      "-A POSTROUTING -s 172.17.0.4/32 -d 172.17.0.4/32 -p tcp -m tcp --dport 53 -j MASQUERADE\n";
  auto state = state_from(nat(std::string(kNetwork) + kMore + kOwners + kContainer));
  expect_promise_kept(state);
  constexpr auto kNew =
      "-A POSTROUTING -s 172.17.0.9/32 -d 172.17.0.9/32 -p tcp -m tcp --dport 25 -j MASQUERADE\n";
  EXPECT_TRUE(
      is_fulfilled_in(state, state_from(nat(std::string(kNetwork) + kMore + kOwners + kContainer + kNew))));
}

TEST(Adopt, WhatARestAboveTheOwnersRulesCostsIsSaid) {
  auto state = state_from(nat(std::string(kNetwork) + kContainer + kOwners));
  expect_promise_kept(state);
  EXPECT_THAT(
      imported(state),
      HasSubstr("        # Here: 2 rules of Docker.\n"
                "        # Docker appends more as containers start, and each time the rules below have to be "
                "moved behind them.\n"
                "        # Where one means no packet of a container, put it above: then it stays.\n"
                "        - ~rest:\n"));
  EXPECT_THAT(imported(state_from(rules_of(":DOCKER - [0:0]\n-A FORWARD -o docker0 -j DOCKER\n"
                                           "-A FORWARD -i eth1 -j DROP\n"))),
              Not(HasSubstr("appends")));
}

TEST(Adopt, RulesInDockerUserAreTheOwnersButNotItsReturn) {
  auto state =
      state_from(rules_of(":DOCKER - [0:0]\n:DOCKER-USER - [0:0]\n"
                          "-A FORWARD -j DOCKER-USER\n-A FORWARD -o docker0 -j DOCKER\n"
                          "-A DOCKER -j RETURN\n"
                          "-A DOCKER-USER -i eth0 -j DROP\n-A DOCKER-USER -j RETURN\n"));
  expect_promise_kept(state);
  EXPECT_EQ(imported(state),
            "pyfw_wishes:\n"
            "  iptables:\n"
            "    filter:\n"
            "      DOCKER-USER:\n"
            "        rules:\n"
            "        - drop_in_eth0: -i eth0 -j DROP\n"
            "        # Here: 1 rule of Docker.\n");
}

std::string head_of(const State& state, const AdoptOptions& options = {}) {
  auto text = adopt(state, {}, options).text;
  return text.substr(0, text.find("pyfw_wishes:"));
}

TEST(Adopt, OwnersRulesInDockersChainsAreNamed) {
  auto state = state_from(
      rules_of(":DOCKER - [0:0]\n:DOCKER-USER - [0:0]\n:DOCKER-FORWARD - [0:0]\n"
               "-A DOCKER ! -s 192.0.2.0/24 -i eth0 -j DROP\n"
               "-A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT\n"
               "-A DOCKER -o docker0 -m conntrack --ctstate NEW --ctorigdstport 8000 -j DROP\n"
               "-A DOCKER-FORWARD -m limit --limit 1/sec -j LOG\n-A DOCKER-FORWARD -i docker0 -j ACCEPT\n"
               "-A DOCKER-USER -j RETURN\n"));
  expect_promise_kept(state);
  EXPECT_THAT(
      head_of(state),
      AllOf(HasSubstr(
          "#     iptables filter: 2 rules in DOCKER, DOCKER-FORWARD; 1 rule in DOCKER-USER\n"
          "# Not among the wishes, though it is not Docker that wrote them: its next start empties its "
          "chains.\n"
          "# DOCKER-USER is the place for them:\n"
          "# - iptables filter DOCKER: ! -s 192.0.2.0/24 -i eth0 -j DROP\n"
          "# - iptables filter DOCKER: -o docker0 -m conntrack --ctstate NEW --ctorigdstport 8000 -j "
          "DROP\n"
          "# - iptables filter DOCKER-FORWARD: -m limit --limit 1/sec -j LOG\n")));
}

TEST(Adopt, SetThatAnOwnersRuleInDockersChainNamesIsTheOwners) {
  auto state =
      state_from(rules_of(":DOCKER - [0:0]\n-A DOCKER -o docker0 -m set ! --match-set office src -j DROP\n"),
                 "create office hash:ip family inet hashsize 1024 maxelem 65536\nadd office 10.0.0.1\n");
  expect_promise_kept(state);
  EXPECT_THAT(imported(state), HasSubstr("    office:\n      type: hash:ip\n"));
}

TEST(Adopt, OfWhatStoodBeforeAScriptOnlyItsOwnIsTold) {
  auto start = state_from(rules_of(":DOCKER - [0:0]\n-A FORWARD -o docker0 -j DOCKER\n"
                                   "-A DOCKER ! -i docker0 -o docker0 -j DROP\n"),
                          "create docker-ext-bridges-v4 hash:net family inet hashsize 1024 maxelem 65536\n");
  auto left = start;
  AdoptOptions options{.from = AdoptedFrom::kScript, .start = &start, .settings = {"net.a = 1 (line 2)"}};
  EXPECT_EQ(head_of(left, options),
            "# What the script puts up, as wishes. `pyfw plan --adopt` shows what they change on this host.\n"
            "#\n"
            "# Left out, since wishes hold no settings of the kernel; /etc/sysctl.d is the place for them:\n"
            "# - net.a = 1 (line 2)\n");
  auto& rules = ensure_chain(left.iptables, "filter", "DOCKER").rules;
  rules.insert(rules.begin(), Rule{"-d 172.17.0.2/32 -o docker0 -j DROP"});
  EXPECT_THAT(head_of(left, options),
              AllOf(HasSubstr("\n# - iptables filter DOCKER: -d 172.17.0.2/32 -o docker0 -j DROP\n"),
                    Not(HasSubstr("Left out, since others"))));
}

TEST(Adopt, WhatNoWishCanSayOfAScriptIsLeftOutAndToldAtTheHead) {
  State start;
  AdoptOptions options{.from = AdoptedFrom::kScript, .start = &start};
  auto text =
      adopt(state_from(rules_of("-A INPUT -p tcp -m recent --set\n-A INPUT -j ACCEPT\n")), {}, options).text;
  EXPECT_THAT(text,
              HasSubstr("# Left out, since no wish can say it; other rules may need it:\n"
                        "# - iptables filter INPUT '-p tcp -m recent --set': this rule has no target\n"));
  EXPECT_THAT(text, HasSubstr("# Left out here, since this rule has no target: -p tcp -m recent --set\n"));
  EXPECT_THAT(text, Not(HasSubstr("stays")));
}

TEST(Adopt, WhatFailedInAScriptIsSaidAtTheHead) {
  State start;
  AdoptOptions options{.from = AdoptedFrom::kScript, .start = &start, .failures = {"no network: curl a"}};
  EXPECT_THAT(adopt(state_from(rules_of("-A INPUT -j ACCEPT\n")), {}, options).text,
              HasSubstr("#\n# Rules may be missing here, since not all went well as the script ran:\n"
                        "# - no network: curl a\npyfw_wishes:\n"));
}

TEST(Adopt, WhatAScriptMadeBesideRulesIsSaidAtTheHead) {
  State start;
  AdoptOptions options{
      .from = AdoptedFrom::kScript, .start = &start, .beside = {"the table inet x of nftables"}};
  EXPECT_THAT(adopt(state_from(rules_of("-A INPUT -j ACCEPT\n")), {}, options).text,
              HasSubstr("#\n# Left out, since no wish can say it, though the script made it:\n"
                        "# - the table inet x of nftables\npyfw_wishes:\n"));
}

TEST(Adopt, OfAnEmptySetNoMembersAreWished) {
  auto text = imported(state_from("", "create bans hash:net family inet hashsize 1024 maxelem 65536\n"));
  EXPECT_THAT(text, AllOf(HasSubstr("    bans:\n      type: hash:net\n"), Not(HasSubstr("members_"))));
}

// As kube-proxy's are, with --all.
TEST(Adopt, EightTimesAsManyChainsTakeNotSixtyFourTimesAsLong) {
  auto seconds_for = [](int chains) {
    std::string declared;
    std::string jumps;
    for (int i = 0; i < chains; ++i) {
      declared += fmt::format(":c{} - [0:0]\n", i);
      jumps += fmt::format("-A INPUT -s 10.0.{}.{}/32 -j c{}\n", i / 250, i % 250, i);
    }
    auto state = state_from(filter(kBuiltin + declared + jumps));
    auto start = std::clock();
    EXPECT_FALSE(adopt(state, {}, {.whose = Whose::kAll}).is_empty);
    return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  };
  EXPECT_LT(seconds_for(4000), 24 * seconds_for(500) + 0.5);
}

TEST(Adopt, WhereNothingIsToBeWishedThatIsKnown) {
  EXPECT_TRUE(adopt(state_from(rules_of("")), {}, {}).is_empty);
  EXPECT_FALSE(adopt(state_from(rules_of("-A INPUT -j ACCEPT\n")), {}, {}).is_empty);
}

TEST(Adopt, WhatNoWishCanSayStaysAndIsTold) {
  auto state = state_from(rules_of(
      "-A INPUT -s 10.0.0.1/32\n-A INPUT -j ACCEPT\n-A INPUT -m set --match-set gone src -j DROP\n"));
  expect_promise_kept(state);
  auto text = imported(state);
  EXPECT_THAT(text, HasSubstr("# Here stays, since this rule has no target: -s 10.0.0.1/32\n"));
  EXPECT_THAT(text, HasSubstr("# Here stays, since no set is called 'gone': -m set"));
}

TEST(Adopt, OddCommentsAndCopies) {
  std::string longest(255, 'x');
  auto state = state_from(rules_of(
      "-A INPUT -m comment --comment same -j ACCEPT\n-A INPUT -i eth9 -m comment --comment same -j "
      "ACCEPT\n"
      "-A INPUT -m comment --comment same -j ACCEPT\n"
      "-A INPUT -j ACCEPT\n-A INPUT -j ACCEPT\n"
      "-A INPUT -m comment --comment \"it\\'s \\\"quoted\\\" \\\\ so: # too\" -j ACCEPT\n"
      "-A INPUT -m comment --comment \"grüße\" -j ACCEPT\n"
      "-A INPUT -m comment --comment \"bad \xff\" -j ACCEPT\n"
      "-A INPUT -m comment --comment \"~rest\" -j ACCEPT\n"
      "-A INPUT -m comment --comment \"${office} $\" -j ACCEPT\n"
      "-A INPUT -m comment --comment yes -j ACCEPT\n"
      "-A INPUT -m comment --comment allow -j DROP\n"
      "-A INPUT -m comment --comment \"\" -j DROP\n"
      "-A INPUT -m comment --comment a -m comment --comment b -j DROP\n"
      "-A INPUT -m comment --comment \"_pyfw_temp_a\" -j DROP\n"
      "-A INPUT -m comment --comment \"line\xE2\x80\xA8two\" -j DROP\n"
      "-A INPUT -m comment --comment " +
      longest +
      " -j ACCEPT\n"
      "-A INPUT -m comment --comment last -m limit --limit 3/min -j LOG --log-prefix \"a: \\\"b\\\" \"\n"));
  State both = state;
  both.ip6tables = state.iptables;
  expect_promise_kept(both);
  auto text = imported(both);
  EXPECT_THAT(text, HasSubstr("ip46tables:"));
  EXPECT_THAT(text, HasSubstr("- grüße: -j ACCEPT\n"));
  // `allow` is a comment of another rule.
  EXPECT_THAT(text, HasSubstr("- allow_2: -j ACCEPT\n        - allow_3: -j ACCEPT\n"));
  EXPECT_THAT(text, HasSubstr("vars:\n    dollar: $\n"));
}

TEST(Adopt, NoWishStandsBetweenTwoCopiesOfAForeignRule) {
  auto state =
      state_from(rules_of(":f2b-sshd - [0:0]\n-A INPUT -j f2b-sshd\n-A INPUT -i lo -j ACCEPT\n"
                          "-A INPUT -j f2b-sshd\n-A INPUT -i lo -j ACCEPT\n-A INPUT -i eth1 -j DROP\n"));
  expect_promise_kept(state);
  auto text = imported(state);
  EXPECT_THAT(text, HasSubstr("since it stands between two copies of another's rule: -i lo -j ACCEPT"));
  EXPECT_THAT(text, HasSubstr("- drop_in_eth1:"));
}

TEST(Adopt, SetsKeepWhatLastsAndLeaveTheRest) {
  auto state = state_from(
      "",
      "create office hash:net family inet hashsize 1024 maxelem 131072 counters\n"
      "add office 10.0.0.0/8 packets 3 bytes 99\nadd office 10.1.0.0/16 nomatch packets 0 bytes 0\n"
      "create banned hash:ip family inet hashsize 1024 maxelem 65536 timeout 600\n"
      "add banned 10.0.0.1 timeout 37\nadd banned 10.0.0.2 timeout 0\n"
      "create f2b-sshd hash:ip family inet hashsize 1024 maxelem 65536\n");
  expect_promise_kept(state);
  EXPECT_EQ(imported(state),
            "pyfw_wishes:\n"
            "  ipsets:\n"
            "    # Members that time out are no wishes.\n"
            "    banned:\n"
            "      type: hash:ip\n"
            "      options:\n"
            "        timeout: '600'\n"
            "      members_include:\n"
            "      - 10.0.0.2\n"
            "    office:\n"
            "      type: hash:net\n"
            "      options:\n"
            "        counters: true\n"
            "        maxelem: '131072'\n"
            "      members_equal:\n"
            "      - 10.0.0.0/8\n"
            "      - 10.1.0.0/16 nomatch\n");
}

TEST(Adopt, LargeSetsGoIntoFilesBeside) {
  std::string sets = "create office hash:ip family inet hashsize 1024 maxelem 65536\n";
  for (int i = 0; i < 200; ++i) sets += "add office 10.0.0." + std::to_string(i) + "\n";
  auto state = state_from("", sets);
  expect_promise_kept(state);
  auto adopted = adopt(state, {}, {.members_in = MembersIn::kFilesBeside});
  EXPECT_THAT(adopted.text, HasSubstr("      members_file: office.members\n"));
  ASSERT_EQ(adopted.files.size(), 1U);
  EXPECT_THAT(adopted.files[0].text, HasSubstr("10.0.0.199\n"));
}

TEST(Adopt, UfwsPoliciesAreUfws) {
  auto state = state_from(
      filter(":INPUT DROP [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:ufw-user-input - [0:0]\n"
             "-A INPUT -j ufw-user-input\n-A ufw-user-input -p tcp -m tcp --dport 22 -j ACCEPT\n"));
  EXPECT_EQ(imported(state), "pyfw_wishes: {}\n");
  EXPECT_THAT(
      adopt(state, {}, {}).text,
      HasSubstr("iptables filter: 1 rule in ufw-user-input; 1 rule in INPUT; the policy DROP of INPUT\n"));
  EXPECT_THAT(imported(state, {.whose = Whose::kAll}),
              HasSubstr("ufw-user-input:\n        rules:\n        - allow_tcp_22:"));
}

TEST(Adopt, InterfaceOfTheDefaultRouteIsTold) {
  Facts facts{.routes = {{.destination = *Prefix::parse("0.0.0.0/0"), .interface = "eth0"}}};
  auto state = state_from(rules_of("-A INPUT -i eth0 -j DROP\n"));
  EXPECT_THAT(adopt(state, facts, {}).text, HasSubstr("# eth0 is the interface of the default route"));
  EXPECT_THAT(adopt(state_from(rules_of("-A INPUT -i eth01 -j DROP\n")), facts, {}).text,
              Not(HasSubstr("default route")));
}

TEST(AdoptRenamed, WhatFollowsTheDefaultRouteIsTheVariable) {
  auto first =
      state_from(rules_of("-A INPUT -i eth0 -j DROP\n-A INPUT -i eth1 -j ACCEPT\n-A FORWARD -i lan0 ! -o "
                          "eth0 -j DROP\n-A INPUT -i fixed -j DROP\n"));
  auto second =
      state_from(rules_of("-A INPUT -i wan7 -j DROP\n-A INPUT -i eth1 -j ACCEPT\n-A FORWARD -i lan7 ! -o "
                          "wan7 -j DROP\n-A INPUT -i fixed -j DROP\n"));
  auto adopted = adopt_renamed({first, "eth0"}, {second, "wan7"}, {});
  EXPECT_THAT(adopted.text, HasSubstr("- drop_in_external: -i ${external_interface} -j DROP\n"));
  EXPECT_THAT(adopted.text, HasSubstr("- allow_in_eth1: -i eth1 -j ACCEPT\n"));
  EXPECT_THAT(adopted.text,
              HasSubstr("- drop_in_lan0_out_not_external: -i lan0 ! -o ${external_interface} -j DROP\n"));
  Facts facts{.routes = {{.destination = *Prefix::parse("0.0.0.0/0"), .interface = "eth0"}}};
  auto desired = desired_of(adopted, first, facts);
  ASSERT_TRUE(desired) << render(desired.error());
  EXPECT_EQ(broken_promise(first, *desired, Naming::kNameAll), "");
}

}  // namespace
}  // namespace pyfw
