#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <tuple>

#include "base/strings.h"
#include "host/docker.h"
#include "net/mac.h"

namespace pyfw {
namespace {

using Json = nlohmann::json;

// The readers here throw what Docker does not say; `read` catches it.
[[noreturn]] void refuse(const std::string& what) { throw std::invalid_argument(what); }

// Null where the key is not there, or has no value, which Docker takes for the same.
const Json* member(const Json& object, const char* key) {
  if (!object.is_object()) refuse(std::string("what holds ") + key + " is no object");
  auto found = object.find(key);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

const Json* object_at(const Json& object, const char* key) {
  const auto* found = member(object, key);
  if (found != nullptr && !found->is_object()) refuse(std::string(key) + " is no object");
  return found;
}

std::string text_of(const Json& json) {
  if (!json.is_string()) refuse("not a text");
  auto text = json.get<std::string>();
  for (std::size_t i = 0; i < text.size(); ++i)
    if (control_at(text, i) != 0) refuse("a control character");
  return text;
}

std::string text_at(const Json& object, const char* key) {
  const auto* found = member(object, key);
  return found == nullptr ? std::string() : text_of(*found);
}

bool is_true_at(const Json& object, const char* key) {
  const auto* found = member(object, key);
  if (found != nullptr && !found->is_boolean()) refuse(std::string(key) + " is neither true nor false");
  return found != nullptr && found->get<bool>();
}

std::int64_t number_at(const Json& object, const char* key) {
  const auto* found = member(object, key);
  if (found == nullptr) return 0;
  if (!found->is_number_integer()) refuse(std::string(key) + " is no number");
  return found->get<std::int64_t>();
}

// What Docker has no address for is an empty text.
std::optional<Ip> ip_at(const Json& object, const char* key) {
  auto text = text_at(object, key);
  if (text.empty()) return {};
  // A gateway may come with its prefix length.
  auto ip = Prefix::parse(text);
  if (!ip) refuse("'" + text + "' is no address");
  return ip->ip;
}

const Json::array_t& list_of(const Json& json) {
  if (!json.is_array()) refuse("not a list");
  return json.get_ref<const Json::array_t&>();
}

std::string option_of(const Json& network, const char* key) {
  const auto* options = object_at(network, "Options");
  return options == nullptr ? std::string() : text_at(*options, key);
}

// An option is there where someone has set it.
bool is_on(const Json& network, const char* key) {
  auto text = option_of(network, key);
  return text.empty() || text == "true" || text == "1";
}

void read_subnets(const Json& json, DockerNetwork& network) {
  const auto* ipam = object_at(json, "IPAM");
  const auto* config = ipam == nullptr ? nullptr : member(*ipam, "Config");
  if (config == nullptr) return;
  for (const auto& entry : list_of(*config)) {
    auto text = text_at(entry, "Subnet");
    auto subnet = Prefix::parse(text);
    if (!text.empty() && !subnet) refuse("'" + text + "' is no subnet");
    if (subnet) network.subnets.push_back(*subnet);
    if (auto gateway = ip_at(entry, "Gateway")) network.gateways.push_back(*gateway);
  }
}

DockerNetwork network_of(const Json& json) {
  constexpr std::size_t kDigitsOfBridge = 12;
  DockerNetwork network{
      .name = text_at(json, "Name"), .id = text_at(json, "Id"), .driver = text_at(json, "Driver")};
  if (network.name.empty()) refuse("a network without a name");
  network.is_internal = is_true_at(json, "Internal");
  read_subnets(json, network);
  if (network.driver != "bridge") return network;
  network.bridge = option_of(json, "com.docker.network.bridge.name");
  if (network.bridge.empty()) network.bridge = "br-" + network.id.substr(0, kDigitsOfBridge);
  network.has_icc = is_on(json, "com.docker.network.bridge.enable_icc");
  network.masquerades = is_on(json, "com.docker.network.bridge.enable_ip_masquerade");
  network.gateway_mode = option_of(json, "com.docker.network.bridge.gateway_mode_ipv4");
  return network;
}

void add_address(const std::string& network, const Json& endpoint, Family family, Container& container) {
  bool is_v4 = family == Family::kIpv4;
  auto ip = ip_at(endpoint, is_v4 ? "IPAddress" : "GlobalIPv6Address");
  if (!ip) return;
  auto length = number_at(endpoint, is_v4 ? "IPPrefixLen" : "GlobalIPv6PrefixLen");
  if (ip->family() != family || length < 0 || length > address_bits(family)) refuse("an odd address");
  ContainerAddress address{.network = network, .ip = *ip, .length = static_cast<unsigned>(length)};
  address.gateway = ip_at(endpoint, is_v4 ? "Gateway" : "IPv6Gateway");
  address.mac = parse_mac(text_at(endpoint, "MacAddress"));
  container.addresses.push_back(address);
}

std::uint16_t port_of(std::string_view text) {
  constexpr unsigned long kHighest = 65535;
  auto number = parse_number(text);
  if (!number || *number > kHighest) refuse("a port that is none");
  return static_cast<std::uint16_t>(*number);
}

std::uint8_t protocol_of(std::string_view name) {
  if (name == "tcp") return kTcp;
  if (name == "udp") return kUdp;
  if (name == "sctp") return kSctp;
  refuse("a protocol that has no ports");
}

// "80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "8000"}], or null for one that is only exposed.
void add_ports(const std::string& inside, const Json& bindings, Container& container) {
  if (bindings.is_null()) return;
  auto slash = inside.find('/');
  if (slash == std::string::npos) refuse("a port without a protocol");
  for (const auto& binding : list_of(bindings)) {
    auto host_port = text_at(binding, "HostPort");
    if (host_port.empty()) continue;
    container.ports.push_back({.protocol = protocol_of(std::string_view(inside).substr(slash + 1)),
                               .host_ip = ip_at(binding, "HostIp"),
                               .host_port = port_of(host_port),
                               .container_port = port_of(std::string_view(inside).substr(0, slash))});
  }
}

Container container_of(const Json& json) {
  Container container{.name = text_at(json, "Name"), .id = text_at(json, "Id")};
  if (container.name.starts_with('/')) container.name.erase(0, 1);
  if (container.name.empty()) refuse("a container without a name");
  const auto* state = object_at(json, "State");
  if (state != nullptr && is_true_at(*state, "Running")) container.pid = number_at(*state, "Pid");
  if (container.pid < 0) refuse("the number of a process below zero");
  if (const auto* config = object_at(json, "HostConfig"))
    container.network_mode = text_at(*config, "NetworkMode");
  if (container.network_mode.empty() || container.network_mode == "default")
    container.network_mode = "bridge";
  const auto* settings = object_at(json, "NetworkSettings");
  if (settings == nullptr) return container;
  if (const auto* networks = object_at(*settings, "Networks"))
    for (const auto& [name, endpoint] : networks->items())
      for (auto family : kFamilies)
        if (!endpoint.is_null()) add_address(text_of(name), endpoint, family, container);
  if (const auto* ports = object_at(*settings, "Ports"))
    for (const auto& [inside, bindings] : ports->items()) add_ports(text_of(inside), bindings, container);
  return container;
}

template <typename Read>
auto read(std::string_view answer, const char* what, Read read_json) -> Result<decltype(read_json(Json()))> {
  try {
    return read_json(Json::parse(answer));
  } catch (const Json::exception&) {
    return fail(std::string("Docker's answer about ") + what + " is no JSON that it could have written");
  } catch (const std::invalid_argument& error) {
    return fail(std::string("Docker's answer about ") + what + " is odd: " + escape_control(error.what()));
  }
}

// A mode names the other container by whatever it was given by; a network, too.
void resolve_modes(Docker& docker) {
  constexpr std::string_view kOther = "container:";
  for (auto& container : docker.containers) {
    auto mode = std::string_view(container.network_mode);
    if (mode.starts_with(kOther)) {
      const auto* other = find_container(docker, mode.substr(kOther.size()));
      if (other != nullptr) container.in_network_of = other->name;
      continue;
    }
    auto by_id = std::ranges::find(docker.networks, mode, &DockerNetwork::id);
    if (by_id != docker.networks.end() && !by_id->id.empty()) container.network_mode = by_id->name;
  }
}

}  // namespace

Result<Docker> parse_docker(std::string_view networks, const std::vector<std::string>& containers) {
  Docker docker;
  TRY(docker.networks, read(networks, "networks", [](const Json& json) {
        std::vector<DockerNetwork> out;
        for (const auto& network : list_of(json)) out.push_back(network_of(network));
        return out;
      }));
  for (const auto& answer : containers) {
    TRY(auto container, read(answer, "a container", container_of));
    docker.containers.push_back(std::move(container));
  }
  // Two may have one name: then the same is meant each time, in whatever order Docker tells of them.
  std::ranges::sort(docker.networks, {},
                    [](const DockerNetwork& network) { return std::tie(network.name, network.id); });
  std::ranges::sort(docker.containers, {}, &Container::name);
  resolve_modes(docker);
  return docker;
}

Result<std::vector<std::string>> parse_container_ids(std::string_view containers) {
  return read(containers, "containers", [](const Json& json) {
    std::vector<std::string> ids;
    for (const auto& container : list_of(json)) {
      auto id = text_at(container, "Id");
      // It becomes a part of what is asked next.
      if (!Letters("0123456789abcdef").make_up(id)) refuse("an id that is none");
      ids.push_back(std::move(id));
    }
    return ids;
  });
}

Result<std::string> parse_docker_version(std::string_view version) {
  return read(version, "its version", [](const Json& json) { return text_at(json, "Version"); });
}

}  // namespace pyfw
