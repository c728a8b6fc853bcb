// pyfw that asks before it does what others can see: a line on the descriptor that PYFW_ASKING names says
// what comes ("commit iptables filter"), and the answer decides. go: it is done. fail: it is not, and says
// so. die: the process is killed.

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "app/classic.h"
#include "app/options.h"
#include "app/subcommands.h"
#include "around_kernel.h"
#include "base/strings.h"
#include "sys/process.h"

namespace pyfw {
namespace {

class Asker {
 public:
  explicit Asker(int socket) : socket_(socket) {}

  Result<void> ask(const std::string& what) const {
    std::array<char, 16> buffer{};
    if (send(socket_, what.data(), what.size(), MSG_NOSIGNAL) < 0) return fail("nobody listens");
    auto n = recv(socket_, buffer.data(), buffer.size(), 0);
    std::string answer(buffer.data(), n > 0 ? static_cast<std::size_t>(n) : 0);
    if (answer == "die") kill(getpid(), SIGKILL);
    if (answer != "go") return fail("it was told to fail");
    return {};
  }

 private:
  int socket_;
};

// Sets change line by line, so each line is asked for; those that fill a new set, which nobody sees yet, at
// once.
std::vector<SetCommit> lines_that_are_seen(const SetCommit& commit) {
  std::vector<SetCommit> out;
  std::string created;
  for (const auto& line : commit.lines) {
    auto words = split(line, ' ');
    bool fills = words[0] == "add" && words[1] == created;
    if (words[0] == "create") created = words[1];
    if (!fills) out.emplace_back();
    out.back().lines.push_back(line);
  }
  return out;
}

class AskingKernel final : public AroundKernel {
 public:
  AskingKernel(std::unique_ptr<Kernel> inner, Asker asker) : AroundKernel(std::move(inner)), asker_(asker) {}

  Result<State> read() override {
    TRY_VOID(asker_.ask("read"));
    return AroundKernel::read();
  }
  Result<Generation> read_again(std::span<const TableId> tables, State& state) override {
    TRY_VOID(asker_.ask("read"));
    return AroundKernel::read_again(tables, state);
  }
  Result<Sets> read_sets() override {
    TRY_VOID(asker_.ask("read"));
    return AroundKernel::read_sets();
  }
  Result<std::string> difference_from(const State& wanted, const Sighting* of_copy) override {
    TRY_VOID(asker_.ask("read"));
    return AroundKernel::difference_from(wanted, of_copy);
  }
  Result<Committed> commit(const Commit& commit, Generation generation) override {
    const auto* sets = std::get_if<SetCommit>(&commit);
    if (sets == nullptr) {
      TRY_VOID(asker_.ask("commit " + name_of(commit)));
      return AroundKernel::commit(commit, generation);
    }
    for (const auto& part : lines_that_are_seen(*sets)) {
      TRY_VOID(asker_.ask("commit " + part.lines.front()));
      TRY_VOID(AroundKernel::commit(part, generation));
    }
    return Committed::kDone;
  }
  Result<std::unique_ptr<Kernel>> copy(const State& state) override {
    TRY_VOID(asker_.ask("copy"));
    return AroundKernel::copy(state);
  }
  Result<std::unique_ptr<Hold>> hold_writers() override {
    TRY_VOID(asker_.ask("hold"));
    return AroundKernel::hold_writers();
  }

 private:
  Asker asker_;
};

// The test's side reads: "ended STATUS", standard output, standard error.
void tell_end(int socket, int status, int out, int err) {
  auto text_of = [](int fd) {
    std::string text(static_cast<std::size_t>(std::max<off_t>(lseek(fd, 0, SEEK_END), 0)), ' ');
    auto n = pread(fd, text.data(), text.size(), 0);
    // More than a message holds is nobody's to read.
    text.resize(std::min<std::size_t>(static_cast<std::size_t>(std::max<ssize_t>(n, 0)), 60'000));
    return text;
  };
  for (const auto& message : {fmt::format("ended {}", status), text_of(out), text_of(err)})
    if (send(socket, message.data(), message.size(), MSG_NOSIGNAL) < 0) _exit(1);
}

// Runs a command line in a child, which need not be started from its file each time.
void run_line(int socket, const std::string& line) {
  int out = memfd_create("out", MFD_CLOEXEC);
  int err = memfd_create("err", MFD_CLOEXEC);
  pid_t child = fork();
  if (child == 0) {
    dup2(out, 1);
    dup2(err, 2);
    World world;
    world.around_kernel = [socket](std::unique_ptr<Kernel> kernel) {
      return std::make_unique<AskingKernel>(std::move(kernel), Asker(socket));
    };
    std::vector<std::string> words;
    for (auto word : split(line, ' ')) words.emplace_back(word);
    std::exit(run_command_line(static_cast<int>(words.size()), pointers(words).data(), kSubcommands,
                               run_classic, world));
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  tell_end(socket, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), out, err);
  close(out);
  close(err);
}

}  // namespace
}  // namespace pyfw

int main() {
  const char* named = std::getenv("PYFW_ASKING");
  if (named == nullptr) return 1;
  int socket = std::atoi(named);
  fcntl(socket, F_SETFD, FD_CLOEXEC);
  std::array<char, 4096> buffer{};
  while (true) {
    auto n = recv(socket, buffer.data(), buffer.size(), 0);
    if (n <= 0) return 0;
    pyfw::run_line(socket, std::string(buffer.data(), static_cast<std::size_t>(n)));
  }
}
