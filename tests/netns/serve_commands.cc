// serve_commands PORT: a server like sshd, with a process for each connection. It runs each line that it is
// sent in a shell that does not hold the connection itself, and answers with what that said and a line
// "status=N".

#include <fmt/format.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string>

#include "base/fd.h"
#include "sys/process.h"

namespace pyfw {
namespace {

std::string answer_to(const std::string& line) {
  auto outcome = run({"/bin/sh", "-c", "exec 2>&1; " + line});
  if (!outcome) return fmt::format("{}\nstatus=-1\n", outcome.error().message);
  return fmt::format("{}status={}\n", outcome->out, outcome->status);
}

[[noreturn]] void serve(const Fd& connection) {
  std::string line;
  for (char byte = 0; read(connection.get(), &byte, 1) == 1;) {
    if (byte != '\n') {
      line += byte;
      continue;
    }
    auto answer = answer_to(line);
    if (send(connection.get(), answer.data(), answer.size(), MSG_NOSIGNAL) < 0) break;
    line.clear();
  }
  _exit(0);
}

int listen_on(in_port_t port) {
  signal(SIGCHLD, SIG_IGN);
  Fd listener(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  if (bind(listener.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return 1;
  if (listen(listener.get(), 5) != 0) return 1;
  fmt::print("listening\n");
  std::fflush(stdout);
  while (true) {
    Fd connection(accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (fork() != 0) continue;
    signal(SIGCHLD, SIG_DFL);
    listener.close();
    serve(connection);
  }
}

}  // namespace
}  // namespace pyfw

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  return pyfw::listen_on(static_cast<in_port_t>(std::atoi(argv[1])));
}
