#include "sys/connection.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <span>
#include <vector>

#include "base/strings.h"
#include "sys/files.h"
#include "sys/process_sockets.h"
#include "sys/process_stat.h"

namespace pyfw {
namespace {

namespace fs = std::filesystem;

// It keeps a copy of each connection that it starts a service for, so its age says nothing.
constexpr pid_t kInit = 1;
constexpr std::string_view kVariable = "SSH_CONNECTION=";

using Ancestry = std::vector<ProcessStat>;  // the process itself first
using TcpSockets = std::vector<TcpSocket>;

struct Process {
  ProcessStat stat;
  Inodes sockets;
};

std::string folder_of(const std::string& proc, pid_t pid) { return fmt::format("{}/{}", proc, pid); }

std::string link_text(const std::string& path) {
  std::error_code error;
  return fs::read_symlink(path, error).string();
}

// None when one of them ended while we looked: its children then have another parent.
std::optional<Ancestry> try_ancestry(pid_t pid, const std::string& proc) {
  Ancestry found;
  while (pid != 0) {
    auto stat = read_process_stat(pid, proc);
    bool is_known = std::ranges::any_of(found, [&](const ProcessStat& known) { return known.pid == pid; });
    if (!stat || is_known) return {};
    pid = stat->parent;
    found.push_back(std::move(*stat));
  }
  return found;
}

Result<Ancestry> ancestry(const std::string& proc) {
  auto self = parse_number(link_text(proc + "/self"));
  if (!self) return fail(fmt::format("{} does not know us", proc), "mount /proc");
  constexpr int kTries = 10;
  for (int i = 0; i < kTries; ++i)
    if (auto found = try_ancestry(static_cast<pid_t>(*self), proc)) return std::move(*found);
  return fail("can't find out which process has started us");
}

std::string text_of(const std::string& path) {
  auto file = read_file(path, Trust::kAnybody);
  return file ? (*file)->text : std::string();
}

// Of the namespace that the process is in.
TcpSockets socket_table(pid_t pid, const std::string& proc) {
  auto folder = folder_of(proc, pid) + "/net/";
  auto table = parse_socket_table(text_of(folder + "tcp"), Family::kIpv4);
  std::ranges::copy(parse_socket_table(text_of(folder + "tcp6"), Family::kIpv6), std::back_inserter(table));
  return table;
}

// The one of these processes that has had the socket for longest.
const Process* first_holder(std::uint64_t inode, std::span<const Process> processes) {
  const Process* first = nullptr;
  for (const auto& process : processes) {
    if (std::ranges::find(process.sockets, inode) == process.sockets.end()) continue;
    if (first == nullptr || first->stat.pid == kInit ||
        (process.stat.pid != kInit && process.stat.started <= first->stat.started))
      first = &process;
  }
  return first;
}

CallerConnection connection_over(const TcpSocket& socket, const Process& holder, const TcpSockets& table) {
  return {.from = to_string(socket.remote),
          .to = to_string(socket.local),
          .opened_at = ticks_to_ms(holder.stat.started),
          .process = holder.stat.pid,
          .program = holder.stat.name,
          .is_within_host = is_within_host(socket, table)};
}

// Of several (sshd also accepts what it forwards) the oldest: on that one we were let in.
std::optional<CallerConnection> accepted_by(const Process& process, std::span<const Process> ancestors,
                                            const std::string& proc) {
  if (process.sockets.empty()) return {};
  auto table = socket_table(process.stat.pid, proc);
  std::optional<CallerConnection> oldest;
  auto age = [](const CallerConnection& connection) { return connection.opened_at; };
  for (const auto& socket : table) {
    bool is_its = std::ranges::find(process.sockets, socket.inode) != process.sockets.end();
    if (!is_its || !is_accepted(socket, table)) continue;
    auto connection = connection_over(socket, *first_holder(socket.inode, ancestors), table);
    if (!oldest || age(connection) < age(*oldest)) oldest = std::move(connection);
  }
  return oldest;
}

// Environments as they were when the programs began.
std::optional<std::string> named_connection(std::span<const ProcessStat> ancestors, const std::string& proc) {
  for (const auto& ancestor : ancestors) {
    auto environment = text_of(folder_of(proc, ancestor.pid) + "/environ");
    for (auto variable : split(environment, '\0'))
      if (variable.starts_with(kVariable)) return std::string(variable.substr(kVariable.size()));
  }
  return {};
}

// Who else than our ancestors; what we may not look at is not found.
std::vector<Process> all_processes(const std::string& proc) {
  std::vector<Process> all;
  std::error_code error;
  for (fs::directory_iterator entry(proc, error), end; !error && entry != end; entry.increment(error)) {
    auto pid = parse_number(entry->path().filename().string());
    auto stat = pid ? read_process_stat(static_cast<pid_t>(*pid), proc) : std::nullopt;
    auto sockets = stat ? sockets_of(stat->pid, proc) : Inodes();
    if (sockets && !sockets->empty()) all.push_back({.stat = *stat, .sockets = std::move(*sockets)});
  }
  return all;
}

std::optional<CallerConnection> open_connection(const SshConnection& name,
                                                std::span<const ProcessStat> ancestors,
                                                const std::string& proc) {
  std::vector<std::string> seen;
  for (const auto& ancestor : ancestors) {
    auto space = link_text(folder_of(proc, ancestor.pid) + "/ns/net");
    if (std::ranges::find(seen, space) != seen.end()) continue;
    seen.push_back(space);
    auto table = socket_table(ancestor.pid, proc);
    auto found = std::ranges::find_if(table, [&](const TcpSocket& socket) {
      return is_established(socket) && socket.remote == name.client && socket.local == name.server;
    });
    if (found == table.end()) continue;
    auto processes = all_processes(proc);
    if (const auto* holder = first_holder(found->inode, processes))
      return connection_over(*found, *holder, table);
  }
  return {};
}

CallerConnection connection_named(const std::string& text, std::span<const ProcessStat> ancestors,
                                  const std::string& proc) {
  auto name = parse_ssh_connection(text);
  if (!name) return {.from = text, .to = {}};
  auto open = open_connection(*name, ancestors, proc);
  return open ? *open : CallerConnection{.from = to_string(name->client), .to = to_string(name->server)};
}

std::optional<TcpEnd> parse_end(std::string_view address, std::string_view port) {
  auto ip = Ip::parse(address.substr(0, address.find('%')));  // fe80::1%eth0
  auto number = parse_number(port);
  if (!ip || !number || *number > 65535) return {};
  return TcpEnd{.ip = *ip, .port = static_cast<std::uint16_t>(*number)};
}

}  // namespace

std::optional<SshConnection> parse_ssh_connection(std::string_view text) {
  auto words = split(text, ' ');
  if (words.size() != 4) return {};
  auto client = parse_end(words[0], words[1]);
  auto server = parse_end(words[2], words[3]);
  if (!client || !server) return {};
  return SshConnection{.client = *client, .server = *server};
}

Result<std::optional<CallerConnection>> connection_of_caller(const std::string& proc) {
  TRY(auto stats, ancestry(proc));
  std::vector<Process> ancestors;
  std::optional<Error> hidden;
  for (const auto& stat : stats) {
    auto sockets = sockets_of(stat.pid, proc);
    if (!sockets && !hidden) hidden = sockets.error();
    ancestors.push_back({.stat = stat, .sockets = std::move(sockets).value_or(Inodes())});
  }
  for (const auto& ancestor : ancestors)
    if (auto connection = accepted_by(ancestor, ancestors, proc)) return connection;
  if (auto name = named_connection(stats, proc)) return connection_named(*name, stats, proc);
  if (hidden) return std::unexpected(std::move(*hidden));
  return std::nullopt;
}

}  // namespace pyfw
