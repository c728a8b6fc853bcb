#include "cage/files_of_root.h"

#include "cage/cage_for_tests.h"

namespace pyfw {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::IsSupersetOf;
using testing::Not;

class FilesOfRoot : public OnCageHost {
 protected:
  static std::vector<std::string> paths(const CagedScript& script) {
    std::vector<std::string> paths;
    for (const auto& file : files_of_root(script)) paths.push_back(file.path);
    return paths;
  }
};

TEST_F(FilesOfRoot, SavedRulesAreReadAndSecretsAreNot) {
  sh("umask 077; echo x >/etc/iptables/rules.v4; echo y >/etc/ipset.conf");
  auto found = paths({.path = "/etc/firewall.sh", .text = "cat /etc/secret shadow"});
  EXPECT_THAT(found, IsSupersetOf({"/etc/iptables/rules.v4", "/etc/ipset.conf"}));
  for (const char* path : {"/etc/secret", "/etc/shadow", "/etc/iptables/public"})
    EXPECT_THAT(found, Not(Contains(path)));
}

TEST_F(FilesOfRoot, WhatLiesBesideAndIsNamedIsRead) {
  sh("mkdir -m 700 /root/fw; cd /root/fw; umask 077; for file in firewall.sh firewall.conf other .hidden; do "
     "echo 'ADMIN=192.0.2.9' >$file; done");
  CagedScript script{
      .path = "/root/fw/firewall.sh",
      .text = "#!/bin/sh\n. $(dirname $0)/firewall.conf\niptables -A INPUT -s $ADMIN -j ACCEPT # .hidden\n"};
  EXPECT_THAT(paths(script), ElementsAre("/root/fw/firewall.conf"));
  auto host = cage_host();
  host.files = files_of_root(script);
  auto run = expect(run_caged(script, host));
  EXPECT_EQ(run.output, "");
  EXPECT_EQ(find_chain(run.state.iptables, "filter", "INPUT")->rules.at(0).text, "-s 192.0.2.9/32 -j ACCEPT");
}

}  // namespace
}  // namespace pyfw
