#include "kernel/waiting_restore.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace pyfw {
namespace {

// Stops when it is read no more: how the program ended then says why.
void tell(int fd, std::string_view text) {
  while (!text.empty()) {
    auto sent = send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
}

}  // namespace

WaitingRestore::WaitingRestore(Process process, Fd input, std::string_view beginning)
    : told_(std::make_unique<const std::string>(beginning)),
      input_(std::move(input)),
      process_(std::move(process)),
      telling_(std::async(std::launch::async, [fd = input_.get(), told = told_.get()] { tell(fd, *told); })) {
}

WaitingRestore::~WaitingRestore() {
  // Else it might be waited for what nobody reads.
  process_.reset();
  if (telling_.valid()) telling_.wait();
}

Result<WaitingRestore> WaitingRestore::start(const std::vector<std::string>& argv,
                                             std::string_view beginning) {
  // Unlike a pipe, a socket can be written without SIGPIPE.
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return system_error("socketpair");
  Fd ours(ends[0]);
  Fd its(ends[1]);
  TRY(auto process, Process::start(argv, {}, its));
  process.be_patient(true);
  return WaitingRestore(std::move(process), std::move(ours), beginning);
}

Result<Outcome> WaitingRestore::finish(std::string_view input) && {
  process_->be_patient(false);
  telling_.wait();
  tell(input_.get(), input.substr(told_->size()));
  input_.close();
  return std::move(*process_).finish();
}

}  // namespace pyfw
