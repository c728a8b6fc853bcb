#include "doctor/flushers.h"

#include "doctor/examined_for_tests.h"

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(FlushesRuleset, ReadsNotOnlyTheFirstLine) {
  EXPECT_TRUE(flushes_ruleset("#!/usr/sbin/nft -f\n\n flush ruleset\ntable inet filter {\n"));
  EXPECT_TRUE(flushes_ruleset("add table ip x; flush ruleset\n"));
  EXPECT_TRUE(flushes_ruleset("flush ruleset inet\n"));
  EXPECT_FALSE(flushes_ruleset("# flush ruleset\nflush table inet filter\n"));
}

TEST(HasSetting, TakesQuotesAndLettersOfAnyCaseAndTheLastOne) {
  EXPECT_TRUE(has_setting("ENABLED=yes\n", "ENABLED", "yes"));
  EXPECT_TRUE(has_setting("#x\n DOCKER = \"Yes\" # since 5.0\n", "DOCKER", "yes"));
  EXPECT_FALSE(has_setting("ENABLED=yes\nENABLED=no\n", "ENABLED", "yes"));
  EXPECT_FALSE(has_setting("#ENABLED=yes\n", "ENABLED", "yes"));
}

TEST(FlushingUnits, AreThoseThatStartAndDoIt) {
  Examined host;
  EXPECT_THAT(flushing_units(host), IsEmpty());
  host.units = units_of({{"netfilter-persistent.service", "[Unit]\n"},
                         {"nftables.service", "[Unit]\n"},
                         {"ferm.service", "[Unit]\n"},
                         {"shorewall.service", "[Unit]\n"}});
  EXPECT_THAT(flushing_units(host),
              ElementsAre("netfilter-persistent.service", "shorewall.service", "ferm.service"));
  host.others.nftables_conf = "flush ruleset\n";
  host.others.ferm_conf = "@preserve table (filter nat) chain DOCKER;\n";
  host.others.shorewall_conf = "DOCKER=Yes\n";
  EXPECT_THAT(flushing_units(host), ElementsAre("netfilter-persistent.service", "nftables.service"));
}

TEST(FlushingUnits, AnAliasIsNamedOnce) {
  UnitFiles files{.folders = {{.path = "/etc/systemd/system"}}};
  auto& list = files.folders[0].files;
  list.push_back({.name = "netfilter-persistent.service", .text = "[Unit]\n"});
  list.push_back({.name = "iptables.service", .link = "netfilter-persistent.service"});
  list.push_back({.name = "multi-user.target.wants/netfilter-persistent.service", .link = "x"});
  Examined host;
  host.units = Units(files);
  EXPECT_THAT(flushing_units(host), ElementsAre("netfilter-persistent.service"));
}

}  // namespace
}  // namespace pyfw
