// Tests that change the firewall do so in a network namespace of their own, which goes with the test.

#pragma once

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

#include <stdexcept>
#include <string>

#include "base/fd.h"
#include "sys/process.h"

namespace pyfw {

class InOwnNamespace : public testing::Test {
 protected:
  void SetUp() override {
    Fd before(open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
    if (geteuid() != 0 || !before.valid() || unshare(CLONE_NEWNET) != 0)
      GTEST_SKIP() << "a network namespace is not to be had here";
    before_ = std::move(before);
  }
  void TearDown() override {
    if (before_.valid() && setns(before_.get(), CLONE_NEWNET) != 0) std::abort();
  }

  // Fails the test unless the shell ends well. Its standard output.
  static std::string sh(const std::string& script, std::string_view input = {}) {
    auto outcome = run({"/bin/sh", "-ec", script}, {.input = input});
    if (!outcome) throw std::runtime_error(outcome.error().message);
    if (outcome->status != 0) throw std::runtime_error(script + ": " + outcome->out + outcome->err);
    return std::move(outcome->out);
  }

 private:
  Fd before_;
};

// The value, or the end of the test with what went wrong.
template <typename T>
T expect(Result<T> result) {
  if (!result) throw std::runtime_error(render(result.error()));
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

}  // namespace pyfw
