// ${external_interface} outlives its route: at boot, before there is one, the same wishes give the same
// rules.

#include "live.h"

namespace pyfw::netns {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class ExternalInterface : public LiveTest {
 protected:
  void SetUp() override {
    LiveTest::SetUp();
    if (IsSkipped()) return;
    sh("for name in one two; do ip link add $name type bridge; ip link set $name up; done; "
       "ip addr add 192.0.2.1/24 dev one; ip addr add 198.51.100.1/24 dev two");
    wish(R"(
pyfw_wishes:
  ip46tables:
    filter:
      INPUT:
        rules:
        - opens: -i ${external_interface} -p tcp --dport 22 -j ACCEPT
        - closes: '! -i ${external_interface} -p tcp --dport 23 -j DROP'
)");
  }

  void apply_safely(const char* said) const {
    auto applied = pyfw({"apply"});
    EXPECT_EQ(applied.status, 0) << applied.err;
    EXPECT_THAT(applied.err, HasSubstr(said));
    expect_fulfilled();
  }
  void expect_fulfilled() const {
    EXPECT_EQ(pyfw({"plan"}).out, kNothingPlanned);
    EXPECT_EQ(pyfw({}).out, kNothingToDo);
  }
  [[nodiscard]] std::string kept() const { return sh("cat /var/lib/pyfw/*/variables"); }

  static constexpr const char* kOpens = "-p tcp -m tcp --dport 22 -m comment --comment opens -j ACCEPT";
  static constexpr const char* kCloses = "-p tcp -m tcp --dport 23 -m comment --comment closes -j DROP";
  static testing::Matcher<std::vector<std::string>> by(const std::string& interface) {
    return ElementsAre("-i " + interface + " " + kOpens, "! -i " + interface + " " + kCloses);
  }
};

TEST_P(ExternalInterface, IsTheLastOneWhileThereIsNoDefaultRoute) {
  sh("ip route add default via 192.0.2.254");
  apply_safely("no default route for IPv6: until there is one, that of IPv4 stands in: one");
  EXPECT_THAT(rules("INPUT"), by("one"));
  EXPECT_THAT(rules("INPUT", "filter", "ip6tables"), by("one"));
  sh("ip route del default");
  EXPECT_THAT(
      pyfw({"plan"}).err,
      HasSubstr("no default route for IPv4: until there is one, the last known value stands in: one"));
  expect_fulfilled();
  // As after boot.
  sh("iptables -F; ip6tables -F");
  apply_safely("the last known value stands in: one");
  EXPECT_THAT(rules("INPUT"), by("one"));
  EXPECT_THAT(rules("INPUT", "filter", "ip6tables"), by("one"));

  sh("ip route add default via 198.51.100.254");
  apply_safely("");
  EXPECT_THAT(rules("INPUT"), by("two"));
  EXPECT_THAT(kept(), AllOf(HasSubstr("two"), Not(HasSubstr("one"))));
}

TEST_P(ExternalInterface, WhereNoneWasEverKnownNothingOpens) {
  apply_safely("this rule stands without this match");
  EXPECT_THAT(rules("INPUT"), ElementsAre(kCloses));
  EXPECT_THAT(rules("INPUT", "filter", "ip6tables"), ElementsAre(kCloses));
  sh("ip route add default via 192.0.2.254");
  apply_safely("");
  EXPECT_THAT(rules("INPUT"), by("one"));
}

TEST_P(ExternalInterface, TheClassicFlagsKeepItToo) {
  sh("ip route add default via 192.0.2.254");
  apply();
  sh("ip route del default");
  expect_fulfilled();
  EXPECT_EQ(apply(), kAlreadyFulfilled);
}

TEST_P(ExternalInterface, OnlyWhatIsNamedIsKept) {
  sh("ip route add default via 192.0.2.254");
  apply_safely("");
  EXPECT_THAT(kept(), HasSubstr("external_interface"));
  wish("pyfw_wishes: {}\n");
  apply_safely("");
  EXPECT_THAT(kept(), Not(HasSubstr("external_interface")));
}

TEST_P(ExternalInterface, WhatIsKeptIsWrittenWhereNothingElseWasToDo) {
  sh("ip route add default via 192.0.2.254");
  apply_safely("");
  sh("rm /var/lib/pyfw/*/variables");
  apply_safely("");
  EXPECT_THAT(kept(), HasSubstr("one"));
}

TEST_P(ExternalInterface, DamageIsToldAndRepaired) {
  sh("ip route add default via 192.0.2.254");
  apply_safely("");
  sh("for f in /var/lib/pyfw/*/variables; do echo x >> $f; done; ip route del default");
  EXPECT_THAT(pyfw({"plan"}).err, HasSubstr("what variables were worth last can't be read"));
  sh("ip route add default via 192.0.2.254");
  apply_safely("what is away now counts as never known");
  EXPECT_THAT(pyfw({"plan"}).err, Not(HasSubstr("can't be read")));
}

TEST_P(ExternalInterface, AnUndoneChangeKeepsWhatTheWishesBeforeItName) {
  sh("ip route add default via 192.0.2.254");
  apply_safely("");
  wish("pyfw_wishes: { iptables: { filter: { INPUT: { rules: [ '-p tcp --dport 24 -j DROP' ] } } } }\n");
  EXPECT_EQ(pyfw({"apply", "--confirm-within", "60s"}).status, 0);
  EXPECT_THAT(kept(), HasSubstr("external_interface"));
  EXPECT_EQ(pyfw({"rollback"}).status, 0);
}

TEST_P(ExternalInterface, ANameThatMeansMoreIsRefused) {
  sh("ip link add 'e+' type bridge; ip link set 'e+' up; ip route add default dev 'e+'");
  auto refused = pyfw({"apply"});
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.err,
              HasSubstr("wishes.yaml:7:21: error: no rule can name the interface 'e+': iptables takes it "
                        "for every interface whose name begins with 'e'"));
  EXPECT_THAT(rules("INPUT"), IsEmpty());
}

PYFW_ON_BOTH_BACKENDS(ExternalInterface);

}  // namespace
}  // namespace pyfw::netns
