// Who has written rules on nft, and which of these writes were our own. Pids are those of the first pid
// namespace, which need not be ours: so our own writes are known by their program, and where others use the
// same by nothing.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "nft/nft_writers.h"

namespace pyfw {

class NftWriteLog {
 public:
  // What the kernel has told since the last call, in order.
  void take(std::vector<NftWriter> told);
  // A commit of ours, by the name of the program that made it (at most 15 bytes).
  void note_own(std::string program);

  // Whether the last so many commits of ours are the first that came after that generation, whatever others
  // did since. False where that can't be told.
  [[nodiscard]] bool were_only_ours(std::uint32_t since, std::size_t commits) const;

  // "iptables (pid 4711) of dockerd (pid 99)", each once: the others of whom it has not yet told.
  std::vector<std::string> take_others();

 private:
  std::vector<NftWriter> written_{};
  std::size_t named_ = 0;                  // of them, those that take_others() has seen
  std::vector<std::string> own_{};         // the programs of our own commits, in order
  std::vector<std::string> unseen_own_{};  // of them, those that take_others() has yet to see
};

}  // namespace pyfw
