// An iptables-restore that has read what it is to do, but not yet its last line, COMMIT. Only then does
// iptables-nft look at the rules that are there and write its own, so the time in which others may write
// between our look and our commit becomes a fraction of what it takes to start, read and translate.
//
//   TRY(auto waiting, WaitingRestore::start({"/usr/sbin/iptables-nft-restore", "--noflush"}, "*filter\n"));
//   …
//   TRY(auto outcome, std::move(waiting).finish("*filter\n-A INPUT -j DROP\nCOMMIT\n"));

#pragma once

#include <future>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "sys/process.h"

namespace pyfw {

class WaitingRestore {
 public:
  // `beginning`: what it reads already, without COMMIT.
  static Result<WaitingRestore> start(const std::vector<std::string>& argv, std::string_view beginning);
  WaitingRestore(WaitingRestore&&) = default;
  WaitingRestore& operator=(WaitingRestore&&) = delete;
  // One that was never told the rest is killed, and has done nothing.
  ~WaitingRestore();

  // Whether it has read nothing but the beginning of that.
  [[nodiscard]] bool can_become(std::string_view input) const { return input.starts_with(*told_); }
  // Tells the rest of it, and waits for the end.
  Result<Outcome> finish(std::string_view input) &&;

 private:
  WaitingRestore(Process process, Fd input, std::string_view beginning);

  std::unique_ptr<const std::string> told_;  // which stays where it is while another thread tells it
  Fd input_;
  std::optional<Process> process_;
  std::future<void> telling_;
};

}  // namespace pyfw
