#include "netlink/legacy_tables.h"

#include <thread>

#include "sys/namespace_for_tests.h"

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class BackendTables : public InOwnNamespace {};

TEST_F(BackendTables, AskingMakesNone) {
  for (int i = 0; i < 2; ++i)
    for (auto family : kFamilies) {
      EXPECT_THAT(legacy_tables(family), IsEmpty());
      EXPECT_THAT(expect(nft_tables(family)), IsEmpty());
    }
}

TEST_F(BackendTables, AreThoseOfEachFamilyAndBackend) {
  sh("export XTABLES_LOCKFILE=$(mktemp); iptables-legacy -t nat -L >/dev/null; iptables-legacy -L "
     ">/dev/null; "
     "ip6tables-legacy -t mangle -L >/dev/null; rm $XTABLES_LOCKFILE; iptables-nft -t raw -A OUTPUT; nft add "
     "table ip6 mine; nft add table inet theirs");
  EXPECT_THAT(legacy_tables(Family::kIpv4), ElementsAre("filter", "nat"));
  EXPECT_THAT(legacy_tables(Family::kIpv6), ElementsAre("mangle"));
  EXPECT_THAT(expect(nft_tables(Family::kIpv4)), ElementsAre("raw"));
  EXPECT_THAT(expect(nft_tables(Family::kIpv6)), ElementsAre("mine"));
}

TEST_F(BackendTables, ThoseBesideIptablesAreNftablesOwn) {
  sh("iptables-nft -t nat -A OUTPUT; nft add table ip docker-bridges; nft add table ip6 filter; nft add "
     "table inet"
     " filter; nft add table bridge b; nft add table arp filter");
  EXPECT_THAT(expect(tables_beside_iptables()), ElementsAre("bridge b", "inet filter", "ip docker-bridges"));
}

TEST_F(BackendTables, AreThoseOfTheThreadsNamespace) {
  sh("export XTABLES_LOCKFILE=$(mktemp); iptables-legacy -L >/dev/null; rm $XTABLES_LOCKFILE");
  std::vector<std::string> elsewhere = {"not asked"};
  std::thread([&] {
    if (unshare(CLONE_NEWNET) == 0) elsewhere = legacy_tables(Family::kIpv4);
  }).join();
  EXPECT_THAT(elsewhere, IsEmpty());
  EXPECT_THAT(legacy_tables(Family::kIpv4), ElementsAre("filter"));
}

}  // namespace
}  // namespace pyfw
