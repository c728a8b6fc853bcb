#include "trace/routes.h"

#include <algorithm>

#include "base/strings.h"
#include "net/address_kinds.h"

namespace pyfw {
namespace {

constexpr std::uint32_t kDefaultTable = 253;

std::size_t at(Family family) { return family == Family::kIpv4 ? 0 : 1; }

std::vector<RoutingRule> usual_rules(Family family) {
  auto rule = [&](std::uint32_t priority, std::uint32_t table) {
    return RoutingRule{.family = family, .priority = priority, .table = table};
  };
  std::vector<RoutingRule> rules = {rule(0, kLocalTable), rule(32766, kMainTable)};
  if (family == Family::kIpv4) rules.push_back(rule(32767, kDefaultTable));
  return rules;
}

bool is_usual(const RoutingRule& rule) {
  auto plain = RoutingRule{.family = rule.family, .priority = rule.priority, .table = rule.table};
  return rule == plain &&
         (rule.table == kLocalTable || rule.table == kMainTable || rule.table == kDefaultTable);
}

// All that can be told of it; RoutingRule::others is left to whoever knows.
bool takes(const RoutingRule& rule, const RouteQuery& query) {
  if (rule.from && !(query.source ? covers(*rule.from, *query.source) : rule.from->length == 0)) return false;
  if (rule.to && !covers(*rule.to, query.destination)) return false;
  if (!rule.in_interface.empty() && rule.in_interface != query.in_interface) return false;
  if (!rule.out_interface.empty() && rule.out_interface != query.out_interface) return false;
  return query.is_mark_unknown || ((rule.mark ^ query.mark) & rule.mark_mask) == 0;
}

// "suppress_prefixlength 0", as VPNs have it: a route that is no longer than that does not count.
std::optional<unsigned> suppressed_length(const RoutingRule& rule) {
  constexpr std::string_view kOption = "suppress_prefixlength ";
  if (!rule.others.starts_with(kOption)) return {};
  auto length = parse_number(std::string_view(rule.others).substr(kOption.size()));
  if (!length || *length > 128) return {};
  return static_cast<unsigned>(*length);
}

bool can_be_told(const RoutingRule& rule, const RouteQuery& query) {
  if (query.is_mark_unknown && rule.mark_mask != 0) return false;
  return rule.others.empty() || suppressed_length(rule);
}

// The broadcast address of a network: none of a host route or of a link of two.
std::optional<Ip> broadcast_of(const Prefix& prefix) {
  if (prefix.ip.family() != Family::kIpv4 || prefix.length >= 31) return {};
  return ip_of(Family::kIpv4,
               (bits_of(prefix.ip) & mask_of(prefix.length)) | (~mask_of(prefix.length) & mask_of(32)));
}

bool are_as_good(const Route& a, const Route& b) {
  return a.destination == b.destination && a.metric == b.metric && a.table == b.table && a.type == b.type;
}

}  // namespace

Routes::Routes(const Facts& facts) : routes_(facts.routes) {
  for (auto family : kFamilies) {
    add_local_table(facts, family);
    auto& rules = rules_[at(family)];
    for (const auto& rule : facts.rules)
      if (rule.family == family) rules.push_back(rule);
    std::ranges::stable_sort(rules, {}, &RoutingRule::priority);
    has_own_rules_[at(family)] = !std::ranges::all_of(rules, is_usual);
    if (rules.empty()) rules = usual_rules(family);
  }
  index();
}

void Routes::add_local_table(const Facts& facts, Family family) {
  bool is_there = std::ranges::any_of(facts.routes, [&](const Route& route) {
    return route.table == kLocalTable && route.destination.ip.family() == family;
  });
  if (is_there) return;
  auto add = [&](const Prefix& destination, const Interface& interface, RouteType type) {
    routes_.push_back(
        Route{.destination = destination, .interface = interface.name, .type = type, .table = kLocalTable});
  };
  for (const auto& interface : facts.interfaces) {
    if (!interface.is_up) continue;
    for (const auto& address : interface.addresses) {
      if (address.ip.family() != family) continue;
      auto length = is_loopback(address.ip) ? address.length : address_bits(family);
      add({.ip = address.ip.masked(length), .length = length}, interface, RouteType::kLocal);
      if (auto broadcast = broadcast_of(address); broadcast)
        add({.ip = *broadcast, .length = 32}, interface, RouteType::kBroadcast);
    }
    if (family == Family::kIpv6 && !interface.addresses.empty())
      add(*Prefix::parse("ff00::/8"), interface, RouteType::kMulticast);
  }
}

void Routes::index() {
  for (const auto& route : routes_) {
    auto mask = mask_of(route.destination.length);
    tables_[{route.destination.ip.family(), route.table}].push_back(
        {.network = bits_of(route.destination.ip) & mask, .mask = mask, .route = &route});
  }
  for (auto& [key, table] : tables_)
    std::ranges::stable_sort(table, [](const Entry& a, const Entry& b) {
      if (a.route->destination.length != b.route->destination.length)
        return a.route->destination.length > b.route->destination.length;
      return a.route->metric < b.route->metric;
    });
}

const Routes::RoutingTable* Routes::table(Family family, std::uint32_t number) const {
  auto found = tables_.find({family, number});
  return found == tables_.end() ? nullptr : &found->second;
}

bool Routes::knows(Family family) const {
  return std::ranges::any_of(tables_, [&](const auto& table) { return table.first.first == family; });
}

bool Routes::has_own_rules(Family family) const { return has_own_rules_[at(family)]; }

RouteAnswer Routes::search(const RoutingTable* table, Bits destination, std::string_view out_interface) {
  if (table == nullptr) return {};
  for (const auto& entry : *table) {
    if ((destination & entry.mask) != entry.network) continue;
    if (!out_interface.empty() && !entry.route->interface.empty() && entry.route->interface != out_interface)
      continue;
    return {.type = entry.route->type, .route = entry.route};
  }
  return {};
}

RouteAnswer Routes::look_up(const RouteQuery& query, const AskRoutingRule& ask) const {
  auto family = query.destination.family();
  auto destination = bits_of(query.destination);
  for (const auto& rule : rules_[at(family)]) {
    if (takes(rule, query) == rule.is_inverted) continue;
    if (!can_be_told(rule, query) && !ask(rule)) continue;
    if (rule.action != RouteType::kUnicast)
      return {.type = rule.action, .route = nullptr, .is_ended_by_rule = true};
    auto found = search(table(family, rule.table), destination, query.out_interface);
    if (found.route == nullptr || found.type == RouteType::kThrow) continue;
    auto suppressed = suppressed_length(rule);
    if (!suppressed || found.route->destination.length > *suppressed) return found;
  }
  return {};
}

RouteAnswer Routes::in_local_table(const Ip& ip, std::string_view interface) const {
  auto found = search(table(ip.family(), kLocalTable), bits_of(ip), {});
  if (found.route == nullptr || (!interface.empty() && found.route->interface != interface))
    return {.type = RouteType::kUnicast, .route = nullptr};
  return found;
}

bool Routes::is_also_by(const Route& route, std::string_view interface) const {
  return std::ranges::any_of(
      routes_, [&](const Route& other) { return other.interface == interface && are_as_good(other, route); });
}

std::set<std::string_view> Routes::interfaces_like(const Route& route) const {
  std::set<std::string_view> out;
  for (const auto& other : routes_)
    if (are_as_good(other, route)) out.insert(other.interface);
  return out;
}

std::vector<const Route*> Routes::all_to(const Ip& ip) const {
  std::vector<const Route*> out;
  for (const auto& [key, table] : tables_) {
    if (key.first != ip.family()) continue;
    for (const auto& entry : table)
      if ((bits_of(ip) & entry.mask) == entry.network) out.push_back(entry.route);
  }
  return out;
}

}  // namespace pyfw
