#include "watch/docker_asker.h"

#include <chrono>

namespace pyfw {

void DockerAsker::ask() {
  if (asking_.valid()) {
    asks_again_ = true;
  } else {
    asking_ = std::async(std::launch::async, ask_docker_);
  }
}

bool DockerAsker::take_answer() {
  if (!asking_.valid() || asking_.wait_for(std::chrono::seconds(0)) != std::future_status::ready)
    return false;
  keep_answer();
  return true;
}

const DockerSays& DockerAsker::answer() {
  if (!answer_) {
    ask();
    keep_answer();
  }
  return *answer_;
}

void DockerAsker::keep_answer() {
  answer_ = asking_.get();
  if (std::exchange(asks_again_, false)) ask();
}

}  // namespace pyfw
