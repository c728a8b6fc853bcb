// A program that was started and goes on running, with what it has written so far.

#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/fd.h"

namespace pyfw::lab {

class Started {
 public:
  // `enter` takes the starting process into its namespaces. The program becomes a child of the first
  // process of that pid namespace, so that it can end without its starter.
  static Result<Started> start(const std::vector<std::string>& argv,
                               const std::vector<std::string>& environment,
                               const std::function<bool()>& enter);
  Started(Started&&) = default;
  Started& operator=(Started&&) = default;
  Started(const Started&) = delete;
  Started& operator=(const Started&) = delete;
  ~Started();

  [[nodiscard]] bool running() const { return !ended_within(0); }
  // Sends the signal, and waits. A program that does not end in time is killed, which is an error.
  Result<void> stop(int signal_number, int timeout_ms = 30'000) const;
  // Its standard output and error, all that there is by now.
  [[nodiscard]] std::string said() const;

 private:
  Started(Fd process, Fd log) : process_(std::move(process)), log_(std::move(log)) {}
  [[nodiscard]] bool ended_within(int timeout_ms) const;
  void send(int signal_number) const;

  Fd process_;  // a pidfd: no other process can be meant, even after this one has ended
  Fd log_;
};

}  // namespace pyfw::lab
