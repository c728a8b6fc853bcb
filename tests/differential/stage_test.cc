// The judge is judged here: rulesets of which one knows what the kernel does with a packet.

#include "stage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sys/namespace_for_tests.h"

namespace pyfw::differential {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

Ip ip(const char* text) { return *Ip::parse(text); }

Shipment syn(const char* from, const char* to, std::uint16_t port = 80) {
  return {.sent = {.packet = {.source = ip(from),
                              .destination = ip(to),
                              .protocol = kTcp,
                              .source_port = 50000,
                              .destination_port = port,
                              .tcp_flags = kSyn}},
          .wire = 0};
}

std::vector<std::string> steps_of(const KernelPath& path) {
  std::vector<std::string> out;
  for (const auto& step : path.steps) out.push_back(in_words(step));
  return out;
}

std::vector<std::string> hooks_of(const KernelPath& path) {
  std::vector<std::string> out;
  for (const auto& passage : path.passages)
    out.push_back((passage.is_end ? "through " : "to ") + std::string(name_of(passage.hook)));
  return out;
}

class OnStage : public testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "network namespaces are not to be had here";
  }
  static constexpr const char* kRules =
      "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n:U - [0:0]\n"
      "-A INPUT -p udp -j DROP\n-A INPUT -s 10.0.0.2/32 -j U\n-A INPUT -j DROP\n"
      "-A FORWARD -p tcp -m tcp --dport 22 -j DROP\n-A FORWARD -p tcp -g U\n"
      "-A U -j LOG\n-A U -p tcp -m tcp --dport 80 -j ACCEPT\nCOMMIT\n"
      "*nat\n:PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n"
      "-A PREROUTING -p tcp -m tcp --dport 8000 -j DNAT --to-destination 10.0.1.2:80\nCOMMIT\n";
};

class OnStageOfBackend : public OnStage, public testing::WithParamInterface<Backend> {
 protected:
  static Result<Stage> stage() {
    TRY(auto out, Stage::build(plain_topology()));
    TRY_VOID(out.load({.tables = {{{GetParam(), Family::kIpv4}, kRules}}}));
    return out;
  }
  static std::string name() { return std::string(pyfw::name_of(GetParam())); }
};

TEST_P(OnStageOfBackend, RulesThatMatchAreToldInOrderWithTheirChains) {
  auto stage = expect(this->stage());
  auto path = expect(stage.send(syn("10.0.0.2", "10.0.0.1")));
  EXPECT_THAT(steps_of(path), ElementsAre(name() + " nat PREROUTING policy", name() + " filter INPUT rule 2",
                                          name() + " filter U rule 1", name() + " filter U rule 2",
                                          name() + " nat INPUT policy"));
  EXPECT_THAT(hooks_of(path),
              ElementsAre("to PREROUTING", "through PREROUTING", "to INPUT", "through INPUT"));
  EXPECT_THAT(path.emerged, IsEmpty());
}

TEST_P(OnStageOfBackend, TranslatedPacketIsForwardedAndSeenAtTheOtherEnd) {
  auto stage = expect(this->stage());
  auto path = expect(stage.send(syn("10.0.0.2", "10.0.0.1", 8000)));
  EXPECT_THAT(steps_of(path), ElementsAre(name() + " nat PREROUTING rule 1",
                                          name() + " filter FORWARD rule 2", name() + " filter U rule 1",
                                          name() + " filter U rule 2", name() + " nat POSTROUTING policy"));
  ASSERT_THAT(path.emerged, SizeIs(1));
  EXPECT_EQ(path.emerged[0].interface, "eth1");
  EXPECT_EQ(path.emerged[0].packet.destination, ip("10.0.1.2"));
  EXPECT_EQ(path.emerged[0].packet.destination_port, 80);
  EXPECT_EQ(path.emerged[0].packet.ttl, 63);
}

TEST_P(OnStageOfBackend, DroppedPacketIsSeenToComeToTheHookAndNoFurther) {
  auto stage = expect(this->stage());
  auto path = expect(stage.send(syn("10.0.0.2", "10.0.1.2", 81)));
  EXPECT_THAT(steps_of(path),
              ElementsAre(name() + " nat PREROUTING policy", name() + " filter FORWARD rule 2",
                          name() + " filter U rule 1", name() + " filter FORWARD policy"));
  EXPECT_THAT(hooks_of(path), ElementsAre("to PREROUTING", "through PREROUTING", "to FORWARD"));
  EXPECT_THAT(path.emerged, IsEmpty());
}

TEST_P(OnStageOfBackend, LaterPacketOfAConnectionSkipsNatUnlessConntrackForgets) {
  auto stage = expect(this->stage());
  expect(stage.send(syn("10.0.0.2", "10.0.0.1", 8000)));
  auto again = syn("10.0.0.2", "10.0.0.1", 8000);
  again.keeps_connections = true;
  EXPECT_THAT(steps_of(expect(stage.send(again))), SizeIs(3));
  again.keeps_connections = false;
  EXPECT_THAT(steps_of(expect(stage.send(again))), SizeIs(5));
}

TEST_P(OnStageOfBackend, OwnPacketsAreTracedWithTheirOwnerAndNobodyAnswers) {
  auto stage = expect(this->stage());
  auto shipment = syn("10.0.0.1", "10.0.1.2");
  shipment.wire = {};
  shipment.mark = 5;
  auto path = expect(stage.send(shipment));
  EXPECT_THAT(hooks_of(path),
              ElementsAre("to OUTPUT", "through OUTPUT", "to POSTROUTING", "through POSTROUTING"));
  EXPECT_EQ(path.passages.front().mark, 5U);
  ASSERT_THAT(path.emerged, SizeIs(1));
  shipment.sent.packet.destination = ip("10.0.0.1");
  path = expect(stage.send(shipment));
  EXPECT_THAT(hooks_of(path),
              ElementsAre("to OUTPUT", "through OUTPUT", "to POSTROUTING", "through POSTROUTING",
                          "to PREROUTING", "through PREROUTING", "to INPUT"));
}

INSTANTIATE_TEST_SUITE_P(Both, OnStageOfBackend, testing::Values(Backend::kNft, Backend::kLegacy),
                         [](const auto& tested) { return std::string(pyfw::name_of(tested.param)); });

}  // namespace
}  // namespace pyfw::differential
