// Over which connection a confirm may come: a server like sshd on the host, and its client on another one.

#include <fmt/format.h>

#include "over_connection.h"

namespace pyfw::netns {
namespace {

using testing::HasSubstr;

// What a connection is does not depend on the backend.
INSTANTIATE_TEST_SUITE_P(On, OverConnection, testing::Values(lab::Backend::kNft), backend_name);

TEST_P(OverConnection, OneFromBeforeTheChangeProvesNothing) {
  auto old = connect(kOldPort);
  apply_within(kForever);
  for (const char* before : {"", "env -i ", "setsid -w env -i ", "env -i sh -c 'exec \"$0\" \"$@\"' "}) {
    auto answer = confirm(old, before);
    EXPECT_THAT(answer, HasSubstr("is older than the change")) << before;
    EXPECT_THAT(answer, HasSubstr("open a new connection and confirm there"));
    EXPECT_THAT(answer, HasSubstr("status=1"));
  }
  EXPECT_TRUE(pending());
  EXPECT_THAT(confirm(old, "env -i ", " --force"), HasSubstr("status=0"));
  expect_kept();
}

TEST_P(OverConnection, OneFromAfterTheChangeConfirmsIt) {
  auto old = connect(kOldPort);
  apply_within(kForever);
  auto fresh = connect(kNewPort);
  EXPECT_THAT(confirm(old), HasSubstr("status=1"));
  auto answer = confirm(fresh, "env -i ");
  EXPECT_THAT(answer, HasSubstr("Confirmed: the change stays."));
  EXPECT_THAT(answer, HasSubstr("status=0"));
  expect_kept();
}

TEST_P(OverConnection, OneFromTheMidstOfTheChangeProvesNothing) {
  sh("mkdir /run/gates; touch /run/gates/before-1");
  auto apply = host().start({PYFW_GATED_PROGRAM, "apply", "--confirm-within", kForever}).value();
  wait_for_gate("before-1");
  auto midway = connect(kOldPort);
  sh("rm /run/gates/before-1");
  wait_until([&] { return !apply.running(); });
  ASSERT_TRUE(pending()) << apply.said();
  EXPECT_THAT(confirm(midway), HasSubstr("is older than the change"));
  EXPECT_THAT(confirm(connect(kNewPort)), HasSubstr("status=0"));
}

TEST_P(OverConnection, WhoIsLockedOutGetsInAgain) {
  auto old = connect(kOldPort);
  apply_within(kShort);
  // The new wishes forgot this port: nobody gets in by it any more, and what is open can't confirm.
  EXPECT_FALSE(connect(kOldPort, 1'000).valid() && pending());
  EXPECT_THAT(confirm(old), HasSubstr("status=1"));
  wait_until([this] { return !pending(); });
  EXPECT_TRUE(connect(kOldPort).valid());
}

TEST_P(OverConnection, OneOfTheHostToItselfProvesNothing) {
  apply_within(kForever);
  auto inside =
      host().output({"/bin/bash", "-c",
                     fmt::format("exec 3<>/dev/tcp/127.0.0.1/{}; echo {} confirm >&3; while read -u 3 line; "
                                 "do echo $line; case $line in status=*) exit;; esac; done",
                                 kNewPort, PYFW_PROGRAM)});
  ASSERT_TRUE(inside) << inside.error().message;
  EXPECT_THAT(*inside, HasSubstr("comes from this host itself"));
  EXPECT_THAT(*inside, HasSubstr("status=1"));
  EXPECT_TRUE(pending());
}

}  // namespace
}  // namespace pyfw::netns
