#include "docker/docker_socket.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/strings.h"

namespace pyfw {
namespace {

constexpr std::string_view kUnix = "unix://";

std::unexpected<Error> no_answer(const std::string& why) { return fail("Docker does not answer: " + why); }
std::unexpected<Error> no_answer(int error) { return no_answer(std::strerror(error)); }

// Waits until the socket is ready for it.
Result<void> wait_for(const Fd& fd, short event, std::chrono::steady_clock::time_point deadline) {
  while (true) {
    auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
    pollfd waiting{.fd = fd.get(), .events = event, .revents = 0};
    auto ready = left > 0 ? poll(&waiting, 1, static_cast<int>(left)) : 0;
    if (ready > 0) return {};
    if (ready == 0) return no_answer("it takes too long");
    if (errno != EINTR) return no_answer(errno);
  }
}

Result<void> send_all(const Fd& fd, std::string_view text, std::chrono::steady_clock::time_point deadline) {
  while (!text.empty()) {
    TRY_VOID(wait_for(fd, POLLOUT, deadline));
    auto sent = send(fd.get(), text.data(), text.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) return no_answer(errno);
    if (sent > 0) text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return {};
}

Result<std::string> receive_all(const Fd& fd, std::size_t most,
                                std::chrono::steady_clock::time_point deadline) {
  constexpr std::size_t kPiece = 65536;
  std::string text;
  std::string piece(kPiece, '\0');
  while (true) {
    TRY_VOID(wait_for(fd, POLLIN, deadline));
    auto got = recv(fd.get(), piece.data(), piece.size(), 0);
    if (got == 0) return text;
    if (got < 0 && errno != EAGAIN && errno != EINTR) return no_answer(errno);
    if (got > 0) text.append(piece, 0, static_cast<std::size_t>(got));
    if (text.size() > most) return no_answer("what it says has no end");
  }
}

// The value of "Content-Length: 12"; none of any other header.
std::optional<std::string_view> length_in(std::string_view line) {
  constexpr std::string_view kName = "content-length:";
  if (line.size() < kName.size()) return {};
  auto is_same = [](char lower, char c) { return std::tolower(static_cast<unsigned char>(c)) == lower; };
  if (!std::equal(kName.begin(), kName.end(), line.begin(), is_same)) return {};
  return trim(line.substr(kName.size()));
}

}  // namespace

Result<Fd> connect_to_socket(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) return no_answer(path + ": the name is too long for a socket");
  std::ranges::copy(path, static_cast<char*>(address.sun_path));
  Fd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.valid() || connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0)
    return no_answer(path + ": " + std::strerror(errno));
  return fd;
}

Result<HttpAnswer> parse_http_answer(std::string_view text) {
  constexpr std::string_view kEnd = "\r\n\r\n";
  constexpr std::size_t kStatusAt = 9;  // "HTTP/1.0 200 OK"
  auto end = text.find(kEnd);
  auto status = text.size() < kStatusAt + 3 ? std::nullopt : parse_number(text.substr(kStatusAt, 3));
  if (end == std::string_view::npos || !text.starts_with("HTTP/1.") || !status)
    return no_answer("what it says is no HTTP");
  HttpAnswer answer{.status = static_cast<int>(*status), .body = std::string(text.substr(end + kEnd.size()))};
  for (auto line : split(text.substr(0, end), '\n')) {
    auto length = length_in(line);
    if (length && parse_number(*length) != answer.body.size()) return no_answer("what it says is cut");
  }
  return answer;
}

std::optional<std::string> docker_socket_path() {
  const char* host = std::getenv("DOCKER_HOST");  // NOLINT(concurrency-mt-unsafe): nobody sets it
  if (host == nullptr || *host == '\0') return "/var/run/docker.sock";
  std::string_view text = host;
  if (!text.starts_with(kUnix)) return {};
  return std::string(text.substr(kUnix.size()));
}

DockerSocket::DockerSocket(std::string path, DockerLimits limits)
    : path_(std::move(path)),
      most_bytes_(limits.bytes),
      deadline_(std::chrono::steady_clock::now() + limits.time) {}

bool DockerSocket::exists() const {
  struct stat file{};
  return stat(path_.c_str(), &file) == 0 && S_ISSOCK(file.st_mode);
}

Result<pid_t> DockerSocket::server() const {
  TRY(auto fd, connect_to_socket(path_));
  ucred peer{};
  socklen_t size = sizeof(peer);
  if (getsockopt(fd.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return no_answer(errno);
  return peer.pid;
}

Result<HttpAnswer> DockerSocket::get(std::string_view what) const {
  TRY(auto fd, connect_to_socket(path_));
  TRY_VOID(send_all(fd, fmt::format("GET {} HTTP/1.0\r\nHost: docker\r\n\r\n", what), deadline_));
  TRY(auto text, receive_all(fd, most_bytes_, deadline_));
  return parse_http_answer(text);
}

}  // namespace pyfw
