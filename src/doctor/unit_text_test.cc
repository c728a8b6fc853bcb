#include "doctor/unit_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pyfw {
namespace {

using testing::ElementsAre;

TEST(UnitText, ReadsDependenciesOverSeveralLinesAndContinuations) {
  auto text = with_unit_text({},
                             "# of a package\n"
                             "[Unit]\n"
                             "Before=network-pre.target \\\n"
                             "; a comment in between\n"
                             "  shutdown.target\n"
                             "Before = docker.service\n"
                             "After=\"local-fs.target\"\tsysinit.target\r\n"
                             "Wants=network-pre.target\n"
                             "Requires=a.mount\n"
                             "[Install]\n"
                             "WantedBy=multi-user.target\n"
                             "Before=nobody.target\n",
                             "x.service");
  EXPECT_THAT(text.before, ElementsAre("network-pre.target", "shutdown.target", "docker.service"));
  EXPECT_THAT(text.after, ElementsAre("local-fs.target", "sysinit.target"));
  EXPECT_THAT(text.wants, ElementsAre("network-pre.target", "a.mount"));
  EXPECT_TRUE(text.has_default_dependencies);
}

TEST(UnitText, ADropInAddsDependenciesAndReplacesTheCommandThatItEmptiesFirst) {
  auto text = with_unit_text({}, "[Unit]\nAfter=a.service\n[Service]\nExecStart=/bin/a\n", "x.service");
  text = with_unit_text(std::move(text),
                        "[Unit]\nAfter=\nAfter=b.service\nDefaultDependencies=no\n"
                        "[Service]\nExecStart=\nExecStart=/bin/b --flag\n",
                        "x.service");
  EXPECT_THAT(text.after, ElementsAre("a.service", "b.service"));
  EXPECT_THAT(text.start_commands, ElementsAre("/bin/b --flag"));
  EXPECT_FALSE(text.has_default_dependencies);
}

TEST(UnitText, SpecifiersStandForTheInstance) {
  auto text = with_unit_text({}, "[Unit]\nAfter=net@%i.service %p.target %n %N.x 100%%\n", "wg@wg0.service");
  EXPECT_THAT(text.after, ElementsAre("net@wg0.service", "wg.target", "wg@wg0.service", "wg@wg0.x", "100%"));
}

TEST(UnitText, ReadsWhereASocketListens) {
  auto text = with_unit_text({}, "[Socket]\nListenStream=/run/docker.sock\nListenStream=2375\n", "d.socket");
  EXPECT_THAT(text.listens_at, ElementsAre("/run/docker.sock", "2375"));
}

TEST(UnitText, PassesOverWhatIsNone) {
  EXPECT_EQ(with_unit_text({}, "\x01\xff\n[Unit\n=\nAfter\n]\nAfter=a\n\\", "x.service"), UnitText());
  EXPECT_THAT(with_unit_text({}, "[Unit]\nAfter=%", "").after, ElementsAre("%"));
}

TEST(UnitText, TellsTheTemplateOfAnInstance) {
  EXPECT_EQ(template_of_unit("getty@tty1.service"), "getty@.service");
  EXPECT_EQ(template_of_unit("getty@.service"), "");
  EXPECT_EQ(template_of_unit("getty.service"), "");
  EXPECT_EQ(instance_of_unit("a@b.c.service"), "b.c");
  EXPECT_EQ(prefix_of_unit("getty.service"), "");
}

}  // namespace
}  // namespace pyfw
