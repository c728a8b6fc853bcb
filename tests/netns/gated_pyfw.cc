// pyfw with gates around its commits, as files of the host that it runs on say, so that a test can look at
// a moment that is otherwise gone at once:
//
//   /run/gates/before-2       before the second commit, wait as long as this is there
//   /run/gates/after-2        the same after it
//   /run/gates/refuse-2       let the second commit fail
//   /run/gates/pending        wait when what the undo needs has just been written, before it is held
//   /run/reached/before-2     is made when it has come there
//   /run/synced               what has been synced, a path a line
//
// The process that holds a deadline is let alone.

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "app/classic.h"
#include "app/options.h"
#include "app/subcommands.h"
#include "around_kernel.h"

namespace pyfw {
namespace {

bool exists(const std::string& path) {
  std::error_code none;
  return std::filesystem::exists(path, none);
}

void pass(const std::string& gate) {
  std::filesystem::create_directories("/run/reached");
  std::ofstream("/run/reached/" + gate) << '\n';
  while (exists("/run/gates/" + gate)) std::this_thread::sleep_for(std::chrono::milliseconds(5));
}

bool has_gates = false;

void note_sync(const std::string& path) {
  std::ofstream("/run/synced", std::ios::app) << path << '\n';
  static bool is_pending = false;
  if (is_pending || !exists(path + "/pending")) return;
  is_pending = true;
  pass("pending");
}

class GatedKernel final : public AroundKernel {
 public:
  using AroundKernel::AroundKernel;

  Result<Committed> commit(const Commit& commit, Generation generation) override {
    auto number = ++commits_;
    pass(fmt::format("before-{}", number));
    if (exists(fmt::format("/run/gates/refuse-{}", number))) return fail("a test says no");
    TRY(auto committed, AroundKernel::commit(commit, generation));
    pass(fmt::format("after-{}", number));
    return committed;
  }

 private:
  int commits_ = 0;
};

std::unique_ptr<Kernel> with_gates(std::unique_ptr<Kernel> kernel) {
  return std::make_unique<GatedKernel>(std::move(kernel));
}

}  // namespace
}  // namespace pyfw

// In place of the library's.
extern "C" int fsync(int fd) {
  auto done = static_cast<int>(syscall(SYS_fsync, fd));
  std::error_code none;
  auto path = std::filesystem::read_symlink(fmt::format("/proc/self/fd/{}", fd), none).string();
  if (pyfw::has_gates) pyfw::note_sync(path);
  return done;
}

int main(int argc, char** argv) {
  pyfw::has_gates = argc > 1 && std::string_view(argv[1]) != "hold";
  pyfw::World world;
  if (pyfw::has_gates) world.around_kernel = pyfw::with_gates;
  return pyfw::run_command_line(argc, argv, pyfw::kSubcommands, pyfw::run_classic, world);
}
