// Variables that follow the host, with the facts of a document in place of a live Docker.

#include <fmt/format.h>

#include "cli.h"

namespace pyfw::cli {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kDocker = R"(
    docker:
      networks:
      - {name: bridge, driver: bridge, bridge: docker0, subnets: [172.17.0.0/16]}
      - {name: shop, driver: bridge, bridge: br-shop, subnets: [172.18.0.0/16, 'fd18::/64']}
      containers:
      - name: web
        pid: 7
        addresses: [{network: shop, ip: 172.18.0.2, length: 16}, {network: shop, ip: 'fd18::2', length: 64}]
      - {name: cart, pid: 8, addresses: [{network: bridge, ip: 172.17.0.3}, {network: shop, ip: 172.18.0.3}]}
      - {name: db, pid: 0}
)";

class HostVariables : public CliTest {
 protected:
  // What is planned for these rules, of both families unless `key` says otherwise.
  [[nodiscard]] Outcome plan_rules(std::string_view rules, std::string_view key = "ip46tables",
                                   std::string_view docker = kDocker) const {
    write("state.yaml", fmt::format("pyfw_state:\n  facts:\n    interfaces: []{}", docker));
    write("wishes.yaml",
          fmt::format("pyfw_wishes:\n  {}:\n    filter:\n      FORWARD:\n        rules:\n{}", key, rules));
    return pyfw({"--wishes", "wishes.yaml", "--use-state", "state.yaml"});
  }
  static std::string inserted(int at, std::string_view program, std::string_view rule) {
    return fmt::format("{} -w -t filter -I FORWARD {} {}\n", program, at, rule);
  }
};

TEST_F(HostVariables, StandForWhatDockerTells) {
  auto planned = plan_rules(
      "        - web: -s ${container:web} -o ${network:shop:bridge} -j ACCEPT\n"
      "        - shop: '! -s ${network:shop} -i ${network:shop:bridge} -j DROP'\n");
  EXPECT_EQ(planned.err, "");
  EXPECT_EQ(planned.out,
            "# these commands should fullfill all given wishes:\n" +
                inserted(1, "iptables", "-s 172.18.0.2/32 -o br-shop -m comment --comment web -j ACCEPT") +
                inserted(2, "iptables", "! -s 172.18.0.0/16 -i br-shop -m comment --comment shop -j DROP") +
                inserted(1, "ip6tables", "-s fd18::2/128 -o br-shop -m comment --comment web -j ACCEPT") +
                inserted(2, "ip6tables", "! -s fd18::/64 -i br-shop -m comment --comment shop -j DROP"));
}

TEST_F(HostVariables, SeveralAddressesMakeSeveralRules) {
  auto planned = plan_rules("        - cart: -d ${container:cart} -j ACCEPT\n", "iptables");
  EXPECT_EQ(planned.out, "# these commands should fullfill all given wishes:\n" +
                             inserted(1, "iptables", "-d 172.17.0.3/32 -m comment --comment cart -j ACCEPT") +
                             inserted(2, "iptables", "-d 172.18.0.3/32 -m comment --comment cart -j ACCEPT"));
  EXPECT_EQ(
      plan_rules("        - cart: -p tcp -j DNAT --to-destination ${container:cart}:80\n", "iptables").err,
      "wishes.yaml:6:49: error: container 'cart' has 2 addresses, and here is place for one\n"
      "    6 |         - cart: -p tcp -j DNAT --to-destination ${container:cart}:80\n"
      "      |                                                 ^~~~~~~~~~~~~~~~~\n"
      "   write the one that is meant, as a number (172.17.0.3, 172.18.0.3)\n");
}

TEST_F(HostVariables, WhatIsAwayIsWarnedOfOnceAtItsPlace) {
  auto planned = plan_rules(
      "        - to_db: -d ${container:db} -j ACCEPT\n"
      "        - misspelt: -s ${container:wbe} -j DROP\n");
  EXPECT_EQ(planned.status, 0);
  EXPECT_EQ(planned.out, kNothingToDo);
  EXPECT_EQ(planned.err,
            "wishes.yaml:6:21: warning: container 'db' is away: this rule is left out until it is back\n"
            "    6 |         - to_db: -d ${container:db} -j ACCEPT\n"
            "      |                     ^~~~~~~~~~~~~~~\n"
            "wishes.yaml:7:24: warning: no container is called 'wbe': this rule is left out until one is\n"
            "    7 |         - misspelt: -s ${container:wbe} -j DROP\n"
            "      |                        ^~~~~~~~~~~~~~~~\n"
            "   did you mean 'web'?\n");
}

TEST_F(HostVariables, WithoutDockerAndDefaultRouteNothingOpens) {
  auto planned = plan_rules(
      "        - opens: -s ${network:shop} -j ACCEPT\n"
      "        - closes: '! -s ${network:shop} -i ${external_interface} -p tcp -j DROP'\n",
      "iptables", "\n");
  EXPECT_EQ(planned.out, "# these commands should fullfill all given wishes:\n" +
                             inserted(1, "iptables", "-p tcp -m comment --comment closes -j DROP"));
  EXPECT_THAT(planned.err,
              HasSubstr("warning: Docker does not tell of network 'shop': this rule is left out"));
  EXPECT_THAT(planned.err,
              HasSubstr("warning: no default route for IPv4: until there is one, this rule stands "
                        "without this match"));
}

TEST_F(HostVariables, AnInterfaceThatMeansMoreThanItselfIsRefused) {
  auto refused = plan_rules(
      "        - r: -i ${network:evil:bridge} -j DROP\n", "iptables",
      "\n    docker:\n      networks: [{name: evil, bridge: \"e\\e[31m+\"}]\n      containers: []\n");
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.err,
              StartsWith("wishes.yaml:6:17: error: no rule can name the interface 'e\\x1b[31m+': "));
}

TEST_F(HostVariables, APlannedStateIsTracedWithThem) {
  (void)plan_rules("        - web: -s ${container:web} -j REJECT\n", "iptables");
  auto shown = pyfw({"--wishes", "wishes.yaml", "--use-state", "state.yaml", "--print-desired-state"});
  EXPECT_THAT(shown.out, HasSubstr("-s 172.18.0.2/32 -m comment --comment web -j REJECT"));
  auto plan = pyfw({"plan", "--wishes", "wishes.yaml", "--use-state", "state.yaml"});
  EXPECT_EQ(plan.status, 3);
  EXPECT_THAT(plan.out, HasSubstr("172.18.0.2"));
}

}  // namespace
}  // namespace pyfw::cli
