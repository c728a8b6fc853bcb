// Who wrote to nftables: each commit tells the process that made it.
//
//   TRY(auto listener, NftWriters::open());
//   …
//   for (auto& writer : listener.writers()) fmt::print("{} ({})\n", writer.program, writer.pid);

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "sys/netfilter_socket.h"

namespace pyfw {

struct NftWriter {
  std::uint32_t pid = 0;  // as the host's first pid namespace counts, wherever we are
  std::string program;    // the name of the thread, at most 15 bytes

  bool operator==(const NftWriter&) const = default;
};

// Listens from when it was opened, in the network namespace that the thread was in then.
class NftWriters {
 public:
  static Result<NftWriters> open();

  // One for each commit since the last call, in order; does not wait. Commits that did not fit in its buffer
  // of 4 MB are left out.
  std::vector<NftWriter> writers();

  // Readable when there is something to read, for poll(2).
  [[nodiscard]] int fd() const { return mnl_socket_get_fd(socket_.get()); }

 private:
  explicit NftWriters(NetfilterSocket socket) : socket_(std::move(socket)) {}

  NetfilterSocket socket_;
};

}  // namespace pyfw
