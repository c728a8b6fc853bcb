// pyfw, which notes what it asks of the kernel, and lets others write at the worst moments.
//
//   PYFW_NOTES=FILE        a line for each call: "hold", "read BEGUN ENDED" (ns of CLOCK_MONOTONIC),
//   "rehearse",
//                          "commit BEGUN NAME", "stale NAME"
//   PYFW_INTRUDER=SCRIPT   run by a shell before and after each commit, as `SCRIPT before|after NUMBER`

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>

#include "app/classic.h"
#include "app/options.h"
#include "app/subcommands.h"
#include "around_kernel.h"
#include "base/fd.h"
#include "journal.h"
#include "sys/process.h"

namespace pyfw::races {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

class NotedKernel final : public AroundKernel {
 public:
  explicit NotedKernel(std::unique_ptr<Kernel> inner)
      : AroundKernel(std::move(inner)),
        notes_(open(variable("PYFW_NOTES").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)),
        intruder_(variable("PYFW_INTRUDER")) {}

  Result<State> read() override {
    auto begun = monotonic_now();
    auto state = AroundKernel::read();
    note(fmt::format("read {} {}", begun, monotonic_now()));
    return state;
  }
  Result<Generation> read_again(std::span<const TableId> tables, State& state) override {
    auto begun = monotonic_now();
    auto generation = AroundKernel::read_again(tables, state);
    note(fmt::format("read {} {}", begun, monotonic_now()));
    return generation;
  }
  Result<Committed> commit(const Commit& commit, Generation generation) override {
    ++commits_;
    TRY_VOID(let_write("before"));
    auto begun = monotonic_now();
    auto done = AroundKernel::commit(commit, generation);
    bool is_stale = done && *done == Committed::kStale;
    note(is_stale ? "stale " + name_of(commit) : fmt::format("commit {} {}", begun, name_of(commit)));
    TRY_VOID(let_write("after"));
    return done;
  }
  Result<std::unique_ptr<Kernel>> copy(const State& state) override {
    note("rehearse");
    return AroundKernel::copy(state);
  }
  Result<std::unique_ptr<Hold>> hold_writers() override {
    note("hold");
    return AroundKernel::hold_writers();
  }

 private:
  void note(std::string line) const {
    line += '\n';
    [[maybe_unused]] auto written = ::write(notes_.get(), line.data(), line.size());
  }

  Result<void> let_write(const std::string& when) const {
    if (intruder_.empty()) return {};
    TRY(auto outcome, pyfw::run({"/bin/sh", "-e", intruder_, when, std::to_string(commits_)}));
    if (outcome.status != 0) return fail("the intruder failed: " + outcome.err);
    return {};
  }

  Fd notes_;
  std::string intruder_;
  int commits_ = 0;
};

}  // namespace
}  // namespace pyfw::races

int main(int argc, char** argv) {
  pyfw::World world{
      .around_kernel = [](std::unique_ptr<pyfw::Kernel> kernel) -> std::unique_ptr<pyfw::Kernel> {
        return std::make_unique<pyfw::races::NotedKernel>(std::move(kernel));
      }};
  return pyfw::run_command_line(argc, argv, pyfw::kSubcommands, pyfw::run_classic, world);
}
