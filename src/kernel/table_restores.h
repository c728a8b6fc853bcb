// Commits tables through iptables-restore, which may have been started before, when it was foreseen.
//
//   restores.foresee(commits, Foresight::kToTheLetter);
//   …
//   TRY(auto writer, restores.restore(commit));

#pragma once

#include <list>
#include <span>
#include <string>

#include "engine/kernel.h"
#include "kernel/netns.h"
#include "kernel/waiting_restore.h"

namespace pyfw {

class TableRestores {
 public:
  explicit TableRestores(const Netns& netns) : netns_(netns) {}

  // Starts those whose rules can't be put in as bytes. Not on legacy, which looks at the rules as soon as it
  // has read which table it is about, so that it must not wait.
  void foresee(std::span<const Commit> commits, Foresight foresight);

  // Returns the name under which the kernel knows who has written. Fails as Kernel::commit() does.
  Result<std::string> restore(const TableCommit& commit);

 private:
  Result<Outcome> run(const std::string& program, const std::string& input);

  const Netns& netns_;
  struct Waiting {
    std::string program;
    WaitingRestore restore;
  };
  std::list<Waiting> waiting_{};
};

}  // namespace pyfw
