#include "ask/services.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "ask/ends.h"
#include "base/contains.h"
#include "net/address_kinds.h"
#include "net/protocol.h"
#include "wish/endpoint.h"

namespace pyfw {
namespace {

std::string port_text(std::uint8_t protocol, std::uint16_t port) {
  auto name = name_of_protocol(protocol);
  return has_ports(protocol) ? fmt::format(":{}/{}", port, name) : fmt::format("/{}", name);
}

std::string end_text(const Ip& ip, std::uint8_t protocol, std::uint16_t port) {
  bool is_ipv6 = ip.family() == Family::kIpv6 && has_ports(protocol);
  return (is_ipv6 ? "[" + ip.to_string() + "]" : ip.to_string()) + port_text(protocol, port);
}

// What others can ask of the host.
std::vector<Ip> addresses_of_host(const Scene& scene, Family family) {
  std::vector<Ip> out;
  Endpoint host{.text = {}, .kind = Endpoint::Kind::kHost};
  for (const auto& point : destinations_of(host, scene).value_or(std::vector<DestinationPoint>()))
    if (point.ip.family() == family && !is_loopback(point.ip)) out.push_back(point.ip);
  return out;
}

class Services {
 public:
  explicit Services(const Scene& scene) : scene_(scene) {}

  void add(std::uint8_t protocol, const Ip& at, std::uint16_t port, const std::string& what) {
    if (is_loopback(at)) return;
    Service service{.what = what, .protocol = protocol, .port = port};
    if (is_any(at)) {
      service.destinations = addresses_of_host(scene_, at.family());
      service.is_of_all_addresses = true;
      service.name = "host" + port_text(protocol, port);
      if (at.family() == Family::kIpv6) service.name += " (IPv6)";
    } else {
      service.destinations = {at};
      service.name = end_text(at, protocol, port);
    }
    if (service.destinations.empty()) return;
    auto is_same = [&](const Service& other) {
      return other.protocol == protocol && other.port == port && other.destinations == service.destinations;
    };
    if (std::ranges::none_of(out_, is_same)) out_.push_back(std::move(service));
  }

  std::vector<Service> take() && {
    std::ranges::stable_sort(out_, {}, [](const Service& service) {
      return std::tuple(service.port, service.protocol, service.destinations.front().family());
    });
    return std::move(out_);
  }

 private:
  const Scene& scene_;
  std::vector<Service> out_;
};

}  // namespace

Result<std::vector<Service>> services_of(const Scene& scene) {
  const auto& facts = scene.traced.facts();
  if (!facts.listeners && !facts.docker)
    return fail("nobody knows which services there are",
                "a state of `pyfw state` on that host holds them; or name an endpoint");
  Services services(scene);
  if (facts.docker)
    for (const auto& container : facts.docker->containers)
      for (const auto& port : container.ports) {
        auto what = fmt::format("container {}, port {}", container.name, port.container_port);
        for (auto any : {"0.0.0.0", "::"}) {
          auto at = port.host_ip && !is_any(*port.host_ip) ? *port.host_ip : *Ip::parse(any);
          services.add(port.protocol, at, port.host_port, what);
        }
      }
  if (facts.listeners)
    for (const auto& listener : *facts.listeners)
      services.add(listener.protocol, listener.address, listener.port, listener.program);
  return std::move(services).take();
}

Result<std::vector<Service>> services_at(const Endpoints& endpoints, const Scene& scene) {
  std::vector<Service> out;
  if (!endpoints.except.empty())
    return bad_input(endpoints.place, "who reaches 'all but' something can't be asked", "name what matters");
  Endpoint anybody{.text = {}, .kind = Endpoint::Kind::kAny};
  TRY_VOID(check_ends({.any_of = {anybody}, .place = endpoints.place}, endpoints));
  for (const auto& endpoint : endpoints.any_of) {
    auto protocol = protocol_between(anybody, endpoint);
    TRY(auto destinations, destinations_of(endpoint, scene));
    auto ports = endpoint.ports.value_or(PortRange{});
    for (const auto& destination : destinations)
      for (unsigned port = ports.first; port <= ports.last; ++port) {
        auto number = static_cast<std::uint16_t>(port);
        auto is_named = destination.name != destination.ip.to_string();
        out.push_back({.name = end_text(destination.ip, protocol, number),
                       .what = is_named ? destination.name : "",
                       .protocol = protocol,
                       .port = number,
                       .destinations = {destination.ip}});
      }
  }
  return out;
}

}  // namespace pyfw
