// A real Docker on a host of the lab: dockerd with a containerd of its own, all its files in the host's
// memory, its processes in the lab's pid namespace. A Docker of the machine is neither used nor seen.
//
//   TRY(auto docker, Docker::start(lab, host));
//   TRY_VOID(docker.client({"run", "-d", "--name", "web", "-p", "8000:80", kImage, "httpd", "-f"}));
//   TRY_VOID(docker.restart());

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/fd.h"
#include "lab/host.h"

namespace pyfw::lab {

// Made of busybox alone, since there is no registry: `httpd`, `sleep`, `sh` and a page in /www.
inline constexpr const char* kImage = "busybox";

// The program that the image is made of, to be started on a host beside Docker.
Result<std::string> find_busybox();
// A web server on the host itself.
Result<Started> serve(const Host& host, std::uint16_t port = 80);

class Docker {
 public:
  // Where the machine has a dockerd, that one; else the one that `./dev setup` has unpacked. Fails with
  // the reason where Docker can't run.
  static Result<Docker> start(const Lab& lab, const Host& host, std::string_view daemon_json = "{}\n");

  // Runs the docker client, and gives its output without the last newline.
  [[nodiscard]] Result<std::string> client(std::vector<std::string> arguments) const;
  // `docker run -d` of the image, with that name; returns before the program listens.
  [[nodiscard]] Result<void> run_container(const std::string& name, const std::vector<std::string>& options,
                                           const std::vector<std::string>& command) const;
  // Waits for an answer at 127.0.0.1, as the container sees it.
  [[nodiscard]] Result<void> wait_until_it_serves(const std::string& container, std::uint16_t port) const;
  // Ends the daemon as an init system would, and starts it again on the same files.
  Result<void> restart();
  [[nodiscard]] Result<Fd> network_of(const std::string& container) const;
  // In the network that it was started in.
  [[nodiscard]] Result<std::string> address_of(const std::string& container) const;

 private:
  // What a daemon is started with, each time.
  struct Setup {
    Host host;
    std::string programs;  // the folder that docker.io is unpacked in, or "" for the machine's own
    std::string cgroup;
    pid_t first_process;  // whose /proc knows the containers by their numbers
  };
  Docker(Setup setup, Started daemon) : setup_(std::move(setup)), daemon_(std::move(daemon)) {}
  static Result<Started> start_daemon(const Setup& setup);
  Result<void> wait_until_ready();
  Result<void> import_image();

  Setup setup_;
  Started daemon_;
};

}  // namespace pyfw::lab
