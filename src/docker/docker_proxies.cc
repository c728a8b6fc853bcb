#include "docker/docker_proxies.h"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <map>

#include "base/contains.h"
#include "base/strings.h"
#include "net/address_kinds.h"
#include "sys/files.h"
#include "sys/network_namespace.h"

namespace pyfw {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kProgram = "docker-proxy";

std::optional<std::uint16_t> port_in(std::string_view text) {
  auto number = parse_number(text);
  if (!number || *number > std::numeric_limits<std::uint16_t>::max()) return {};
  return static_cast<std::uint16_t>(*number);
}

std::optional<std::uint8_t> protocol_in(std::string_view text) {
  if (text == "tcp") return kTcp;
  if (text == "udp") return kUdp;
  if (text == "sctp") return kSctp;
  return {};
}

// Empty of a process that has ended by now.
std::string text_of(const fs::path& path) {
  auto file = read_file(path, Trust::kAnybody);
  return file ? (*file)->text : std::string();
}

// Docker says no address, or that of any, where every address of the host leads to the port.
bool serves(const DockerProxy& proxy, const Container& container, const PublishedPort& port) {
  bool is_its_address = port.host_ip ? *port.host_ip == proxy.host_ip : is_any(proxy.host_ip);
  return is_its_address && proxy.protocol == port.protocol && proxy.host_port == port.host_port &&
         proxy.container_port == port.container_port &&
         contains(container.addresses, proxy.container_ip, &ContainerAddress::ip);
}

}  // namespace

std::optional<DockerProxy> parse_docker_proxy(std::string_view command_line) {
  auto words = split(command_line, '\0');
  auto program = words[0].substr(words[0].rfind('/') + 1);
  if (program != kProgram) return {};
  std::map<std::string_view, std::string_view> options;
  for (std::size_t i = 1; i + 1 < words.size(); ++i)
    if (words[i].starts_with('-')) options[words[i]] = words[i + 1];
  auto protocol = protocol_in(options["-proto"]);
  auto host_ip = Ip::parse(options["-host-ip"]);
  auto host_port = port_in(options["-host-port"]);
  auto container_ip = Ip::parse(options["-container-ip"]);
  auto container_port = port_in(options["-container-port"]);
  if (!protocol || !host_ip || !host_port || !container_ip || !container_port) return {};
  return DockerProxy{.protocol = *protocol,
                     .host_ip = *host_ip,
                     .host_port = *host_port,
                     .container_ip = *container_ip,
                     .container_port = *container_port};
}

std::vector<DockerProxy> read_docker_proxies(const std::string& proc) {
  std::vector<DockerProxy> proxies;
  std::error_code error;
  for (fs::directory_iterator entry(proc, error), end; !error && entry != end; entry.increment(error)) {
    if (!parse_number(entry->path().filename().string())) continue;
    auto proxy = parse_docker_proxy(text_of(entry->path() / "cmdline"));
    if (proxy && is_this_network_namespace(entry->path() / "ns/net").value_or(false))
      proxies.push_back(*proxy);
  }
  return proxies;
}

void note_proxies(const std::vector<DockerProxy>& proxies, Docker& docker) {
  bool has_ports = false;
  bool has_proxies = false;
  for (auto& container : docker.containers)
    for (auto& port : container.ports) {
      port.has_proxy = std::ranges::any_of(
          proxies, [&](const DockerProxy& proxy) { return serves(proxy, container, port); });
      has_ports = true;
      has_proxies = has_proxies || port.has_proxy;
    }
  if (has_ports) docker.userland_proxy = has_proxies;
}

}  // namespace pyfw
