#include "sys/lock.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/namespace_for_tests.h"

namespace pyfw {
namespace {

class DaemonLock : public InOwnNamespace {};

TEST_F(DaemonLock, IsHadByOneAtATime) {
  auto first = expect(lock_as_daemon_of_this_namespace());
  ASSERT_TRUE(first);
  EXPECT_FALSE(expect(lock_as_daemon_of_this_namespace()));
  first.reset();
  EXPECT_TRUE(expect(lock_as_daemon_of_this_namespace()));
}

TEST_F(DaemonLock, WaitsForWhatAKilledOneWasStarting) {
  auto killed = expect(lock_as_daemon_of_this_namespace());
  ASSERT_TRUE(killed);
  pid_t left = fork();
  if (left == 0) {
    usleep(200'000);
    _exit(0);
  }
  killed.reset();
  EXPECT_TRUE(expect(lock_as_daemon_of_this_namespace()));
  EXPECT_EQ(waitpid(left, nullptr, 0), left);
}

}  // namespace
}  // namespace pyfw
