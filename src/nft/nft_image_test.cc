#include "nft/nft_image.h"

#include <functional>

#include "sys/namespace_for_tests.h"

namespace pyfw {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class NftImageTest : public InOwnNamespace {
 protected:
  // In a namespace of its own.
  static NftImage after(const std::string& script) {
    if (unshare(CLONE_NEWNET) != 0) throw std::runtime_error("unshare");
    sh(script);
    return expect(read_nft_image(Family::kIpv4));
  }
  static constexpr const char* kSome =
      "iptables-nft -N web; iptables-nft -A INPUT -p tcp --dport 80 -m comment --comment a -j web;"
      "iptables-nft -A web -m conntrack --ctstate NEW -j ACCEPT; iptables-nft -P FORWARD DROP;";
};

TEST_F(NftImageTest, IsEmptyWhereNobodyWroteAnything) {
  EXPECT_THAT(after("true"), IsEmpty());
  EXPECT_THAT(after("iptables-nft-save; iptables-nft -L; iptables-nft -t nat -L"), IsEmpty());
}

TEST_F(NftImageTest, IsTheSameHoweverTheRulesCameToBeThere) {
  auto image = after(kSome);
  EXPECT_EQ(image, after(kSome));
  EXPECT_EQ(image,
            after(std::string(kSome) + "iptables-nft-save >/run/rules-of-test; iptables-nft -F;"
                                       "iptables-nft-restore </run/rules-of-test; rm /run/rules-of-test"));
  EXPECT_EQ(image, after(std::string("iptables-nft -A INPUT -j DROP; iptables-nft -D INPUT 1;") + kSome));
  EXPECT_EQ(image, after(std::string(kSome) +
                         "nft add table ip mine; nft add chain ip mine c; nft add rule ip mine c drop"));
}

TEST_F(NftImageTest, CountersMakeNoDifference) {
  auto image = after(std::string(kSome) + "ip link set lo up");
  sh("bash -c 'echo >/dev/tcp/127.0.0.1/80' 2>/dev/null || true");
  ASSERT_THAT(sh("iptables-nft-save -c | grep web"), testing::Not(HasSubstr("[0:0] -A INPUT")));
  EXPECT_EQ(image, expect(read_nft_image(Family::kIpv4)));
}

TEST_F(NftImageTest, EveryDifferenceShows) {
  auto image = after(kSome);
  for (const auto* more :
       {"iptables-nft -P INPUT DROP", "iptables-nft -P FORWARD ACCEPT", "iptables-nft -N other",
        "iptables-nft -A INPUT -j ACCEPT", "iptables-nft -F web", "iptables-nft -A web -j DROP",
        "iptables-nft -R INPUT 1 -p tcp --dport 81 -m comment --comment a -j web",
        "iptables-nft -R INPUT 1 -p tcp --dport 80 -m comment --comment b -j web",
        "iptables-nft -R INPUT 1 -p udp --dport 80 -m comment --comment a -j web",
        "iptables-nft -R web 1 -m conntrack --ctstate NEW -j DROP",
        "iptables-nft -R web 1 -m conntrack --ctstate ESTABLISHED -j ACCEPT",
        "iptables-nft -I web -j LOG; iptables-nft -t nat -A POSTROUTING -j MASQUERADE",
        "nft add rule ip filter web tcp dport '{ 1, 2 }' accept"}) {
    EXPECT_NE(image, after(std::string(kSome) + more)) << more;
    EXPECT_FALSE(expect(looks_like(image, Family::kIpv4))) << more;
  }
}

TEST_F(NftImageTest, WhatIsThereLooksLikeItsImage) {
  auto image = after(kSome);
  EXPECT_TRUE(expect(looks_like(image, Family::kIpv4)));
  after("iptables-nft-save");
  EXPECT_TRUE(expect(looks_like(NftImage(), Family::kIpv4)));
  EXPECT_FALSE(expect(looks_like(image, Family::kIpv4)));
}

TEST_F(NftImageTest, TheOrderOfRulesShows) {
  EXPECT_NE(after("iptables-nft -A INPUT -j ACCEPT; iptables-nft -A INPUT -j DROP"),
            after("iptables-nft -A INPUT -j DROP; iptables-nft -A INPUT -j ACCEPT"));
}

}  // namespace
}  // namespace pyfw
