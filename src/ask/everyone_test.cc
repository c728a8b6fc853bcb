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
    return said(*parse_endpoints(located(from), EndpointRole::kSource), to, is);
  }

  std::string said(const Endpoints& from, const std::string& to, Expected is) {
    return said(from, *parse_endpoints(located(to), EndpointRole::kDestination), is);
  }

  std::string said(const Endpoints& from, const Endpoints& to, Expected is) {
    expectation_ = {.name = located("it"), .from = from, .to = to, .is = is};
    Scene scene(made_.state());
    EXPECT_TRUE(is_about_everyone(expectation_, scene));
    auto found = find_for_everyone(expectation_, scene);
    if (!found) return found.error().message;
    examples_.clear();
    lines_.clear();
    for (const auto& answer : found->answers) {
      examples_.push_back(answer.flow.packet.source.to_string() + "@" + answer.flow.in_interface);
      lines_.push_back(answer.line);
    }
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
  std::vector<std::string> lines_;
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

TEST_F(Everyone, ASetOfNetworksIsEachAddressInThem) {
  made_.sets(
      "create offices hash:net family inet hashsize 1024 maxelem 65536\nadd offices 198.51.100.0/24\n"
      "add offices 198.51.100.7 nomatch\n");
  made_.rules(filter("-A INPUT -s 198.51.100.128/25 -j DROP\n-A INPUT -s 198.51.100.7 -j DROP\n"));
  EXPECT_EQ(said("set:offices", "192.0.2.1:22", Expected::kWorks), "refuted");
  made_.rules(filter("-A INPUT -s 198.51.100.7 -j DROP\n"));
  EXPECT_EQ(said("set:offices", "192.0.2.1:22", Expected::kWorks), "proved");
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

TEST_F(Everyone, WhatBreaksItIsToldHoweverManyOthersMay) {
  made_.rules(
      filter("-A INPUT -i br0 -j DROP\n-A INPUT -m limit --limit 3/min -j DROP\n-A INPUT -j ACCEPT\n"));
  made_.interface("br0", {"10.9.0.1/24"});
  made_.route("10.9.0.0/24", "br0");
  EXPECT_EQ(said("any", "192.0.2.1:22", Expected::kWorks), "refuted");
  EXPECT_THAT(examples_, ElementsAre("10.9.0.66@br0"));
}

TEST_F(Everyone, ThePublishedPortIsOpenToTheWorldWhateverInputSays) {
  made_.rules(kPublished);
  EXPECT_EQ(said("any@eth0", "192.0.2.1:8000", Expected::kNotWorks), "refuted");
}

TEST_F(Everyone, PortsOfASourceAndOfAnExceptionCount) {
  made_.rules(filter("-A INPUT -p tcp -m tcp --sport 53 -j DROP\n"));
  EXPECT_EQ(said("any@eth0:53", "192.0.2.1:22", Expected::kDropped), "proved");
  EXPECT_EQ(said("any@eth0:52-53", "192.0.2.1:22", Expected::kDropped), "refuted");
  made_.rules(filter("-A INPUT ! -s 10.1.0.7/32 -j DROP\n"));
  EXPECT_EQ(said("not 10.1.0.7", "192.0.2.1:22", Expected::kDropped), "proved");
  // Who excepts one port of a host has not excepted the host.
  auto all = *parse_endpoints(located("any"), EndpointRole::kSource);
  all.except = {*parse_endpoint(located("10.1.0.7:53"), EndpointRole::kSource)};
  EXPECT_EQ(said(all, "192.0.2.1:22", Expected::kDropped), "refuted");
}

TEST_F(Everyone, EachDestinationIsOfItsOwnPorts) {
  made_.rules(
      filter("-A INPUT -p tcp -m tcp --dport 22 -j DROP\n-A INPUT -p tcp -m tcp --dport 80:81 -j DROP\n"
             "-A INPUT -p icmp -j DROP\n"));
  Endpoints to{.any_of = {}, .except = {}, .place = {}};
  for (const auto* text : {"192.0.2.1:22", "192.0.2.1:80-81", "192.0.2.1/icmp"})
    to.any_of.push_back(*parse_endpoint(located(text), EndpointRole::kDestination));
  EXPECT_EQ(said(*parse_endpoints(located("any"), EndpointRole::kSource), to, Expected::kDropped), "proved");
}

TEST_F(Everyone, EachSourceIsOfItsOwnProtocol) {
  made_.rules(filter("-A INPUT -p udp -j DROP\n"));
  Endpoints from{.any_of = {*parse_endpoint(located("10.1.0.0/24/udp"), EndpointRole::kSource),
                            *parse_endpoint(located("10.1.0.0/24/tcp"), EndpointRole::kSource)},
                 .except = {},
                 .place = {}};
  EXPECT_EQ(said(from, "192.0.2.1:22", Expected::kDropped), "refuted");
  from.any_of.pop_back();
  EXPECT_EQ(said(from, "192.0.2.1:22", Expected::kDropped), "proved");
  from.except = {*parse_endpoint(located("10.1.0.7/tcp"), EndpointRole::kSource)};
  EXPECT_EQ(said(from, "192.0.2.1:22", Expected::kDropped), "it excepts tcp from what is udp");
}

// Of an interface that is not there every rule of the host's would be true.
TEST_F(Everyone, WhoNobodyIsIsNotProvedOf) {
  made_.rules(filter("-A INPUT -j DROP\n"));
  EXPECT_EQ(said("any@eht0", "192.0.2.1:22", Expected::kDropped), "no interface is called 'eht0'");
  EXPECT_EQ(said("not 10.0.0.1@eht0", "192.0.2.1:22", Expected::kDropped), "no interface is called 'eht0'");
  EXPECT_EQ(said("127.0.0.0/8", "192.0.2.1:22", Expected::kDropped),
            "nobody sends from '127.0.0.0/8' to there");
}

TEST_F(Everyone, WhatIsNotFollowedIsNamedThoughTheTracerKnowsOfEachPacket) {
  made_.rules(filter("-A INPUT -s 0.0.0.1/0.0.0.1 -j ACCEPT\n-A INPUT -j DROP\n"));
  EXPECT_EQ(said("any@eth0", "192.0.2.1:22", Expected::kDropped), "depends");
  EXPECT_THAT(lines_, ElementsAre(HasSubstr("what this rule sees of the packet (filter INPUT 1)")));
}

TEST_F(Everyone, WhatCantBeAskedIsSaid) {
  EXPECT_THAT(said("not set:nobody", "192.0.2.1:22", Expected::kDropped),
              HasSubstr("no set is called 'nobody'"));
  EXPECT_THAT(said("any", "10.0.0.0/8:22", Expected::kDropped), HasSubstr("more addresses than"));
}

}  // namespace
}  // namespace pyfw
