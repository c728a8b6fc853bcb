#include "tests/random/more_rules.h"

#include "tests/random/save_text.h"

namespace pyfw {
namespace {

bool is_ipv4(const World& world) { return world.family == Family::kIpv4; }

std::string some_interface() {
  return one_of(std::vector<std::string>{"eth0", "eth1", "docker0", "br1", "eth+", "lo"});
}

std::string maybe_not() { return any(3) == 0 ? "! " : ""; }

std::string some_port_match() {
  auto which = one_of(std::vector<std::string>{"sports", "dports", "ports"});
  auto ports = one_of(std::vector<std::string>{"22,80", "80:8000", "1024:65535", "7,22:79,8000", "50123"});
  return fmt::format("-p {} -m multiport {}--{} {} ", one_of(std::vector<std::string>{"tcp", "tcp", "udp"}),
                     maybe_not(), which, ports);
}

std::string some_range(const World& world) {
  auto first = ip(one_of(world.addresses));
  auto last = ip(one_of(world.addresses));
  if (last < first) std::swap(first, last);
  return fmt::format("-m iprange {}--{}-range {}-{} ", maybe_not(), any(2) == 0 ? "src" : "dst",
                     first.to_string(), last.to_string());
}

std::string some_conntrack(const World& world) {
  switch (any(6)) {
    case 0: return fmt::format("-m conntrack {}--ctorigsrc {} ", maybe_not(), one_of(world.addresses));
    case 1: return fmt::format("-m conntrack {}--ctreplsrc {} ", maybe_not(), one_of(world.addresses));
    case 2: return fmt::format("-p tcp -m conntrack {}--ctorigdstport 80 ", maybe_not());
    case 3: return fmt::format("-m conntrack --ctdir {} ", any(2) == 0 ? "ORIGINAL" : "REPLY");
    case 4: return fmt::format("-m conntrack {}--ctstatus SEEN_REPLY ", maybe_not());
    default: return fmt::format("-m connmark --mark {} ", any(3));
  }
}

std::string some_set_match() {
  return fmt::format("-m set {}--match-set {} ", maybe_not(),
                     one_of(std::vector<std::string>{"doors src,dst", "doors dst,dst", "doors src,src",
                                                     "wires src,src", "nets2 src", "hosts2 dst"}));
}

// No rule is given what its chain's hook does not have.
std::string some_wider_match(const World& world, const std::string& chain) {
  bool has_in = chain == "PREROUTING" || chain == "INPUT" || chain == "FORWARD";
  bool has_out = chain == "OUTPUT" || chain == "FORWARD" || chain == "POSTROUTING";
  switch (any(10)) {
    case 0: return has_in ? fmt::format("{}-i {} ", maybe_not(), some_interface()) : "";
    case 1: return has_out ? fmt::format("{}-o {} ", maybe_not(), some_interface()) : "";
    case 2: return some_port_match();
    case 3: return some_range(world);
    case 4: return some_conntrack(world);
    case 5: return some_set_match();
    case 6:
      return one_of(std::vector<std::string>{"-m tos --tos 0x10/0x3f ", "-m tos ! --tos 0x08/0xff ",
                                             "-m dscp --dscp 0x2e ", "-m dscp ! --dscp 0x0a "});
    case 7: return fmt::format("-p tcp -m tcp {}--tcp-option {} ", maybe_not(), 2 + any(6));
    case 8:
      return fmt::format("{}-{} {} ", is_ipv4(world) ? "-m ttl --ttl" : "-m hl --hl",
                         any(2) == 0 ? "eq" : "gt", one_of(std::vector{1, 2, 63, 64, 128}));
    default: return fmt::format("-m length {}--length {}:{} ", maybe_not(), any(100), 100 + any(1400));
  }
}

std::string some_wider_target(const World& world, const std::string& table, const std::string& chain) {
  if (table == "filter") return one_of(targets_of(world, table));
  if (table == "raw") return one_of(std::vector<std::string>{"CT --notrack", "DROP", "ACCEPT"});
  // None that leaves some bits of the TOS: each value then goes its own way, as where a rule counts down.
  if (table == "mangle")
    return one_of(std::vector<std::string>{"MARK --set-xmark 0x2/0x3", "TOS --set-tos 0x10/0xff",
                                           "CONNMARK --save-mark --nfmask 0xffffffff --ctmask 0xffffffff",
                                           "CONNMARK --restore-mark --nfmask 0xffffffff --ctmask 0xffffffff",
                                           "ACCEPT", "DROP"});
  bool is_destination_side = chain == "PREROUTING" || chain == "OUTPUT";
  if (!is_destination_side) return targets_of(world, table)[1];
  return one_of(std::vector<std::string>{
      "REDIRECT --to-ports 8000", "REDIRECT --to-ports 20-30",
      fmt::format("DNAT --to-destination {}", world.container),
      fmt::format("NETMAP --to {}/{}", one_of(world.addresses), address_bits(world.family))});
}

std::string more_sets(const World& world) {
  auto family = is_ipv4(world) ? "inet" : "inet6";
  auto length = is_ipv4(world) ? 24 : 64;
  auto out = fmt::format(
      "create doors hash:net,port family {} hashsize 1024 maxelem 65536\ncreate wires hash:net,iface family "
      "{} hashsize 1024 maxelem 65536\n",
      family, family);
  auto network = [&](const std::string& address) {
    return Prefix{.ip = ip(address).masked(static_cast<unsigned>(length)),
                  .length = static_cast<unsigned>(length)}
        .to_string();
  };
  out += fmt::format("add doors {},tcp:80\n", network(world.addresses[0]));
  out += fmt::format("add doors {},tcp:{}\n", network(one_of(world.addresses)), any(2) == 0 ? 22 : 8000);
  out += fmt::format("add wires {},eth0\n", network(world.addresses[0]));
  return out;
}

}  // namespace

Rules asking_for_more(const Rules& rules, const World& world) {
  auto save = parse_save(rules.rules);
  for (int i = any(6); i > 0; --i) {
    auto& table = save[static_cast<std::size_t>(any(static_cast<int>(save.size())))];
    auto& chain = table.chains[static_cast<std::size_t>(any(static_cast<int>(table.chains.size())))];
    if (table.name == "nat" && chain.name == "USER") continue;
    RuleText rule{.match = some_wider_match(world, chain.name),
                  .target = some_wider_target(world, table.name, chain.name)};
    bool wants_ports = wants_tcp(rule.target) || rule.target.starts_with("REDIRECT");
    if (wants_ports && rule.match.find("-p ") == std::string::npos) rule.match += "-p tcp ";
    if (rule.target.find("tcp-reset") != std::string::npos && rule.match.find("-p udp") != std::string::npos)
      continue;
    auto at = any(static_cast<int>(chain.rules.size()) + 1);
    chain.rules.insert(chain.rules.begin() + at, std::move(rule));
  }
  return {.rules = text_of(save), .sets = rules.sets + more_sets(world)};
}

}  // namespace pyfw
