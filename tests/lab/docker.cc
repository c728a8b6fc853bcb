#include "lab/docker.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "base/strings.h"
#include "lab/namespaces.h"
#include "lab/probe.h"
#include "sys/process.h"

namespace pyfw::lab {
namespace {

using namespace std::chrono_literals;

constexpr auto kStandardPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

bool can_run(const std::string& path) { return access(path.c_str(), X_OK) == 0; }

// The folder to take Docker from: "" stands for the machine itself.
Result<std::string> find_docker() {
  if (find_program("dockerd") && find_program("docker")) return "";
  if (can_run(PYFW_DOCKER_DIR "/usr/sbin/dockerd")) return PYFW_DOCKER_DIR;
  return fail("there is no dockerd", "./dev setup fetches one");
}

Result<std::string> find_in(const std::string& programs, const std::string& name) {
  for (auto folder : {"/usr/sbin", "/usr/bin", "/bin"})
    if (auto path = programs + folder + "/" + name; can_run(path)) return path;
  return find_program(name);
}

std::vector<std::string> environment_for(const std::string& programs) {
  if (programs.empty()) return {fmt::format("PATH={}", kStandardPath), "LC_ALL=C"};
  return {fmt::format("PATH={0}/usr/sbin:{0}/usr/bin:{1}", programs, kStandardPath), "LC_ALL=C",
          fmt::format("LD_LIBRARY_PATH={}/lib", programs)};
}

// dockerd says a lot; what it died of is in the last line that says "fatal" or "failed".
std::string last_words(const std::string& said) {
  std::string_view last = said;
  for (auto line : split(trim(said), '\n'))
    if (line.contains("level=fatal") || line.starts_with("failed") || last == said) last = line;
  return std::string(trim(last));
}

}  // namespace

Result<std::string> find_busybox() {
  TRY(auto programs, find_docker());
  return find_in(programs, "busybox");
}

Result<Started> serve(const Host& host, std::uint16_t port) {
  TRY(auto busybox, find_busybox());
  TRY_VOID(host.write_file("/run/www/index.html", "hello\n"));
  return host.start({busybox, "httpd", "-f", "-h", "/run/www", "-p", std::to_string(port)});
}

Result<Started> Docker::start_daemon(const Setup& setup) {
  TRY(auto dockerd, find_in(setup.programs, "dockerd"));
  return setup.host.start({dockerd, "--config-file", "/etc/docker/daemon.json", "--storage-driver", "vfs",
                           "--exec-opt", "native.cgroupdriver=cgroupfs", "--cgroup-parent", setup.cgroup},
                          environment_for(setup.programs));
}

Result<Docker> Docker::start(const Lab& lab, const Host& host, std::string_view daemon_json) {
  TRY(auto programs, find_docker());
  // Docker sets the FORWARD policy to DROP only where it had to turn forwarding on itself, and a new
  // namespace inherits the machine's setting.
  TRY_VOID(host.output({"/usr/sbin/sysctl", "-qw", "net.ipv4.ip_forward=0"}));
  TRY_VOID(host.write_file("/etc/docker/daemon.json", daemon_json));
  Setup setup{.host = host,
              .programs = std::move(programs),
              .cgroup = lab.keeper().cgroup(),
              .first_process = lab.keeper().first_process()};
  TRY(auto daemon, start_daemon(setup));
  Docker docker(std::move(setup), std::move(daemon));
  TRY_VOID(docker.wait_until_ready());
  TRY_VOID(docker.import_image());
  return docker;
}

Result<void> Docker::wait_until_ready() {
  auto deadline = std::chrono::steady_clock::now() + 60s;
  while (daemon_.running() && std::chrono::steady_clock::now() < deadline) {
    if (client({"version"})) return {};
    std::this_thread::sleep_for(30ms);
  }
  return fail(fmt::format("dockerd can't run here: {}", last_words(daemon_.said())));
}

Result<void> Docker::import_image() {
  TRY(auto docker, find_in(setup_.programs, "docker"));
  TRY(auto busybox, find_in(setup_.programs, "busybox"));
  auto script = fmt::format(
      "mkdir -p /run/image/bin /run/image/www && cd /run/image && cp {} bin/busybox &&"
      " for name in httpd sh sleep wget; do ln -s busybox bin/$name; done &&"
      " echo 'hello from nginx' > www/index.html && tar -c . | {} import - {} && rm -r /run/image",
      shell_quote(busybox), shell_quote(docker), kImage);
  TRY_VOID(setup_.host.output({"/bin/sh", "-ec", script}, {.environment = environment_for(setup_.programs)}));
  return {};
}

Result<std::string> Docker::client(std::vector<std::string> arguments) const {
  TRY(auto docker, find_in(setup_.programs, "docker"));
  arguments.insert(arguments.begin(), docker);
  // The client of whoever runs the lab may have a context that leads elsewhere.
  auto environment = environment_for(setup_.programs);
  environment.insert(environment.end(), {"DOCKER_HOST=unix:///run/docker.sock", "DOCKER_CONFIG=/etc/docker"});
  TRY(auto out, setup_.host.output(arguments, {.environment = environment}));
  return std::string(trim(out));
}

// SIGKILL as the stop signal, since a program that is the first of its pid namespace ignores SIGTERM
// unless it handles it, and Docker would wait ten seconds for it.
Result<void> Docker::run_container(const std::string& name, const std::vector<std::string>& options,
                                   const std::vector<std::string>& command) const {
  std::vector<std::string> arguments = {"run", "-d", "--stop-signal", "SIGKILL", "--name", name};
  arguments.insert(arguments.end(), options.begin(), options.end());
  arguments.emplace_back(kImage);
  arguments.insert(arguments.end(), command.begin(), command.end());
  TRY_VOID(client(std::move(arguments)));
  return {};
}

Result<void> Docker::wait_until_it_serves(const std::string& container, std::uint16_t port) const {
  TRY(auto network, network_of(container));
  std::vector<Probe> itself = {
      {.from = container, .network = network.get(), .address = "127.0.0.1", .port = port}};
  for (int attempt = 0; attempt < 500; ++attempt) {
    TRY(auto reached, probe(itself));
    if (reached[0] == Reach::kWorks) return {};
    std::this_thread::sleep_for(20ms);
  }
  return fail(fmt::format("container {} does not listen on port {}", container, port));
}

Result<void> Docker::restart() {
  TRY_VOID(daemon_.stop(SIGTERM));
  TRY(daemon_, start_daemon(setup_));
  return wait_until_ready();
}

Result<Fd> Docker::network_of(const std::string& container) const {
  TRY(auto pid, client({"inspect", "-f", "{{.State.Pid}}", container}));
  if (pid == "0") return fail(fmt::format("container {} does not run", container));
  // The number is one of the lab's pid namespace, so it is looked up in the /proc that shows that one.
  return open_namespace(fmt::format("/proc/{}/root/proc/{}", setup_.first_process, pid), "net");
}

Result<std::string> Docker::address_of(const std::string& container) const {
  return client({"inspect", "-f", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", container});
}

}  // namespace pyfw::lab
