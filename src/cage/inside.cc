#include "cage/inside.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/fd.h"
#include "cage/confine.h"
#include "cage/tree.h"
#include "cage/written_settings.h"

namespace pyfw {
namespace {

// Where the two descriptors are that are kept; all behind them are closed.
constexpr int kParent = 3;
constexpr int kOutput = 4;
constexpr std::size_t kMostMasked = 64 * sizeof(CageWord::text);

void tell(const CageWord& word) {
  while (send(kParent, &word, sizeof(word), MSG_NOSIGNAL) < 0 && errno == EINTR) {
  }
}

[[noreturn]] void give_up(const char* what, const char* path, int error) {
  CageWord word{.kind = CageWordKind::kFailed, .number = error};
  for (const char* part : {what, " ", path}) {
    auto size = std::min(std::strlen(part), sizeof(word.text) - word.size);
    std::memcpy(word.text + word.size, part, size);
    word.size += size;
  }
  tell(word);
  _exit(1);
}

void hear() {
  char byte = 0;
  ssize_t size = 0;
  while ((size = recv(kParent, &byte, 1, 0)) < 0 && errno == EINTR) {
  }
  if (size != 1) _exit(1);  // the parent is gone
}

void forget_signals() {
  for (int number = 1; number < NSIG; ++number) (void)signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

// Descriptors of pyfw's own are nothing for a script to inherit, nor to find in /proc/1/fd.
void keep_two_descriptors(const Inside& inside) {
  int parent = fcntl(inside.parent, F_DUPFD_CLOEXEC, kOutput + 1);
  int output = fcntl(inside.output, F_DUPFD_CLOEXEC, kOutput + 1);
  Fd null(open("/dev/null", O_RDWR | O_CLOEXEC));
  bool are_there = parent >= 0 && output >= 0 && null.valid() && dup2(null.get(), 0) == 0 &&
                   dup2(null.get(), 1) == 1 && dup2(null.get(), 2) == 2 &&
                   dup3(parent, kParent, O_CLOEXEC) >= 0 && dup3(output, kOutput, O_CLOEXEC) >= 0;
  null.release();  // it may be one of those
  if (!are_there || syscall(SYS_close_range, kOutput + 1, ~0U, 0) != 0) _exit(1);
}

// The script can't look into this process, whose memory is pyfw's: it has fewer capabilities (confine.h), and
// so the kernel refuses.
void become_root_of_nothing() {
  // By system calls: the C library would change the ids of threads that are not here.
  // An ordinary user may not drop his groups there; they are of no other use to him than outside.
  (void)syscall(SYS_setgroups, 0, nullptr);
  if (syscall(SYS_setresgid, 0, 0, 0) != 0 || syscall(SYS_setresuid, 0, 0, 0) != 0)
    give_up("setresuid", "", errno);
  // Forgotten by the kernel whenever the user id changes, so only now.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
}

void hand_over(int descriptor) {
  if (descriptor < 0) return;
  CageWord word{.kind = CageWordKind::kBufferCalls};
  iovec part{.iov_base = &word, .iov_len = sizeof(word)};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  auto* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  std::memcpy(CMSG_DATA(header), &descriptor, sizeof(int));
  (void)!sendmsg(kParent, &message, MSG_NOSIGNAL);
  close(descriptor);
}

[[noreturn]] void refuse(const char* what) {
  (void)!write(2, what, std::strlen(what));
  _exit(126);
}

[[noreturn]] void run_script(const Inside& inside) {
  // Its own session has no terminal.
  setsid();
  if (dup2(kOutput, 1) != 1 || dup2(kOutput, 2) != 2) _exit(126);
  // The kernel closes /proc/self to one whose user id has changed; nobody is there yet to look in.
  prctl(PR_SET_DUMPABLE, 1);
  auto filter = confine({.processes = inside.processes,
                         .process_bytes = inside.process_bytes,
                         .file_bytes = inside.file_bytes});
  if (!filter.is_there) refuse("pyfw: the script's privileges can't be taken from it\n");
  hand_over(filter.buffer_calls);
  if (chdir(inside.folder) != 0) (void)!chdir("/");
  execve(inside.argv[0], inside.argv.data(), inside.environment.data());
  refuse(errno == ENOENT ? "pyfw: the script's interpreter is not there\n"
                         : "pyfw: the script can't be started\n");
}

// Until the script itself has ended; others come here when their parents do.
int wait_for(pid_t script) {
  for (;;) {
    int status = 0;
    pid_t pid = waitpid(-1, &status, 0);
    if (pid < 0 && errno != EINTR) return 1;
    if (pid == script) return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
}

void kill_the_rest() {
  kill(-1, SIGKILL);
  while (waitpid(-1, nullptr, 0) > 0 || errno == EINTR) {
  }
}

void tell_masked() {
  Fd file(open(kMaskedFile, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  for (std::size_t total = 0; file.valid() && total < kMostMasked;) {
    CageWord word{.kind = CageWordKind::kMasked};
    auto size = read(file.get(), word.text, sizeof(word.text));
    if (size <= 0) return;
    word.size = static_cast<std::size_t>(size);
    total += word.size;
    tell(word);
  }
}

void tell_setting(std::string_view name, std::string_view value) {
  CageWord word{.kind = CageWordKind::kSetting};
  for (std::string_view part : {name, std::string_view("\n"), value}) {
    auto size = std::min(part.size(), sizeof(word.text) - word.size);
    std::memcpy(word.text + word.size, part.data(), size);
    word.size += size;
  }
  tell(word);
}

}  // namespace

void live_inside(const Inside& inside) {
  forget_signals();
  setsid();
  keep_two_descriptors(inside);
  hear();
  become_root_of_nothing();
  if (auto failure = prepare_box(inside.tree)) give_up(failure->what, failure->path, failure->error);
  // Only now: the files in /proc/net of a namespace belong to its root, and before the ids were mapped it had
  // none, so that nobody in there could read them.
  if (unshare(CLONE_NEWNET) != 0) give_up("unshare", "the network namespace", errno);
  tell({.kind = CageWordKind::kInNetwork});
  if (auto failure = move_into(inside.tree)) give_up(failure->what, failure->path, failure->error);
  hear();
  // Not by fork(), which takes locks that a thread of pyfw may have held when it was cloned.
  auto script = static_cast<pid_t>(syscall(SYS_clone, SIGCHLD, nullptr, nullptr, nullptr, nullptr));
  if (script < 0) give_up("fork", "", errno);
  if (script == 0) run_script(inside);
  close(kOutput);
  int status = wait_for(script);
  kill_the_rest();
  tell_masked();
  for_each_written("/proc/sys", tell_setting);
  tell({.kind = CageWordKind::kEnded, .number = status});
  _exit(0);
}

}  // namespace pyfw
