#include "doctor/units.h"

#include <gtest/gtest.h>

#include <utility>

namespace pyfw {
namespace {

constexpr const char* kEtc = "/etc/systemd/system";
constexpr const char* kUsr = "/usr/lib/systemd/system";

class UnitsOfHost : public testing::Test {
 protected:
  void etc(std::string name, std::string text) {
    files_.folders[0].files.push_back({std::move(name), std::move(text)});
  }
  void usr(std::string name, std::string text) {
    files_.folders[1].files.push_back({std::move(name), std::move(text)});
  }
  void link(std::string name, std::string to, std::string text = "") {
    files_.folders[0].files.push_back({std::move(name), std::move(text), std::move(to)});
  }
  void enable(const std::string& unit, const std::string& target = "multi-user.target") {
    link(target + ".wants/" + unit, std::string(kUsr) + "/" + unit);
  }
  void script(std::string name, std::string header, std::vector<std::string> runlevels) {
    files_.scripts.push_back({std::move(name),
                              "#!/bin/sh\n### BEGIN INIT INFO\n" + header + "### END INIT INFO\n",
                              std::move(runlevels)});
  }
  [[nodiscard]] Units units() const { return Units(files_); }
  [[nodiscard]] bool comes_before(std::string_view first, std::string_view second) const {
    return units().comes_before(first, second);
  }

