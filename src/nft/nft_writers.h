// Who wrote to nftables: each commit tells the process that made it.
//
//   TRY(auto listener, NftWriters::open());
//   …
//   for (auto& writer : listener.writers()) fmt::print("{} ({})\n", writer.program, writer.pid);

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "netlink/netfilter_socket.h"

namespace pyfw {

struct NftWriter {
  std::uint32_t generation = 0;  // that its commit made
  std::uint32_t pid = 0;         // as the host's first pid namespace counts, wherever we are
  std::string program;           // the name of the thread, at most 15 bytes
  std::string caller{};          // "dockerd (pid 99)", who ran it, where that could still be seen

  bool operator==(const NftWriter&) const = default;
};

// Listens from when it was opened, in the network namespace that the thread was in then.
class NftWriters {
 public:
  static Result<NftWriters> open();

  // One for each commit since the last call, in order; does not wait. Commits that did not fit in its buffer
  // of 4 MB are left out.
  std::vector<NftWriter> writers();

  // Waits until the kernel has told that generation, which it does when all of its rules are there; at most
  // so long. To wait for the kernel by a batch of our own takes longer: the writer's exit may hold it up.
  [[nodiscard]] bool has_told(std::uint32_t generation, int timeout_ms);

  // Readable when there is something to read, for poll(2).
  [[nodiscard]] int fd() const { return mnl_socket_get_fd(socket_.get()); }

 private:
  explicit NftWriters(NetfilterSocket socket) : socket_(std::move(socket)) {}

  void take_what_is_there();

  NetfilterSocket socket_;
  std::vector<NftWriter> untold_;
  std::optional<std::uint32_t> generation_;  // the last that was told
};

}  // namespace pyfw
