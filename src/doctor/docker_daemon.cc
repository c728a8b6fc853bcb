#include "doctor/docker_daemon.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "base/contains.h"
#include "base/strings.h"
#include "net/ip.h"

namespace pyfw {
namespace {

using Object = nlohmann::json;

// From 27 on without asking for it (and for what was experimental).
constexpr DockerVersion kFirstWithIp6tables{.year = 27, .month = 0};
constexpr std::string_view kPlainPort = "2375";

Object parse_object(const std::string& text) {
  auto json = Object::parse(text, nullptr, false);
  return json.is_object() ? json : Object::object();
}

bool is_true(const Object& json, const char* key, bool otherwise) {
  auto found = json.find(key);
  return found != json.end() && found->is_boolean() ? found->get<bool>() : otherwise;
}

std::string text_in(const Object& json, const char* key) {
  auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::vector<std::string> texts_in(const Object& json, const char* key) {
  std::vector<std::string> out;
  auto found = json.find(key);
  if (found == json.end() || !found->is_array()) return out;
  for (const auto& one : *found)
    if (one.is_string()) out.push_back(one.get<std::string>());
  return out;
}

// The options of its command line, each as "name" and its value; "" where it has none.
class Flags {
 public:
  explicit Flags(const std::vector<std::string>& words) {
    constexpr std::array kWithValue = {"host", "config-file", "firewall-backend"};
    for (std::size_t i = 1; i < words.size(); ++i) {
      std::string_view word = words[i];
      if (word == "-H" || word.starts_with("-H=")) {
        add("host", word == "-H" ? next(words, i) : word.substr(3));
      } else if (word.starts_with("-H")) {
        add("host", word.substr(2));
      } else if (word.starts_with("--")) {
        auto sign = word.find('=');
        auto name = word.substr(2, sign == std::string_view::npos ? sign : sign - 2);
        if (sign != std::string_view::npos)
          add(name, word.substr(sign + 1));
        else
          add(name, contains(kWithValue, name) ? next(words, i) : std::string_view());
      }
    }
  }

  [[nodiscard]] std::vector<std::string> all(std::string_view name) const {
    std::vector<std::string> out;
    for (const auto& [key, value] : flags_)
      if (key == name) out.push_back(value);
    return out;
  }
  [[nodiscard]] std::optional<std::string> last(std::string_view name) const {
    auto found = all(name);
    return found.empty() ? std::nullopt : std::optional(found.back());
  }
  [[nodiscard]] bool is_true(const char* name, bool otherwise) const {
    auto value = last(name);
    if (!value) return otherwise;
    return !contains(std::array{"false", "0", "f", "F", "FALSE", "False"}, *value);
  }

 private:
  static std::string_view next(const std::vector<std::string>& words, std::size_t& at) {
    return at + 1 < words.size() ? std::string_view(words[++at]) : std::string_view();
  }
  void add(std::string_view name, std::string_view value) { flags_.emplace_back(name, value); }

  std::vector<std::pair<std::string, std::string>> flags_{};
};

bool is_loopback_name(std::string_view host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

// None of what is not TCP. As Docker reads it: without an address it is this host's own.
std::optional<DockerApi> api_of(std::string_view host) {
  auto scheme = host.find("://");
  if (scheme != std::string_view::npos && host.substr(0, scheme) != "tcp") return {};
  if (scheme != std::string_view::npos) host.remove_prefix(scheme + 3);
  if (auto slash = host.find('/'); slash != std::string_view::npos) host = host.substr(0, slash);
  auto colon = host.rfind(':');
  bool has_port = colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos;
  auto address = std::string(has_port ? host.substr(0, colon) : host);
  auto port = has_port ? host.substr(colon + 1) : kPlainPort;
  if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
  if (address.empty()) address = "127.0.0.1";
  bool is_ipv6 = address.find(':') != std::string::npos;
  return DockerApi{
      .address = is_ipv6 ? fmt::format("[{}]:{}", address, port) : fmt::format("{}:{}", address, port),
      .is_local = is_loopback_name(address)};
}

// A ListenStream= of systemd: a bare number is any address.
std::optional<DockerApi> api_of_socket(const std::string& at) {
  if (parse_number(at)) return DockerApi{.address = "[::]:" + at, .is_local = false};
  if (at.starts_with('/') || at.starts_with('@') || at.find(':') == std::string::npos) return {};
  return api_of(at);
}

// "Engine", or who else answers as Docker does.
std::string engine_of(const Object& about) {
  auto components = about.find("Components");
  bool has_some = components != about.end() && components->is_array() && !components->empty();
  return has_some && components->front().is_object() ? text_in(components->front(), "Name") : "";
}

std::map<std::string, std::string> images_of(const std::string& containers) {
  std::map<std::string, std::string> out;
  auto list = Object::parse(containers, nullptr, false);
  if (!list.is_array()) return out;
  for (const auto& container : list) {
    if (!container.is_object()) continue;
    for (auto name : texts_in(container, "Names")) {
      if (name.starts_with('/')) name.erase(0, 1);
      // A link gives a container another name, with a slash in it.
      if (name.find('/') == std::string::npos) out.emplace(name, text_in(container, "Image"));
    }
  }
  return out;
}

}  // namespace

DockerVersion parse_docker_release(std::string_view version) {
  auto parts = split(version, '.');
  if (parts.size() < 2) return {};
  auto year = parse_number(parts[0]);
  auto month = parse_number(parts[1]);
  return year && month ? DockerVersion{.year = *year, .month = *month} : DockerVersion{};
}

std::string docker_config_path(const std::vector<std::string>& command_line) {
  return Flags(command_line).last("config-file").value_or("/etc/docker/daemon.json");
}

Result<DockerDaemon> parse_docker_daemon(const DockerTexts& texts) {
  auto config = texts.config.empty() ? Object::object() : Object::parse(texts.config, nullptr, false);
  if (!config.is_object()) return fail("Docker's configuration is no JSON object");
  Flags flags(texts.command_line);
  auto info = parse_object(texts.info);
  DockerDaemon out{.version = texts.version.empty() ? text_in(info, "ServerVersion") : texts.version};
  out.is_podman = engine_of(parse_object(texts.about)) == "Podman Engine";
  auto is_on = [&](const char* name, bool otherwise) {
    return flags.is_true(name, is_true(config, name, otherwise));
  };
  out.iptables = is_on("iptables", true);
  out.ip6tables =
      out.iptables && is_on("ip6tables", parse_docker_release(out.version) >= kFirstWithIp6tables);
  out.userland_proxy = is_on("userland-proxy", true);
  out.is_kept_alive = is_true(info, "LiveRestoreEnabled", is_on("live-restore", false));
  out.is_rootless = contains(texts_in(info, "SecurityOptions"), "name=rootless");
  if (auto swarm = info.find("Swarm"); swarm != info.end() && swarm->is_object())
    out.is_in_swarm = text_in(*swarm, "LocalNodeState") == "active";
  auto backend = flags.last("firewall-backend").value_or(text_in(config, "firewall-backend"));
  if (auto driver = info.find("FirewallBackend"); driver != info.end() && driver->is_object())
    backend = text_in(*driver, "Driver");
  if (backend.starts_with("nftables")) out.firewall_backend = "nftables";
  auto hosts = flags.all("host");
  for (auto& host : texts_in(config, "hosts")) hosts.push_back(std::move(host));
  for (const auto& host : hosts)
    if (auto api = api_of(host)) out.apis.push_back(std::move(*api));
  for (const auto& at : texts.socket_addresses)
    if (auto api = api_of_socket(at)) out.apis.push_back(std::move(*api));
  out.asks_for_certificates = is_on("tlsverify", false);
  out.images = images_of(texts.containers);
  return out;
}

}  // namespace pyfw