 private:
  UnitFiles files_{{{kEtc}, {kUsr}}, {}};
};

TEST_F(UnitsOfHost, AUnitStartsAtBootOnlyWhereALinkWantsIt) {
  usr("ufw.service", "[Unit]\n[Install]\nWantedBy=multi-user.target\n");
  EXPECT_TRUE(units().exists("ufw.service"));
  EXPECT_FALSE(units().starts_at_boot("ufw.service"));
  enable("ufw.service");
  EXPECT_TRUE(units().starts_at_boot("ufw.service"));
  EXPECT_FALSE(units().exists("docker.service"));
}

TEST_F(UnitsOfHost, WhatOnlyAnotherTargetWantsDoesNotStart) {
  usr("a.service", "[Unit]\n");
  enable("a.service", "rescue.target");
  usr("rescue.target", "[Unit]\n");
  EXPECT_FALSE(units().starts_at_boot("a.service"));
}

TEST_F(UnitsOfHost, TheDefaultTargetIsWhereTheLinkLeads) {
  usr("a.service", "[Unit]\n");
  enable("a.service", "graphical.target");
  EXPECT_FALSE(units().starts_at_boot("a.service"));
  link("default.target", "/lib/systemd/system/graphical.target");
  EXPECT_TRUE(units().starts_at_boot("a.service"));
}

TEST_F(UnitsOfHost, WhatAStartedUnitRequiresStartsToo) {
  usr("docker.service", "[Unit]\nRequires=docker.socket\n");
  usr("docker.socket", "[Socket]\nListenStream=/run/docker.sock\n");
  enable("docker.service");
  EXPECT_TRUE(units().starts_at_boot("docker.socket"));
}

TEST_F(UnitsOfHost, AMaskedUnitDoesNotStart) {
  usr("ufw.service", "[Unit]\nBefore=x.service\n");
  enable("ufw.service");
  link("ufw.service", "/dev/null");
  EXPECT_FALSE(units().starts_at_boot("ufw.service"));
  EXPECT_TRUE(units().find("ufw.service")->is_masked);
}

TEST_F(UnitsOfHost, AnEmptyFileIsAMaskToo) {
  usr("ufw.service", "[Unit]\n");
  enable("ufw.service");
  etc("ufw.service", "");
  EXPECT_FALSE(units().starts_at_boot("ufw.service"));
}

TEST_F(UnitsOfHost, AnAliasIsTheSameUnit) {
  usr("netfilter-persistent.service", "[Unit]\nBefore=docker.service\n");
  link("iptables.service", "/usr/lib/systemd/system/netfilter-persistent.service",
       "[Unit]\nBefore=docker.service\n");
  enable("iptables.service");
  EXPECT_EQ(units().find("iptables.service")->name, "netfilter-persistent.service");
  EXPECT_TRUE(units().starts_at_boot("netfilter-persistent.service"));
  EXPECT_TRUE(comes_before("iptables.service", "docker.service"));
}

TEST_F(UnitsOfHost, ALinkToAFileOfTheSameNameIsThatFile) {
  link("pyfw.service", "/opt/pyfw/pyfw.service", "[Unit]\nBefore=docker.service\n");
  EXPECT_TRUE(comes_before("pyfw.service", "docker.service"));
}

TEST_F(UnitsOfHost, AnEarlierFolderWins) {
  usr("a.service", "[Unit]\nBefore=docker.service\n");
  etc("a.service", "[Unit]\nAfter=docker.service\n");
  EXPECT_FALSE(comes_before("a.service", "docker.service"));
  EXPECT_TRUE(comes_before("docker.service", "a.service"));
}

TEST_F(UnitsOfHost, DropInsAddToAUnit) {
  usr("docker.service", "[Unit]\nAfter=network-online.target\n");
  EXPECT_FALSE(comes_before("ufw.service", "docker.service"));
  etc("docker.service.d/ufw.conf", "[Unit]\nAfter=ufw.service\n");
  EXPECT_TRUE(comes_before("ufw.service", "docker.service"));
}

TEST_F(UnitsOfHost, ADropInOfAnEarlierFolderReplacesThatOfItsName) {
  usr("docker.service", "[Unit]\n");
  usr("docker.service.d/order.conf", "[Unit]\nAfter=ufw.service\n");
  EXPECT_TRUE(comes_before("ufw.service", "docker.service"));
  link("docker.service.d/order.conf", "/dev/null");
  EXPECT_FALSE(comes_before("ufw.service", "docker.service"));
}

TEST_F(UnitsOfHost, DropInsForAllOfAKindOrAPrefixCount) {
  usr("my-app.service", "[Unit]\n");
  usr("service.d/all.conf", "[Unit]\nAfter=a.service\n");
  usr("my-.service.d/mine.conf", "[Unit]\nAfter=b.service\n");
  EXPECT_TRUE(comes_before("a.service", "my-app.service"));
  EXPECT_TRUE(comes_before("b.service", "my-app.service"));
}

TEST_F(UnitsOfHost, AnInstanceHasTheTextAndTheDropInsOfItsTemplate) {
  usr("wg-quick@.service", "[Unit]\nBefore=%i.service\n");
  etc("wg-quick@.service.d/a.conf", "[Unit]\nAfter=pyfw.service\n");
  link("multi-user.target.wants/wg-quick@wg0.service", "/lib/systemd/system/wg-quick@.service");
  EXPECT_TRUE(units().starts_at_boot("wg-quick@wg0.service"));
  EXPECT_TRUE(comes_before("wg-quick@wg0.service", "wg0.service"));
  EXPECT_TRUE(comes_before("pyfw.service", "wg-quick@wg0.service"));
}

TEST_F(UnitsOfHost, ATemplatesAliasHasInstancesToo) {
  usr("getty@.service", "[Unit]\nBefore=x-%i.service\n");
  link("autovt@.service", "getty@.service", "[Unit]\nBefore=x-%i.service\n");
  enable("autovt@tty1.service");
  EXPECT_TRUE(units().starts_at_boot("getty@tty1.service"));
  EXPECT_TRUE(comes_before("autovt@tty1.service", "x-tty1.service"));
}

TEST_F(UnitsOfHost, OrderGoesByWhatStartsBetween) {
  usr("ufw.service", "[Unit]\nDefaultDependencies=no\nBefore=network-pre.target\n");
  usr("docker.service", "[Unit]\nAfter=network-online.target\n");
  EXPECT_FALSE(comes_before("ufw.service", "docker.service")) << "nobody wants network-pre.target";
  etc("ufw.service.d/w.conf", "[Unit]\nWants=network-pre.target network.target network-online.target\n");
  enable("ufw.service");
  EXPECT_TRUE(comes_before("ufw.service", "docker.service"));
  EXPECT_FALSE(comes_before("docker.service", "ufw.service"));
}

TEST_F(UnitsOfHost, AServiceWaitsForTheBasicSystemUnlessItSaysNo) {
  usr("early.service", "[Unit]\nDefaultDependencies=no\nBefore=sysinit.target\n");
  usr("docker.service", "[Unit]\n");
  EXPECT_TRUE(comes_before("early.service", "docker.service"));
  etc("docker.service.d/no.conf", "[Unit]\nDefaultDependencies=no\n");
  EXPECT_FALSE(comes_before("early.service", "docker.service"));
}

TEST_F(UnitsOfHost, ATargetWaitsForWhatItWants) {
  usr("a.service", "[Unit]\n");
  enable("a.service");
  usr("late.service", "[Unit]\nAfter=multi-user.target\n");
  EXPECT_TRUE(comes_before("a.service", "late.service"));
}

TEST_F(UnitsOfHost, ACircleEnds) {
  usr("a.service", "[Unit]\nAfter=b.service\nWants=b.service\n");
  usr("b.service", "[Unit]\nAfter=a.service\nWants=a.service\n");
  link("c.service", "d.service");
  link("d.service", "c.service");
  enable("a.service");
  EXPECT_FALSE(comes_before("a.service", "z.service"));
  EXPECT_FALSE(units().exists("c.service"));
}

TEST_F(UnitsOfHost, AScriptIsAUnitWhereNoOtherHasItsName) {
  script("firewall", "# Provides: firewall\n# Required-Start: $local_fs\n# X-Start-Before: docker\n",
         {"2", "3"});
  EXPECT_TRUE(units().starts_at_boot("firewall.service"));
  EXPECT_TRUE(comes_before("firewall.service", "docker.service"));
  usr("firewall.service", "[Unit]\n");
  EXPECT_FALSE(units().starts_at_boot("firewall.service"));
  EXPECT_FALSE(comes_before("firewall.service", "docker.service"));
}

TEST_F(UnitsOfHost, AScriptStartsOnlyInARunlevelThatComes) {
  script("firewall", "# Required-Start: $network docker.sh\n", {});
  EXPECT_TRUE(units().exists("firewall.service"));
  EXPECT_FALSE(units().starts_at_boot("firewall.service"));
  EXPECT_TRUE(comes_before("docker.service", "firewall.service"));
}

TEST_F(UnitsOfHost, AScriptOfTheSystemsStartComesBeforeServices) {
  script("ferm", "# X-Start-Before: $network\n", {"S"});
  usr("docker.service", "[Unit]\nAfter=network-online.target\nWants=network-online.target\n");
  enable("docker.service");
  usr("network-online.target", "[Unit]\nAfter=network.target network-pre.target\n");
  usr("eth.service", "[Unit]\nWants=network-pre.target\n");
  enable("eth.service");
  EXPECT_TRUE(units().starts_at_boot("ferm.service"));
  EXPECT_TRUE(comes_before("ferm.service", "docker.service"));
}

}  // namespace
}  // namespace pyfw
