#include "tests/refute/random_host.h"

#include "tests/random/more_rules.h"

namespace pyfw {
namespace {

Rules some_rules_of(const World& world) {
  for (;;) {
    auto rules = random_rules(world);
    if (counts_down(rules)) continue;
    if (any(3) == 0) rules = looking_at_a_set(rules);
    if (any(4) != 0) rules = asking_for_more(rules, world);
    return rules;
  }
}

void make_settings(HostForTests& made) {
  auto& settings = *made.facts().settings;
  settings.interfaces["all"].rp_filter = any(3);
  if (any(4) == 0) settings.interfaces["eth1"].rp_filter = any(3);
  if (any(8) == 0) settings.ip_forward = settings.interfaces["all"].forwards_ipv6 = false;
  if (any(4) == 0) settings.bridge_nf_call_iptables = settings.bridge_nf_call_ip6tables = false;
  if (any(8) == 0) settings.interfaces["all"].route_localnet = true;
}

// Other ways for what rules marked, or for what comes in by one interface.
void make_routing(HostForTests& made) {
  auto& facts = made.facts();
  if (facts.rules.empty()) {
    for (auto family : kFamilies)
      for (auto table : {kLocalTable, kMainTable})
        facts.rules.push_back(
            {.family = family, .priority = table == kMainTable ? 32766U : 0U, .table = table});
  }
  constexpr std::uint32_t kOther = 101;
  made.route("0.0.0.0/0", "eth1", "10.1.0.253").table = kOther;
  made.route("::/0", "eth1", "fd10::fd").table = kOther;
  for (auto family : kFamilies) {
    RoutingRule rule{.family = family, .priority = 200, .table = kOther};
    if (any(3) == 0) {
      rule.in_interface = one_of(std::vector<std::string>{"eth0", "docker0"});
    } else {
      rule.mark = rule.mark_mask = static_cast<std::uint32_t>(1 + any(2));
    }
    if (any(4) == 0) rule.action = RouteType::kBlackhole;
    facts.rules.push_back(rule);
  }
}

void make_listeners(HostForTests& made) {
  if (any(3) == 0) made.listener(kTcp, "0.0.0.0", 22, "sshd");
  if (any(6) == 0) made.listener(kTcp, "::", 22, "sshd");
  if (any(6) == 0) made.listener(kUdp, "192.0.2.1", 53, "named");
  auto& docker = made.facts().docker;
  if (docker && any(3) == 0)
    docker->containers[0].listeners.emplace().push_back(
        {.protocol = kTcp, .address = ip("0.0.0.0"), .port = 80});
}

}  // namespace

HostState RandomHost::state() const {
  auto out = made;
  put(out, *world, rules.front());
  if (rules.size() > 1) {
    auto& other = out.state().other.emplace();
    (world->family == Family::kIpv4 ? other.iptables : other.ip6tables) = rules_of(rules[1].rules);
  }
  return out.state();
}

RandomHost random_host(const World& world) {
  RandomHost out{.world = &world};
  make_host(out.made);
  out.has_docker = out.made.facts().docker.has_value();
  make_settings(out.made);
  if (any(4) == 0) make_routing(out.made);
  make_listeners(out.made);
  out.rules.push_back(some_rules_of(world));
  if (any(5) == 0) {
    auto other = random_rules(world);
    while (counts_down(other)) other = random_rules(world);
    out.rules.push_back({.rules = other.rules, .sets = {}});
  }
  return out;
}

}  // namespace pyfw
