#include "events/docker_events.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <string_view>

#include "docker/docker_socket.h"

namespace pyfw {
namespace {

// {"type":["container","network"],"event":[…]}: what may change an address or a name.
constexpr std::string_view kRequest =
    "GET /events?filters=%7B%22type%22%3A%5B%22container%22%2C%22network%22%5D%2C%22event%22%3A%5B%22start"
    "%22%2C%22die%22%2C%22destroy%22%2C%22rename%22%2C%22create%22%2C%22remove%22%2C%22connect%22%2C%22"
    "disconnect%22%5D%7D HTTP/1.0\r\nHost: docker\r\n\r\n";

}  // namespace

bool DockerEvents::connect_again() {
  auto now = std::chrono::steady_clock::now();
  if (path_.empty() || stream_.valid() || now < next_try_) return false;
  next_try_ = now + kTryEach;
  auto stream = connect_to_socket(path_);
  if (!stream) return false;
  auto sent = send(stream->get(), kRequest.data(), kRequest.size(), MSG_NOSIGNAL);
  if (sent != static_cast<ssize_t>(kRequest.size())) return false;
  stream_ = std::move(*stream);
  return true;
}

bool DockerEvents::take() {
  std::array<char, 16384> piece{};
  bool heard = false;
  while (stream_.valid()) {
    auto got = recv(stream_.get(), piece.data(), piece.size(), MSG_DONTWAIT);
    if (got > 0) {
      heard = true;
    } else if (got < 0 && errno == EINTR) {
      continue;
    } else if (got < 0 && errno == EAGAIN) {
      return heard;
    } else {
      stream_ = Fd();
      return true;
    }
  }
  return heard;
}

}  // namespace pyfw
