// The first process of a cage, as its parent holds it.

#pragma once

#include <sys/types.h>

#include <utility>

#include "base/error.h"
#include "base/fd.h"
#include "cage/inside.h"

namespace pyfw {

class FirstProcess {
 public:
  // In namespaces of its own, with its ids mapped. `inside` lacks the descriptors.
  static Result<FirstProcess> start(Inside inside);
  FirstProcess(FirstProcess&& other) noexcept
      : pid_(std::exchange(other.pid_, -1)),
        words_(std::move(other.words_)),
        output_(std::move(other.output_)) {}
  FirstProcess& operator=(FirstProcess&&) = delete;
  // Kills it. When it is gone, the kernel has killed all others of the cage before.
  ~FirstProcess();

  // What it waits for.
  Result<void> go_on() const;

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] const Fd& words() const { return words_; }    // a socket that it speaks through
  [[nodiscard]] const Fd& output() const { return output_; }  // what the script prints

 private:
  FirstProcess() = default;

  pid_t pid_ = -1;
  Fd words_{};
  Fd output_{};
};

}  // namespace pyfw
