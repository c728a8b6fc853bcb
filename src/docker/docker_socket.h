// Docker's API on its unix socket: one question a connection, in HTTP/1.0, which Docker answers unchunked.
//
//   DockerSocket docker(*docker_socket_path());
//   TRY(auto networks, docker.get("/networks"));
//
// Only what does not change anything is ever asked.

#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/fd.h"

namespace pyfw {

struct HttpAnswer {
  int status = 0;
  std::string body;
};

// Fails where it is no answer, or one that was cut.
Result<HttpAnswer> parse_http_answer(std::string_view text);

// Where it is: as the variable DOCKER_HOST says, or /var/run/docker.sock. None where DOCKER_HOST names a
// Docker that is not on a unix socket, and so perhaps on another host.
std::optional<std::string> docker_socket_path();

// A connection of its own, for who wants to listen longer. It does not block.
Result<Fd> connect_to_socket(const std::string& path);

struct DockerLimits {
  std::chrono::milliseconds time{10'000};      // for all questions together
  std::size_t bytes = std::size_t{32} << 20U;  // of an answer
};

class DockerSocket {
 public:
  explicit DockerSocket(std::string path, DockerLimits limits = {});

  // Whether there is a socket at all.
  [[nodiscard]] bool exists() const;
  // The process that listens there, by the number that it has for us. Fails where nobody does; 0 where it has
  // no number here.
  [[nodiscard]] Result<pid_t> server() const;
  // Fails with whatever Docker does not answer, or not in time.
  [[nodiscard]] Result<HttpAnswer> get(std::string_view what) const;

 private:
  std::string path_;
  std::size_t most_bytes_;
  std::chrono::steady_clock::time_point deadline_;
};

}  // namespace pyfw
