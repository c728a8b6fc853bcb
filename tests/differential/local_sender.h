// Sends packets of the host's own, with whatever headers, from sockets of any user.

#pragma once

#include <map>
#include <string>
#include <tuple>

#include "base/error.h"
#include "base/fd.h"
#include "net/ip.h"

namespace pyfw::differential {

struct Shipment;

class LocalSender {
 public:
  // From the network namespace of the calling thread. That the kernel has no way for it is no failure.
  Result<void> send(const Shipment& shipment);

 private:
  struct Who {
    Family family;
    std::uint32_t uid;
    std::uint32_t gid;
    std::string bound_to;
    auto operator<=>(const Who&) const = default;
  };
  static Result<Fd> open(const Who& who);

  std::map<Who, Fd> sockets_{};
};

}  // namespace pyfw::differential
