// Asks Docker beside all else that the daemon does: one that is starting takes a second to answer, and just
// then the rules have to be looked after.

#pragma once

#include <functional>
#include <future>
#include <optional>

#include "engine/look.h"

namespace pyfw {

class DockerAsker {
 public:
  explicit DockerAsker(std::function<DockerSays()> ask_docker) : ask_docker_(std::move(ask_docker)) {}

  // Where it is being asked already, it is asked once more after that.
  void ask();
  [[nodiscard]] bool is_asking() const { return asking_.valid(); }
  // True once for each answer.
  bool take_answer();
  // The last one; asks, and waits, where there is none yet.
  const DockerSays& answer();

 private:
  void keep_answer();

  std::function<DockerSays()> ask_docker_;
  std::future<DockerSays> asking_{};
  bool asks_again_ = false;
  std::optional<DockerSays> answer_{};
};

}  // namespace pyfw
