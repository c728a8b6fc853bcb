#include "ask/everyone.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "trace/host_for_tests.h"
#include "trace/rules_for_tests.h"
#include "wish/endpoint.h"

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Located located(const std::string& text) {
  auto source = std::make_shared<Source>(Source{.name = "it", .text = text});
  return {.text = text,
          .place = {.source = std::move(source), .line = 1, .column = 1, .length = text.size()},
          .is_verbatim = true};
}

class Everyone : public testing::Test {
 protected:
  Everyone() { made_.with_docker(); }

  // "proved", "refuted by …", "depends on …", or the error.
  std::string said(const std::string& from, const std::string& to, Expected is) {
    auto source = parse_endpoints(located(from), EndpointRole::kSource);
    auto target = parse_endpoints(located(to), EndpointRole::kDestination);
    expectation_ = {.name = located("it"), .from = *source, .to = *target, .is = is};
    EXPECT_TRUE(is_about_everyone(expectation_));
    Scene scene(made_.state());
    auto found = find_for_everyone(expectation_, scene);
    if (!found) return found.error().message;
    examples_.clear();
    for (const auto& answer : found->answers)
      examples_.push_back(answer.flow.packet.source.to_string() + "@" + answer.flow.in_interface);
    switch (found->standing) {
      case Standing::kHolds: return "proved";
      case Standing::kFails: return "refuted";
      case Standing::kDepends: return "depends";
      case Standing::kUnanswered: break;
    }
    return "";
  }

  HostForTests made_;
  Expectation expectation_{};
  std::vector<std::string> examples_;
};

TEST_F(Everyone, IsProvedWhereARuleStopsThemAll) {
  made_.rules(filter("-A INPUT -j DROP\n"));
  EXPECT_EQ(said("any", "192.0.2.1:22", Expected::kDropped), "proved");
  EXPECT_EQ(said("any", "192.0.2.1:22", Expected::kNotWorks), "proved");
  EXPECT_EQ(said("any@eth0", "192.0.2.1:1-65535", Expected::kDropped), "proved");
  EXPECT_THAT(examples_, IsEmpty());
}

TEST_F(Everyone, IsRefutedByOnePacketOfEachInterface) {
  made_.rules(filter("-A INPUT -i docker0 -j DROP\n"));
  EXPECT_EQ(said("any", "192.0.2.1:22", Expected::kDropped), "refuted");
  EXPECT_THAT(examples_, ElementsAre("192.0.2.66@eth0", "10.1.0.66@eth1"));
}

TEST_F(Everyone, TheOneHoleIsFound) {
  made_.rules(
      filter("-A INPUT -s 10.1.0.77/32 -p tcp -m tcp --sport 7 --dport 4711 -j ACCEPT\n-A INPUT -j DROP\n"));
  EXPECT_EQ(said("any", "192.0.2.1:1-65535", Expected::kDropped), "refuted");
  EXPECT_THAT(examples_, ElementsAre("10.1.0.77@eth1"));
  EXPECT_EQ(said("not 10.1.0.77", "192.0.2.1:1-65535", Expected::kDropped), "proved");
}

TEST_F(Everyone, AllButASetIsProvedWhereOnlyTheSetGetsThrough) {
  made_.rules(filter("-A INPUT -m set --match-set friends src -j ACCEPT\n-A INPUT -j DROP\n"))
      .sets("create friends hash:net family inet hashsize 1024 maxelem 65536\nadd friends 10.1.0.0/28\n");
  EXPECT_EQ(said("not set:friends", "192.0.2.1:22", Expected::kDropped), "proved");
  EXPECT_EQ(said("10.1.0.0/28", "192.0.2.1:22", Expected::kWorks), "proved");
  EXPECT_EQ(said("10.1.0.0/27", "192.0.2.1:22", Expected::kWorks), "refuted");
}

TEST_F(Everyone, WhatRoutingDiscardsIsOutsideAStatementUnlessItNamesIt) {
  made_.rules(filter(""));
  EXPECT_EQ(said("any@eth0", "192.0.2.1:22", Expected::kWorks), "proved");
  EXPECT_EQ(said("127.0.0.0/8@eth0", "192.0.2.1:22", Expected::kDropped), "proved");
}

TEST_F(Everyone, ACountingMatchIsNamedAndDecidesNothing) {
  made_.rules(filter("-A INPUT -m limit --limit 3/min -j ACCEPT\n-A INPUT -j DROP\n"));
  EXPECT_EQ(said("any@eth0", "192.0.2.1:22", Expected::kDropped), "depends");
  EXPECT_EQ(said("any@eth0", "192.0.2.1:22", Expected::kRefused), "refuted");
}

TEST_F(Everyone, ThePublishedPortIsOpenToTheWorldWhateverInputSays) {
  made_.rules(kPublished);
  made_.state().state.iptables = rules_of(kPublished);
  EXPECT_EQ(said("any@eth0", "192.0.2.1:8000", Expected::kNotWorks), "refuted");
}

TEST_F(Everyone, WhatCantBeAskedIsSaid) {
  EXPECT_THAT(said("not set:nobody", "192.0.2.1:22", Expected::kDropped),
              HasSubstr("no set is called 'nobody'"));
  EXPECT_THAT(said("any", "10.0.0.0/8:22", Expected::kDropped), HasSubstr("more addresses than"));
}

}  // namespace
}  // namespace pyfw
