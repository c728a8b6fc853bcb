#include "lab/picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/strings.h"

namespace pyfw::lab {
namespace {

using Lines = std::vector<std::string>;

std::size_t width_of(const Lines& lines) {
  std::size_t width = 0;
  for (const auto& line : lines) width = std::max(width, line.size());
  return width;
}

Lines box(const std::string& title, const Lines& content) {
  auto width = std::max(width_of(content), title.size() + 2);
  Lines out = {fmt::format("+- {} {:-<{}}+", title, "", width - title.size() - 1)};
  for (const auto& line : content) out.push_back(fmt::format("| {:<{}} |", line, width));
  out.push_back(fmt::format("+{:-<{}}+", "", width + 2));
  return out;
}

// Boxes below each other, each hanging by its second line on a wire that comes down from the left.
Lines hang(const std::vector<Lines>& boxes) {
  Lines out;
  for (std::size_t i = 0; i < boxes.size(); ++i)
    for (std::size_t j = 0; j < boxes[i].size(); ++j) {
      bool wire_goes_on = i + 1 < boxes.size() || j < 1;
      out.push_back(fmt::format("{} {}", j == 1 ? "+---" : wire_goes_on ? "|   " : "    ", boxes[i][j]));
    }
  return out;
}

Lines side_by_side(const Lines& left, const Lines& right) {
  Lines out;
  auto width = width_of(left);
  for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    auto line = fmt::format("{:<{}}{}{}", i < left.size() ? left[i] : "", width, i == 1 ? "---" : "   ",
                            i < right.size() ? right[i] : "");
    out.emplace_back(line.substr(0, line.find_last_not_of(' ') + 1));
  }
  return out;
}

Result<std::string> address_of(const Host& host, const std::string& interface) {
  TRY(auto text, host.output({"/usr/sbin/ip", "-4", "-o", "addr", "show", "dev", interface}));
  auto words = split(text, ' ');
  for (std::size_t i = 0; i + 1 < words.size(); ++i)
    if (words[i] == "inet") return std::string(words[i + 1].substr(0, words[i + 1].find('/')));
  return fail(fmt::format("{} of {} has no address", interface, host.name()));
}

Result<std::string> network_of(const Host& host) {
  TRY(auto text, host.output({"/usr/sbin/ip", "-4", "route", "show", "dev", "eth0", "proto", "kernel"}));
  return std::string(text.substr(0, text.find(' ')));
}

struct Port {
  std::string container;
  std::string published;  // empty where it is not
};

// Docker's "80/tcp -> 0.0.0.0:8000", or nothing.
Result<std::vector<Port>> ports_of(const Docker& docker, const std::string& container) {
  TRY(auto text, docker.client({"port", container}));
  std::vector<Port> ports;
  for (auto line : split(text, '\n')) {
    auto slash = line.find('/');
    if (slash == std::string_view::npos || line.contains("[::]") || line.contains(":::")) continue;
    ports.push_back({.container = std::string(line.substr(0, slash)),
                     .published = std::string(line.substr(line.rfind(':') + 1))});
  }
  return ports;
}

Result<Lines> draw_container(const Docker& docker, const std::string& name) {
  TRY(auto address, docker.address_of(name));
  TRY(auto ports, ports_of(docker, name));
  Lines content = {fmt::format("eth0 {}", address)};
  for (const auto& port : ports) content.push_back(fmt::format("listens on port {}", port.container));
  return box(name, content);
}

Result<Lines> draw_docker_host(const Host& host, const Docker& docker) {
  TRY(auto eth0, address_of(host, "eth0"));
  TRY(auto docker0, address_of(host, "docker0"));
  TRY(auto ports, ports_of(docker, "nginx"));
  Lines content = {fmt::format("eth0 {}   docker0 {}", eth0, docker0)};
  for (const auto& port : ports)
    content.push_back(fmt::format("port {} leads to nginx, port {}", port.published, port.container));
  return box(host.name(), content);
}

Result<Lines> draw_host(const Host& host) {
  TRY(auto eth0, address_of(host, "eth0"));
  return box(host.name(), {fmt::format("eth0 {}", eth0)});
}

}  // namespace

Result<std::string> draw(const Tutorial& tutorial) {
  TRY(auto nginx, draw_container(tutorial.docker, "nginx"));
  TRY(auto container2, draw_container(tutorial.docker, "container2"));
  TRY(auto docker_host, draw_docker_host(tutorial.docker_host, tutorial.docker));
  TRY(auto host2, draw_host(tutorial.host2));
  TRY(auto intruder, draw_host(tutorial.intruder));
  TRY(auto network, network_of(tutorial.docker_host));
  auto containers = hang({nginx, container2});
  // The hosts hang below each other too; the containers stand to the right of the first.
  docker_host.resize(std::max(docker_host.size(), containers.size()), "");
  auto hosts = hang({side_by_side(docker_host, containers), host2, intruder});
  return fmt::format("{}\n|\n{}\n", network, join(hosts, "\n"));
}

}  // namespace pyfw::lab
