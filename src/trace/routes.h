// The routing tables, ready to be asked as the kernel's fib_lookup() asks them.
//
//   Routes routes(facts);
//   auto found = routes.look_up({.destination = ip, .in_interface = "eth0"}, ask);
//   if (found.route == nullptr) …  // no route to host

#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "ext/surroundings.h"
#include "host/facts.h"
#include "trace/bits.h"

namespace pyfw {

struct RouteQuery {
  Ip destination;
  std::optional<Ip> source{};
  std::string_view in_interface = "lo";  // of the host's own packets it is lo
  std::string_view out_interface{};      // only routes by this one
  std::uint32_t mark = 0;
  bool is_mark_unknown = false;  // then every rule that looks at it is a question
};

struct RouteAnswer {
  // kUnicast, kLocal, kBroadcast, …; without a route kUnreachable.
  RouteType type = RouteType::kUnreachable;
  const Route* route = nullptr;  // none: no route, or a rule that ends the search
  bool is_ended_by_rule = false;

  [[nodiscard]] bool leads() const {
    return type == RouteType::kUnicast || type == RouteType::kLocal || type == RouteType::kBroadcast ||
           type == RouteType::kAnycast || type == RouteType::kMulticast;
  }
};

// Whether a routing rule that looks at more than can be told takes the packet.
using AskRoutingRule = std::function<bool(const RoutingRule&)>;

class Routes {
 public:
  // Where the facts have no local table, it is made of the interfaces' addresses, as the kernel makes it.
  explicit Routes(const Facts& facts);
  Routes(const Routes&) = delete;
  Routes& operator=(const Routes&) = delete;

  // Whether anything is known: without a route no answer means much.
  [[nodiscard]] bool knows(Family family) const;
  [[nodiscard]] RouteAnswer look_up(const RouteQuery& query, const AskRoutingRule& ask) const;
  // As inet_addr_type() does: what the local table alone has of it.
  [[nodiscard]] RouteAnswer in_local_table(const Ip& ip, std::string_view interface = {}) const;
  [[nodiscard]] bool is_local(const Ip& ip) const { return in_local_table(ip).type == RouteType::kLocal; }
  // All routes that are as good as this one, for the paths that share a way.
  [[nodiscard]] bool is_also_by(const Route& route, std::string_view interface) const;
  [[nodiscard]] bool has_own_rules(Family family) const;
  [[nodiscard]] const std::vector<Route>& all() const { return routes_; }
  // Those that lead there, of all tables, and of each table the best first.
  [[nodiscard]] std::vector<const Route*> all_to(const Ip& ip) const;
  // The interfaces of which is_also_by() says yes.
  [[nodiscard]] std::set<std::string_view> interfaces_like(const Route& route) const;

 private:
  struct Entry {
    Bits network;
    Bits mask;
    const Route* route;
  };
  // By length, longest first, then by metric.
  using RoutingTable = std::vector<Entry>;

  void add_local_table(const Facts& facts, Family family);
  void index();
  [[nodiscard]] const RoutingTable* table(Family family, std::uint32_t number) const;
  static RouteAnswer search(const RoutingTable* table, Bits destination, std::string_view out_interface);

  std::vector<Route> routes_;
  std::map<std::pair<Family, std::uint32_t>, RoutingTable> tables_;
  std::vector<RoutingRule> rules_[2];
  bool has_own_rules_[2] = {false, false};
};

}  // namespace pyfw
