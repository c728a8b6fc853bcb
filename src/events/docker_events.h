// Docker's own news: that a container or a network came, went or changed its name, by GET /events, which
// streams. A Docker that is not there is tried again now and then, since it restarts.

#pragma once

#include <chrono>
#include <string>

#include "base/fd.h"

namespace pyfw {

class DockerEvents {
 public:
  // The socket, as docker_socket_path() gives it; empty for no Docker on this host.
  explicit DockerEvents(std::string path) : path_(std::move(path)) {}

  // For poll(2); -1 while there is no connection.
  [[nodiscard]] int fd() const { return stream_.get(); }
  [[nodiscard]] bool is_connected() const { return stream_.valid(); }
  // Tries to connect where it is not, and it is time to. True where that changed something.
  bool connect_again();
  // Whether something was told, the end of the connection included; does not wait.
  bool take();
  [[nodiscard]] const std::string& path() const { return path_; }

  static constexpr std::chrono::milliseconds kTryEach{250};

 private:
  std::string path_;
  Fd stream_;
  std::chrono::steady_clock::time_point next_try_{};
};

}  // namespace pyfw
