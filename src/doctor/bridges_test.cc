#include "doctor/examined_for_tests.h"

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A bridge br0 with a machine and the wire in it, as for libvirt.
Examined with_bridge(std::string_view rules) {
  auto host = with_docker(rules);
  auto& interfaces = host.host.facts.interfaces;
  interfaces.push_back({.name = "br0", .is_up = true, .kind = "bridge"});
  interfaces.push_back({.name = "vnet0", .is_up = true, .bridge = "br0", .kind = "tun"});
  interfaces.push_back({.name = "eth2", .is_up = true, .bridge = "br0"});
  return host;
}

TEST(LookAtBridges, FramesThatForwardDropsAreSaid) {
  auto host = with_bridge(kPublished);
  EXPECT_THAT(message_of(look_at_bridges(host), "bridged-frames-dropped"), HasSubstr("br0"));
  host.host.facts.settings->bridge_nf_call_iptables = false;
  EXPECT_THAT(message_of(look_at_bridges(host), "bridged-frames-dropped"), "");
}

TEST(LookAtBridges, ARuleForThemMakesItFine) {
  for (const char* rule :
       {"-A FORWARD -i br0 -o br0 -j ACCEPT\n", "-A FORWARD -m physdev --physdev-is-bridged -j ACCEPT\n"}) {
    auto host = with_bridge("*filter\n:FORWARD DROP [0:0]\n" + std::string(rule) + "COMMIT\n");
    EXPECT_THAT(look_at_bridges(host), IsEmpty()) << rule;
  }
  EXPECT_THAT(look_at_bridges(with_bridge(filter(""))), IsEmpty());
}

TEST(LookAtBridges, DockersOwnAreNoMatterOfFrames) {
  EXPECT_THAT(look_at_bridges(with_docker(kPublished)), IsEmpty());
}

TEST(LookAtBridges, ContainersOfOneNetworkReachEachOtherWithoutTheFilter) {
  auto host = with_docker(kPublished);
  host.host.facts.settings->bridge_nf_call_iptables = false;
  EXPECT_THAT(ids_of(look_at_bridges(host)), ElementsAre("bridge-nf-off"));
  host.host.facts.docker->networks[0].has_icc = false;
  EXPECT_EQ(severity_of(look_at_bridges(host), "icc-off-in-vain"), Severity::kWarning);
  host.host.facts.docker->containers.pop_back();
  EXPECT_THAT(look_at_bridges(host), IsEmpty()) << "one alone has nobody to reach";
}

}  // namespace
}  // namespace pyfw
