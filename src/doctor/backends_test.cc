#include "doctor/examined_for_tests.h"

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kOfUfw =
    "*filter\n:INPUT DROP [0:0]\n:ufw-user-input - [0:0]\n-A INPUT -j ufw-user-input\nCOMMIT\n";

TEST(LookAtBackends, SaysWhoUsesWhichWhereBothHoldRules) {
  auto host = with_docker(kPublished);
  EXPECT_THAT(ids_of(look_at_backends(host)), IsEmpty());
  host.host.other = BackendRules{.iptables = rules_of(kOfUfw), .ip6tables = {}};
  EXPECT_EQ(message_of(look_at_backends(host), "two-backends"),
            "rules stand in both backends of iptables: nft (of Docker) and legacy (of ufw)");
}

TEST(LookAtBackends, KnowsTheProgramsThatAnImportKnows) {
  auto host = with_docker(kPublished);
  auto beside = [&](const std::string& chains) {
    auto rules = "*filter\n:INPUT DROP [0:0]\n" + chains + "COMMIT\n";
    host.host.other = BackendRules{.iptables = rules_of(rules), .ip6tables = {}};
    return message_of(look_at_backends(host), "two-backends");
  };
  EXPECT_THAT(beside(":sshguard - [0:0]\n:PVEFW-INPUT - [0:0]\n"),
              HasSubstr("legacy (of Proxmox VE, sshguard)"));
  EXPECT_THAT(beside(":shorewall - [0:0]\n:net-fw - [0:0]\n"), HasSubstr("legacy (of Shorewall)"));
  EXPECT_THAT(beside(":DOCKER-USER - [0:0]\n"), HasSubstr("legacy (of Docker)"));
  EXPECT_THAT(beside(":csf - [0:0]\n:DOCKERY - [0:0]\n"), HasSubstr("nobody whom their names tell"));
}

TEST(LookAtBackends, SaysWhereDockerIsNotWhereIptablesLeads) {
  auto host = with_docker(kPublished);
  host.usual = Backend::kLegacy;
  EXPECT_THAT(message_of(look_at_backends(host), "docker-on-the-other-backend"),
              HasSubstr("`iptables` means legacy"));
  host.usual = Backend::kNft;
  EXPECT_THAT(look_at_backends(host), IsEmpty());
}

TEST(LookAtBackends, NamesTheTablesOfNftablesItself) {
  auto host = without_docker("");
  EXPECT_THAT(look_at_backends(host), IsEmpty());
  host.host.facts.nft_tables = {"inet firewalld"};
  EXPECT_THAT(message_of(look_at_backends(host), "tables-of-nftables"), HasSubstr("inet firewalld"));
}

TEST(LookAtBackends, SaysWhatIptablesSaveDoesNotShow) {
  auto host = without_docker("");
  host.hidden_rules = "rule 3 of filter INPUT was made by nft";
  EXPECT_THAT(ids_of(look_at_backends(host)), ElementsAre("rules-that-iptables-hides"));
}

}  // namespace
}  // namespace pyfw
