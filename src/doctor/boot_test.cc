#include "doctor/examined_for_tests.h"

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kPlain = "[Unit]\n";

class LookAtBoot : public testing::Test {
 protected:
  void start(const std::vector<std::pair<std::string, std::string>>& files) { host_.units = units_of(files); }
  [[nodiscard]] Findings found() const { return look_at_boot(host_); }
  [[nodiscard]] std::vector<std::string> ids() const { return ids_of(found()); }
  Examined host_{};
};

TEST_F(LookAtBoot, SaysNothingWhereNoFilesWereRead) {
  host_.own.has_applied = true;
  EXPECT_THAT(ids(), IsEmpty());
}

TEST_F(LookAtBoot, WhoFlushesHasToComeBeforeDocker) {
  start({{"netfilter-persistent.service", kPlain}, {"docker.service", kPlain}});
  EXPECT_EQ(severity_of(found(), "flushed-after-docker"), Severity::kWarning);
  start({{"netfilter-persistent.service", "[Unit]\nAfter=docker.service\n"}, {"docker.service", kPlain}});
  EXPECT_EQ(severity_of(found(), "flushed-after-docker"), Severity::kError);
  start({{"netfilter-persistent.service", "[Unit]\nBefore=docker.service\n"}, {"docker.service", kPlain}});
  EXPECT_THAT(ids(), IsEmpty());
}

TEST_F(LookAtBoot, AsDebianHasThemTheOrderIsFine) {
  host_.others.nftables_conf = "flush ruleset\n";
  const auto* early =
      "[Unit]\nDefaultDependencies=no\nWants=network-pre.target\nBefore=network-pre.target shutdown.target\n";
  start({{"nftables.service", early},
         {"netfilter-persistent.service", early},
         {"networking.service",
          "[Unit]\nWants=network.target\nAfter=network-pre.target\nBefore=network.target\n"},
         {"docker.service",
          "[Unit]\nAfter=network-online.target firewalld.service\nWants=network-online.target\n"}});
  EXPECT_THAT(ids(), IsEmpty());
}

TEST_F(LookAtBoot, WhoFlushesHasToComeBeforePyfw) {
  const auto* pyfw = "[Unit]\nBefore=docker.service\n";
  start({{"ferm.service", "[Unit]\nBefore=docker.service\n"}, {"pyfw.service", pyfw}});
  EXPECT_EQ(severity_of(found(), "flushed-after-pyfw"), Severity::kWarning);
  start({{"ferm.service", "[Unit]\nAfter=pyfw.service\n"}, {"pyfw.service", pyfw}});
  EXPECT_EQ(severity_of(found(), "flushed-after-pyfw"), Severity::kError);
  start({{"ferm.service", kPlain}, {"pyfw.service", "[Unit]\nAfter=ferm.service\n"}});
  EXPECT_THAT(ids(), IsEmpty());
}

TEST_F(LookAtBoot, PyfwHasToComeBeforeDocker) {
  start({{"pyfw.service", kPlain}, {"docker.service", kPlain}});
  EXPECT_THAT(ids(), ElementsAre("pyfw-after-docker"));
  start({{"pyfw.service", "[Unit]\nBefore=docker.service\n"}, {"docker.service", kPlain}});
  EXPECT_THAT(ids(), IsEmpty());
}

TEST_F(LookAtBoot, WhatWasAppliedHasToComeBackAtBoot) {
  start({{"x.service", kPlain}});
  EXPECT_THAT(ids(), IsEmpty());
  host_.own.has_applied = true;
  EXPECT_THAT(message_of(found(), "pyfw-not-at-boot"), HasSubstr("not installed"));
  start({{"pyfw-watch.service", kPlain}, {"pyfw.service", kPlain}});
  EXPECT_THAT(ids(), IsEmpty());
}

TEST_F(LookAtBoot, SaysWhyPyfwDoesNotStart) {
  host_.own.has_applied = true;
  UnitFiles files{
      .folders = {{.path = "/etc/systemd/system", .files = {{.name = "pyfw.service", .text = kPlain}}}}};
  host_.units = Units(files);
  EXPECT_THAT(message_of(found(), "pyfw-not-at-boot"), HasSubstr("not enabled"));
  files.folders[0].files[0] = {.name = "pyfw.service", .link = "/dev/null"};
  host_.units = Units(files);
  EXPECT_THAT(message_of(found(), "pyfw-not-at-boot"), HasSubstr("masked"));
}

TEST_F(LookAtBoot, WithoutTheDaemonNobodyRepairs) {
  host_.own.has_applied = true;
  start({{"pyfw.service", kPlain}});
  EXPECT_EQ(severity_of(found(), "pyfw-watch-not-at-boot"), Severity::kNote);
}

}  // namespace
}  // namespace pyfw
