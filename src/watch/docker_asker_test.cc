#include "watch/docker_asker.h"

#include <gtest/gtest.h>

#include <atomic>
#include <semaphore>

namespace pyfw {
namespace {

// A Docker that answers when it is let, each time with another version.
class SlowDocker {
 public:
  DockerSays ask() {
    ++asked_;
    let_.acquire();
    return Docker{.version = std::to_string(++answered_)};
  }
  void let_answer() { let_.release(); }
  [[nodiscard]] int asked() const { return asked_; }

 private:
  std::counting_semaphore<> let_{0};
  std::atomic<int> asked_ = 0;
  int answered_ = 0;
};

bool wait_for_answer(DockerAsker& asker) {
  while (asker.is_asking())
    if (asker.take_answer()) return true;
  return false;
}

TEST(DockerAsker, DoesNotWaitForAnAnswerThatIsLate) {
  SlowDocker docker;
  DockerAsker asker([&] { return docker.ask(); });
  asker.ask();
  EXPECT_TRUE(asker.is_asking());
  EXPECT_FALSE(asker.take_answer());
  docker.let_answer();
  EXPECT_TRUE(wait_for_answer(asker));
  EXPECT_EQ((*asker.answer())->version, "1");
  EXPECT_FALSE(asker.take_answer());
}

TEST(DockerAsker, WhatHappensMeanwhileIsAskedOnceMoreForAllOfIt) {
  SlowDocker docker;
  DockerAsker asker([&] { return docker.ask(); });
  for (int i = 0; i < 5; ++i) asker.ask();
  docker.let_answer();
  EXPECT_TRUE(wait_for_answer(asker));
  EXPECT_TRUE(asker.is_asking());
  docker.let_answer();
  EXPECT_TRUE(wait_for_answer(asker));
  EXPECT_FALSE(asker.is_asking());
  EXPECT_EQ(docker.asked(), 2);
}

TEST(DockerAsker, WaitsForTheFirstAnswerOnly) {
  SlowDocker docker;
  DockerAsker asker([&] { return docker.ask(); });
  docker.let_answer();
  EXPECT_EQ((*asker.answer())->version, "1");
  asker.ask();
  EXPECT_EQ((*asker.answer())->version, "1");
  docker.let_answer();
}

}  // namespace
}  // namespace pyfw
