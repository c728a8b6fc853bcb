#include "examine/ask_docker_daemon.h"

#include <fmt/format.h>

#include <filesystem>

#include "base/strings.h"
#include "docker/docker_socket.h"
#include "examine/read_text.h"
#include "host/docker.h"
#include "sys/network_namespace.h"
#include "sys/process_stat.h"

namespace pyfw {
namespace {

namespace fs = std::filesystem;

constexpr int kOk = 200;
constexpr std::string_view kName = "dockerd";

bool is_dockerd(pid_t pid) {
  auto stat = read_process_stat(pid);
  return stat && stat->name == kName;
}

// Who listens on the socket may be systemd, which hands it on.
pid_t process_of(pid_t server) {
  if (server != 0 && is_dockerd(server)) return server;
  std::error_code error;
  for (fs::directory_iterator entry("/proc", error), end; !error && entry != end; entry.increment(error)) {
    auto pid = parse_number(entry->path().filename().string());
    if (!pid || !is_dockerd(static_cast<pid_t>(*pid))) continue;
    if (is_this_network_namespace(entry->path() / "ns/net").value_or(false)) return static_cast<pid_t>(*pid);
  }
  return 0;
}

std::vector<std::string> command_line_of(pid_t pid) {
  std::vector<std::string> words;
  auto text = read_small_file(fmt::format("/proc/{}/cmdline", pid));
  if (pid == 0 || !text) return words;
  for (auto word : split(*text, '\0')) words.emplace_back(word);
  if (!words.empty() && words.back().empty()) words.pop_back();
  return words;
}

std::string answer_of(const DockerSocket& socket, std::string_view what) {
  auto answer = socket.get(what);
  return answer && answer->status == kOk ? std::move(answer->body) : std::string();
}

}  // namespace

Result<DockerDaemon> ask_docker_daemon(const Units& units, const std::string& root) {
  auto path = docker_socket_path();
  if (!path) return fail("DOCKER_HOST names a Docker that is not on a unix socket");
  DockerSocket socket(*path);
  TRY(auto server, socket.server());
  auto pid = process_of(server);
  DockerTexts texts{.command_line = command_line_of(pid)};
  auto config = docker_config_path(texts.command_line);
  texts.config =
      read_small_file(pid != 0 ? fmt::format("/proc/{}/root{}", pid, config) : root + config).value_or("");
  texts.info = answer_of(socket, "/info");
  texts.containers = answer_of(socket, "/containers/json?all=1");
  texts.about = answer_of(socket, "/version");
  TRY(texts.version, parse_docker_version(texts.about));
  if (const auto* unit = units.find("docker.socket");
      unit != nullptr && units.starts_at_boot("docker.socket"))
    texts.socket_addresses = unit->text.listens_at;
  return parse_docker_daemon(texts);
}

}  // namespace pyfw
