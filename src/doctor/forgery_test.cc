#include "doctor/examined_for_tests.h"

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class LookAtForgery : public testing::Test {
 protected:
  [[nodiscard]] Findings found() const { return look_at_forgery(host_); }
  InterfaceSettings& settings(const std::string& name) { return host_.host.facts.settings->interfaces[name]; }
  Examined host_ = with_docker(kPublished);
};

TEST_F(LookAtForgery, LooseFiltersAreFine) { EXPECT_THAT(found(), IsEmpty()); }

TEST_F(LookAtForgery, TheLoopbackFromOutsideIsSaid) {
  settings("docker0").route_localnet = true;
  EXPECT_THAT(found(), IsEmpty()) << "Docker sets it on its own bridges";
  settings("eth1").route_localnet = true;
  EXPECT_THAT(message_of(found(), "route-localnet"), HasSubstr("by eth1"));
  settings("all").route_localnet = true;
  EXPECT_THAT(message_of(found(), "route-localnet"), HasSubstr("by eth0, eth1"));
}

TEST_F(LookAtForgery, AStrictFilterMattersWithSeveralWaysOut) {
  settings("eth0").rp_filter = 1;
  EXPECT_THAT(found(), IsEmpty());
  host_.host.facts.routes.push_back(
      {.destination = *Prefix::parse("0.0.0.0/0"), .interface = "eth1", .table = 100});
  EXPECT_THAT(ids_of(found()), ElementsAre("rp-filter-strict"));
  settings("all").rp_filter = 2;
  EXPECT_THAT(found(), IsEmpty()) << "the larger of the two counts";
}

TEST_F(LookAtForgery, NoFilterIsANote) {
  settings("eth0").rp_filter = 0;
  EXPECT_EQ(severity_of(found(), "rp-filter-off"), Severity::kNote);
  EXPECT_THAT(found().front().instead, HasSubstr("rp_filter=1")) << "2 lets in containers' addresses";
  settings("all").rp_filter = 1;
  EXPECT_THAT(found(), IsEmpty());
}

}  // namespace
}  // namespace pyfw
