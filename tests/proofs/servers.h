// Programs of the host under test that answer: TCP at ports 22 and 80, UDP at port 53 of each of its
// addresses.

#pragma once

#include <vector>

#include "base/error.h"
#include "base/fd.h"
#include "net/ip.h"

namespace pyfw::proofs {

class Servers {
 public:
  // In the network namespace of the calling thread, which has those addresses.
  static Result<Servers> open(const std::vector<Ip>& own);

  // The datagrams that have come since the last time; the kernel answers a SYN by itself.
  Result<void> answer() const;

 private:
  std::vector<Fd> listening_{};
  std::vector<Fd> datagrams_{};
};

}  // namespace pyfw::proofs
