#include "doctor/examined_for_tests.h"

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kDropping = "*filter\n:FORWARD DROP [0:0]\nCOMMIT\n";

Interface& add_interface(Examined& host, std::string name, std::string kind, std::string_view address) {
  return host.host.facts.interfaces.emplace_back(Interface{.name = std::move(name),
                                                           .is_up = true,
                                                           .addresses = {*Prefix::parse(address)},
                                                           .kind = std::move(kind)});
}

TEST(LookAtForwarding, OffWithContainersIsAnError) {
  auto host = with_docker(kPublished);
  EXPECT_THAT(look_at_forwarding(host), IsEmpty());
  host.host.facts.settings->ip_forward = false;
  EXPECT_EQ(severity_of(look_at_forwarding(host), "forwarding-off"), Severity::kError);
  for (auto& container : host.host.facts.docker->containers) container.pid = 0;
  EXPECT_THAT(look_at_forwarding(host), IsEmpty());
}

TEST(LookAtForwarding, Ipv6OffMattersWhereANetworkThatIsUsedHasIt) {
  auto host = with_docker(kPublished);
  host.host.facts.settings->interfaces["all"].forwards_ipv6 = false;
  EXPECT_THAT(look_at_forwarding(host), IsEmpty());
  host.host.facts.docker->networks[0].subnets.push_back(*Prefix::parse("fd00:1::/64"));
  EXPECT_THAT(ids_of(look_at_forwarding(host)), ElementsAre("forwarding-ipv6-off"));
  host.host.facts.docker->networks[0].is_internal = true;
  EXPECT_THAT(look_at_forwarding(host), IsEmpty());
}

TEST(LookAtForwarding, APolicyThatAcceptsIsANoteBesideDocker) {
  EXPECT_THAT(ids_of(look_at_forwarding(with_docker(filter("")))), ElementsAre("forward-policy-accept"));
  EXPECT_THAT(look_at_forwarding(without_docker(filter(""))), IsEmpty());
  EXPECT_THAT(look_at_forwarding(with_docker(kPublished)), IsEmpty());
}

TEST(LookAtForwarding, APolicyThatDropsMattersWhereNoRuleSpeaksOfWhoIsBehind) {
  for (const auto& [name, kind] : {std::pair{"virbr0", "bridge"}, {"wg0", "wireguard"}, {"tun0", "tun"}}) {
    auto host = without_docker(kDropping);
    EXPECT_THAT(look_at_forwarding(host), ElementsAre(testing::Field(&Advice::id, "forward-policy-drop")))
        << "docker0 is a bridge without a Docker here";
    host.host.facts.interfaces.erase(
        std::ranges::find(host.host.facts.interfaces, "docker0", &Interface::name));
    EXPECT_THAT(look_at_forwarding(host), IsEmpty());
    add_interface(host, name, kind, "10.9.0.1/24");
    EXPECT_THAT(message_of(look_at_forwarding(host), "forward-policy-drop"), HasSubstr(name));
    host.host.state.iptables =
        rules_of(std::string("*filter\n:FORWARD DROP [0:0]\n-A FORWARD -i ") + name + " -j ACCEPT\nCOMMIT\n");
    EXPECT_THAT(look_at_forwarding(host), IsEmpty());
  }
}

TEST(LookAtForwarding, ARuleThatOnlyRefusesDoesNotCountNorOneForAll) {
  auto host = with_docker(
      "*filter\n:FORWARD DROP [0:0]\n-A FORWARD -i virbr0 -j DROP\n-A FORWARD ! -i virbr0 -j "
      "ACCEPT\n-A FORWARD -i + -o eth9 -j ACCEPT\nCOMMIT\n");
  add_interface(host, "virbr0", "bridge", "10.9.0.1/24");
  EXPECT_THAT(ids_of(look_at_forwarding(host)), ElementsAre("forward-policy-drop"));
  host.host.state.iptables =
      rules_of("*filter\n:FORWARD DROP [0:0]\n-A FORWARD -o virbr+ -j LIBVIRT\nCOMMIT\n");
  EXPECT_THAT(look_at_forwarding(host), IsEmpty());
}

TEST(LookAtForwarding, ARuleForTheNetworkBehindCountsToo) {
  auto host = with_docker("*filter\n:FORWARD DROP [0:0]\n-A FORWARD -s 10.0.0.0/8 -j ACCEPT\nCOMMIT\n");
  add_interface(host, "cni0", "bridge", "10.9.0.1/24");
  EXPECT_THAT(look_at_forwarding(host), IsEmpty());
  host.host.state.iptables =
      rules_of("*filter\n:FORWARD DROP [0:0]\n-A FORWARD -s 10.8.0.0/16 -j ACCEPT\nCOMMIT\n");
  EXPECT_EQ(severity_of(look_at_forwarding(host), "forward-policy-drop"), Severity::kWarning);
}

TEST(LookAtForwarding, ATunnelAloneIsANote) {
  auto host = with_docker(kDropping);
  add_interface(host, "wg0", "wireguard", "10.9.0.1/24");
  EXPECT_EQ(severity_of(look_at_forwarding(host), "forward-policy-drop"), Severity::kNote);
}

TEST(LookAtForwarding, WhoDoesNotForwardNeedsNoRules) {
  auto host = with_docker(kDropping);
  add_interface(host, "wg0", "wireguard", "10.9.0.1/24");
  host.host.facts.docker->containers.clear();
  host.host.facts.settings->ip_forward = false;
  EXPECT_THAT(look_at_forwarding(host), IsEmpty());
}

TEST(LookAtForwarding, AdvertisementsThatTheKernelIgnoresAreSaid) {
  auto host = with_docker(kPublished);
  host.host.facts.settings->interfaces["eth0"].forwards_ipv6 = true;
  host.limits.accept_ra = {{"eth0", 1}, {"docker0", 1}, {"lo", 1}};
  EXPECT_THAT(ids_of(look_at_forwarding(host)), ElementsAre("router-advertisements-ignored"));
  host.limits.accept_ra["eth0"] = 2;
  EXPECT_THAT(look_at_forwarding(host), IsEmpty());
  host.limits.accept_ra["eth0"] = 1;
  host.host.facts.settings->interfaces["eth0"].forwards_ipv6 = false;
  EXPECT_THAT(look_at_forwarding(host), IsEmpty());
}

}  // namespace
}  // namespace pyfw
