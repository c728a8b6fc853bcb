// Runs programs: by absolute path, with an argument vector, a clean environment and a time limit; never
// a shell.
//
//   TRY(auto saved, run({"/usr/sbin/iptables-save"}));
//   if (saved.status != 0) return fail(saved.err);

#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/fd.h"

namespace pyfw {

struct RunOptions {
  std::string_view input{};                // what the program reads on standard input
  int timeout_ms = 60'000;                 // then it is killed, and the run is an error
  std::vector<std::string> environment{};  // "NAME=value", besides PATH and LC_ALL=C
  std::function<bool()> in_child{};        // runs between fork and exec (async-signal-safe calls only);
                                           // false ends the child with status 126
};

// What a program left behind. `status` is its exit status, or 128 + the signal that ended it.
struct Outcome {
  int status = 0;
  std::string out;
  std::string err;
};

// A program that runs beside us; killed when nobody asks how it ended.
class Process {
 public:
  // It reads standard input from there, not from the options' text.
  static Result<Process> start(const std::vector<std::string>& argv, const RunOptions& options,
                               const Fd& input);
  Process(Process&& other) noexcept;
  Process& operator=(Process&&) = delete;
  ~Process();

  // So that others get the processor first, or no longer.
  void be_patient(bool patient) const;
  // As run(); its time limit begins here.
  Result<Outcome> finish() &&;

 private:
  Process() = default;

  pid_t pid_ = -1;
  std::string program_;
  int timeout_ms_ = 0;
  Fd out_;
  Fd err_;
};

// Fails when the program can't be started or runs into its time limit; a status other than 0 is no
// failure here, since only the caller knows what it means.
Result<Outcome> run(const std::vector<std::string>& argv, const RunOptions& options = {});

// What execve takes: the words, then a null. Good as long as nobody touches `words`.
std::vector<char*> pointers(std::vector<std::string>& words);

// The absolute path of a program in the places where root's programs live, or an error that names what
// to install.
Result<std::string> find_program(std::string_view name);

// The errno of a system call that just failed, as words: "open /etc/x: Permission denied".
std::unexpected<Error> system_error(std::string_view what);

}  // namespace pyfw
