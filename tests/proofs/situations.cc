#include "situations.h"

#include <fmt/format.h>

namespace pyfw::proofs {
namespace {

constexpr auto kProved = Standing::kHolds;
constexpr auto kRefuted = Standing::kFails;

std::string filter(const std::string& rules, std::string_view input = "ACCEPT",
                   std::string_view chains = "") {
  return fmt::format("*filter\n:INPUT {} [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n{}{}COMMIT\n",
                     input, chains, rules);
}

struct Addresses {
  std::string containers;
  std::string web;     // as NAT writes it: [fd00:17::2]
  std::string web_at;  // as a rule has it
};
Addresses addresses_of(Family family) {
  if (family == Family::kIpv4)
    return {.containers = "10.0.17.0/24", .web = "10.0.17.2", .web_at = "10.0.17.2/32"};
  return {.containers = "fd00:17::/64", .web = "[fd00:17::2]", .web_at = "fd00:17::2/128"};
}

std::string docker_nat(Family family) {
  auto a = addresses_of(family);
  return fmt::format(
      "*nat\n:PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n"
      ":DOCKER - [0:0]\n"
      "-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER\n"
      "-A POSTROUTING -s {0} ! -o docker0 -j MASQUERADE\n"
      "-A POSTROUTING -s {2} -d {2} -p tcp -m tcp --dport 80 -j MASQUERADE\n"
      "-A DOCKER -i docker0 -j RETURN\n"
      "-A DOCKER ! -i docker0 -p tcp -m tcp --dport 8000 -j DNAT --to-destination {1}:80\nCOMMIT\n",
      a.containers, a.web, a.web_at);
}

// What the owner has added to Docker's chains.
struct Added {
  std::string input{};
  std::string docker_user{};
  std::string docker{};  // in front of Docker's own rules
  std::string_view input_policy = "ACCEPT";
};

std::string docker_20(Family family, const Added& added = {}) {
  auto rules = added.input + added.docker +
               fmt::format(
                   "-A FORWARD -j DOCKER-USER\n"
                   "-A FORWARD -j DOCKER-ISOLATION-STAGE-1\n"
                   "-A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n"
                   "-A FORWARD -o docker0 -j DOCKER\n"
                   "-A FORWARD -i docker0 ! -o docker0 -j ACCEPT\n"
                   "-A FORWARD -i docker0 -o docker0 -j ACCEPT\n"
                   "-A DOCKER -d {} ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT\n"
                   "-A DOCKER-ISOLATION-STAGE-1 -i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-2\n"
                   "-A DOCKER-ISOLATION-STAGE-1 -j RETURN\n"
                   "-A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP\n"
                   "-A DOCKER-ISOLATION-STAGE-2 -j RETURN\n",
                   addresses_of(family).web_at) +
               added.docker_user + "-A DOCKER-USER -j RETURN\n";
  return filter(rules, added.input_policy,
                ":DOCKER - [0:0]\n:DOCKER-ISOLATION-STAGE-1 - [0:0]\n:DOCKER-ISOLATION-STAGE-2 - [0:0]\n"
                ":DOCKER-USER - [0:0]\n") +
         docker_nat(family);
}

std::string docker_28(Family family, const Added& added = {}) {
  auto web = addresses_of(family).web_at;
  auto rules = added.input + added.docker +
               fmt::format(
                   "-A FORWARD -j DOCKER-USER\n"
                   "-A FORWARD -j DOCKER-FORWARD\n"
                   "-A DOCKER -d {} ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT\n"
                   "-A DOCKER ! -i docker0 -o docker0 -j DROP\n"
                   "-A DOCKER-BRIDGE -o docker0 -j DOCKER\n"
                   "-A DOCKER-CT -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n"
                   "-A DOCKER-FORWARD -j DOCKER-CT\n"
                   "-A DOCKER-FORWARD -j DOCKER-BRIDGE\n"
                   "-A DOCKER-FORWARD -i docker0 -j ACCEPT\n",
                   web) +
               added.docker_user;
  return fmt::format(
             "*raw\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n"
             "-A PREROUTING -d {} ! -i docker0 -j DROP\nCOMMIT\n",
             web) +
         filter(rules, added.input_policy,
                ":DOCKER - [0:0]\n:DOCKER-BRIDGE - [0:0]\n:DOCKER-CT - [0:0]\n:DOCKER-FORWARD - [0:0]\n"
                ":DOCKER-USER - [0:0]\n") +
         docker_nat(family);
}

const char* const kEstablished = "-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n";
const char* const kFriends =
    "create friends hash:net family inet hashsize 1024 maxelem 65536\nadd friends 10.0.0.64/26\n"
    "add friends 10.0.0.70 nomatch\nadd friends 198.51.100.7\n"
    "create friends6 hash:ip family inet6 hashsize 1024 maxelem 65536\nadd friends6 fd00:0::3\n"
    "add friends6 2001:db8:51::7\n";

std::string others_refused(Family family) {
  return fmt::format(
      "-A DOCKER ! -i docker0 -o docker0 -m set ! --match-set {} src -j REJECT --reject-with {}\n",
      family == Family::kIpv4 ? "friends" : "friends6",
      family == Family::kIpv4 ? "icmp-host-prohibited" : "icmp6-adm-prohibited");
}

std::map<Family, std::string> in_both(std::string (*docker)(Family, const Added&), const Added& added = {}) {
  std::map<Family, std::string> out;
  for (auto family : kFamilies) out[family] = docker(family, added);
  return out;
}

std::map<Family, std::string> with_others_refused(std::string (*docker)(Family, const Added&), Added added) {
  std::map<Family, std::string> out;
  for (auto family : kFamilies) {
    added.docker = others_refused(family);
    out[family] = docker(family, added);
  }
  return out;
}

// Docker publishes past INPUT: nobody is kept out.
std::vector<Claim> all_get_in() {
  return {{"10.0.0.0/24", "10.0.0.1:8000", "works", kProved},
          {"any@eth0", "10.0.0.1:8000", "works", kRefuted},
          {"any", "10.0.0.1:8000", "not works", kRefuted},
          {"any@eth1", "10.0.0.1:8000", "dropped", kRefuted},
          {"2000::/3", "[fd00:0::1]:8000", "works", kProved},
          {"any@eth0", "[fd00:0::1]:8000", "works", kRefuted},
          {"any@eth0", "[fd00:0::1]:8000", "refused", kRefuted},
          {"any", "10.0.0.1:22", "works", kRefuted},
          {"any", "10.0.0.1:8001", "not works", kProved},
          {"10.0.17.0/24", "10.0.17.1:8000", "works", kRefuted},
          {"any@eth1", "container:db:80", "works", kRefuted}};
}

std::vector<Claim> friends_get_in() {
  return {{"not set:friends@eth0", "10.0.0.1:8000", "refused", kProved},
          {"not set:friends@eth0", "10.0.0.1:8000", "dropped", kRefuted},
          {"198.51.100.7/32", "10.0.0.1:8000", "works", kProved},
          {"10.0.0.64/26@eth0", "10.0.0.1:8000", "works", kRefuted},
          {"{ '10.0.0.64/26@eth0', except: [10.0.0.70] }", "10.0.0.1:8000", "works", kProved},
          {"{ any@eth0, except: ['set:friends', 10.0.0.5] }", "10.0.0.1:8000", "not works", kProved},
          {"not set:friends6@eth0", "[fd00:0::1]:8000", "not works", kProved},
          {"{ '2000::/3@eth0', except: ['set:friends6'] }", "[fd00:0::1]:8000", "refused", kProved},
          {"not set:friends6@eth0", "[fd00:0::1]:8000", "refused", kRefuted},
          {"2001:db8:51::/64@eth0", "[fd00:0::1]:8000", "refused", kRefuted},
          {"any@eth1", "[fd00:1::1]:8000", "works", kRefuted},
          {"any", "10.0.0.1:22", "works", kProved},
          {"any@eth0", "host/icmp", "works", kRefuted}};
}

Situation sets_of_pairs() {
  return {
      .name = "SetsOfPairs",
      .rules = {{Family::kIpv4, filter("-A INPUT -m set --match-set pairs src,src -j ACCEPT\n"
                                       "-A INPUT -p tcp -m set --match-set low dst -j REJECT "
                                       "--reject-with tcp-reset\n"
                                       "-A INPUT -m set --match-set all src -j DROP\n"
                                       "-A INPUT -p udp -j REJECT --reject-with icmp-admin-prohibited\n")}},
      .sets =
          "create pairs hash:ip,port family inet hashsize 1024 maxelem 65536\n"
          "add pairs 10.0.0.3,tcp:4711\nadd pairs 198.51.100.7,udp:53\n"
          "create low bitmap:port range 0-1023\nadd low 22\nadd low 79\n"
          "create nets hash:net family inet hashsize 1024 maxelem 65536\nadd nets 10.0.1.0/25\n"
          "create all list:set size 8\nadd all nets\n",
      .claims = {{"any@eth0", "10.0.0.1:22", "refused", kRefuted},
                 {"any@eth1", "10.0.0.1:22", "refused", kRefuted},
                 {"10.0.1.0/24", "10.0.0.1:22", "refused", kProved},
                 {"10.0.0.3:4711", "10.0.0.1:22", "works", kProved},
                 {"10.0.1.0/24", "10.0.1.1:80", "works", kRefuted},
                 {"10.0.1.128/25", "10.0.1.1:80", "works", kProved},
                 {"10.0.1.0/25", "10.0.1.1:80", "dropped", kProved},
                 {"198.51.100.0/24", "10.0.0.1:53/udp", "refused", kRefuted},
                 {"any@eth1", "10.0.0.1:53/udp", "not works", kRefuted},
                 {"10.0.1.0/24", "10.0.0.1:53/udp", "not works", kProved},
                 {"any@eth0", "10.0.0.1:20-25", "refused", kRefuted}}};
}

// Nothing is closed but what nobody listens at, and the answers have to get out.
Situation lost_answers() {
  return {.name = "LostAnswers",
          .rules = {{Family::kIpv4,
                     "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n"
                     "-A FORWARD -i docker0 -s 10.0.17.2/32 -o eth1 -j DROP\n"
                     "-A FORWARD -p tcp -m tcp --dport 81 -j REJECT --reject-with tcp-reset\n"
                     "-A OUTPUT -d 10.0.0.128/25 -p tcp -j DROP\n"
                     "-A OUTPUT -p icmp -m icmp --icmp-type 3 -d 10.0.1.0/24 -j DROP\nCOMMIT\n"}},
          .claims = {{"any@eth0", "10.0.0.1:22", "works", kRefuted},
                     {"10.0.0.128/25", "10.0.0.1:22", "dropped", kProved},
                     {"10.0.0.0/25", "10.0.0.1:22", "works", kProved},
                     {"10.0.0.0/24", "10.0.0.1:99", "refused", kRefuted},
                     {"any@eth1", "10.0.0.1:54/udp", "refused", kRefuted},
                     {"10.0.0.0/8@eth0", "10.0.0.1:54/udp", "refused", kRefuted},
                     {"any@eth1", "container:web:80", "works", kRefuted},
                     {"any@eth1", "container:web:80", "not works", kRefuted},
                     {"10.0.1.0/24", "container:web:80", "dropped", kProved},
                     {"any", "container:db:81", "refused", kRefuted},
                     {"10.0.0.0/24", "10.0.17.3:81", "refused", kRefuted},
                     {"10.0.0.0/25", "10.0.17.3:81", "refused", kProved},
                     {"any@eth0", "10.0.17.3:81", "not works", kProved},
                     {"any", "container:db:53/udp", "works", kRefuted},
                     {"10.0.0.0/24", "10.0.17.3:53/udp", "works", kProved}}};
}

// One source of all, by one port, gets through to one port.
Situation needle() {
  auto rules =
      filter(std::string(kEstablished) +
                 "-A INPUT -s 198.51.100.77/32 -p tcp -m tcp --sport 7 --dport 22 -m ttl --ttl-lt 40 -j "
                 "ACCEPT\n"
                 "-A INPUT -m iprange --src-range 10.0.0.9-10.0.0.12 -p tcp -m multiport --dports "
                 "22,80 -m mark ! --mark 0x1/0x1 -j ACCEPT\n",
             "DROP") +
      "*mangle\n:PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT "
      "[0:0]\n:POSTROUTING ACCEPT [0:0]\n"
      "-A PREROUTING -s 10.0.0.11/32 -j MARK --set-xmark 0x3/0xffffffff\nCOMMIT\n";
  return {.name = "Needle",
          .rules = {{Family::kIpv4, rules}},
          .claims = {{"not 10.0.0.8/29", "10.0.0.1:22", "dropped", kRefuted},
                     {"{ any, except: [10.0.0.8/29, 198.51.100.77] }", "10.0.0.1:22", "dropped", kProved},
                     {"not 10.0.0.8/29", "10.0.0.1:1-21", "dropped", kProved},
                     {"not 10.0.0.8/29", "10.0.0.1:1-65535", "dropped", kRefuted},
                     {"10.0.0.9", "10.0.0.1:80", "works", kProved},
                     {"10.0.0.8/30", "10.0.0.1:80", "works", kRefuted},
                     {"10.0.0.10/31", "10.0.0.1:80", "works", kRefuted},
                     {"10.0.0.11", "10.0.0.1:80", "dropped", kProved}}};
}

Situation translated() {
  return {
      .name = "Translated",
      .rules = {{Family::kIpv4,
                 filter(
                     "-A INPUT -s 10.0.0.0/24 -p tcp -m tcp --dport 80 -m conntrack --ctorigdstport 8080 -j "
                     "ACCEPT\n-A INPUT -p tcp -m tcp --dport 80 -j REJECT --reject-with tcp-reset\n"
                     "-A FORWARD -m conntrack --ctstate DNAT,ESTABLISHED -j ACCEPT\n") +
                     "*nat\n:PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n"
                     ":POSTROUTING ACCEPT [0:0]\n"
                     "-A PREROUTING -p tcp -m tcp --dport 8080 -j REDIRECT --to-ports 80\n"
                     "-A PREROUTING -d 10.0.0.1/32 -p tcp -m tcp --dport 9000 -j DNAT --to-destination "
                     "10.0.1.2:90\n"
                     "-A PREROUTING -d 10.0.0.1/32 -p udp -m udp --dport 9000 -j DNAT --to-destination "
                     "10.0.17.3\n"
                     "-A POSTROUTING -o eth1 -j SNAT --to-source 10.0.1.1\n"
                     "-A POSTROUTING -o docker0 -j MASQUERADE\nCOMMIT\n"}},
      .claims = {{"any@eth0", "10.0.0.1:8080", "works", kRefuted},
                 {"10.0.0.0/24", "10.0.0.1:8080", "works", kProved},
                 {"any", "10.0.0.1:80", "refused", kProved},
                 {"any@eth1", "10.0.0.1:8080", "refused", kRefuted},
                 {"any", "10.0.0.1:9000", "works", kProved},
                 {"any@eth0", "10.0.0.1:9000", "not works", kRefuted},
                 {"any", "10.0.0.1:9000/udp", "works", kRefuted},  // a port gives nothing back to db itself
                 {"10.0.0.0/23", "10.0.0.1:9000/udp", "works", kProved},
                 {"any@eth1", "10.0.1.2:90", "works", kRefuted},
                 {"any@eth0", "10.0.1.2:90", "dropped", kProved}}};
}

}  // namespace

std::vector<Situation> situations() {
  Added input_dropped{.input = std::string(kEstablished) +
                               "-A INPUT -s 10.0.0.0/25 -p tcp -m tcp --dport 22 -j "
                               "ACCEPT\n",
                      .input_policy = "DROP"};
  // It would be found only in the family whose addresses it has.
  auto published = [&](std::string (*docker)(Family, const Added&)) {
    auto rules = in_both(docker, {.input = kEstablished, .input_policy = "DROP"});
    rules[Family::kIpv4] = docker(Family::kIpv4, input_dropped);
    return rules;
  };
  Added icmp_dropped{.input = "-A INPUT -i eth0 -s 10.0.0.0/26 -p icmp -j DROP\n"};
  auto friends = [&](std::string (*docker)(Family, const Added&)) {
    auto rules = with_others_refused(docker, {});
    icmp_dropped.docker = others_refused(Family::kIpv4);
    rules[Family::kIpv4] = docker(Family::kIpv4, icmp_dropped);
    return rules;
  };
  return {{.name = "Published20", .rules = published(docker_20), .claims = all_get_in()},
          {.name = "Published28", .rules = published(docker_28), .claims = all_get_in()},
          {.name = "Friends20", .rules = friends(docker_20), .sets = kFriends, .claims = friends_get_in()},
          {.name = "Friends28", .rules = friends(docker_28), .sets = kFriends, .claims = friends_get_in()},
          sets_of_pairs(),
          lost_answers(),
          needle(),
          translated()};
}

std::vector<Change> changes() {
  Added closed{.docker_user = "-A DOCKER-USER -i eth0 -m conntrack --ctstate NEW -j DROP\n"};
  Added input_dropped{.input = kEstablished, .input_policy = "DROP"};
  return {{.name = "OthersRefused20",
           .before = in_both(docker_20),
           .after = with_others_refused(docker_20, {}),
           .sets = kFriends},
          {.name = "OthersRefused28",
           .before = in_both(docker_28),
           .after = with_others_refused(docker_28, {}),
           .sets = kFriends},
          {.name = "ClosedByDockerUser", .before = in_both(docker_20), .after = in_both(docker_20, closed)},
          {.name = "InputDropped", .before = in_both(docker_28), .after = in_both(docker_28, input_dropped)},
          {.name = "NewDocker", .before = in_both(docker_20), .after = in_both(docker_28)},
          {.name = "Needle", .before = {{Family::kIpv4, filter("")}}, .after = needle().rules},
          {.name = "Translated", .before = {{Family::kIpv4, filter("")}}, .after = translated().rules}};
}

Docker docker_of_situations() {
  auto ip = [](const char* text) { return *Ip::parse(text); };
  auto container = [&](std::string name, const char* port, const char* ipv4, const char* ipv6) {
    return Container{
        .name = std::move(name),
        .pid = 1,
        .network_mode = "bridge",
        .addresses = {{.network = "bridge", .ip = ip(ipv4), .length = 24, .gateway = ip("10.0.17.1")},
                      {.network = "bridge", .ip = ip(ipv6), .length = 64, .gateway = ip("fd00:17::1")}},
        .interfaces = {port}};
  };
  // Its bridge's ports are not in hairpin mode, as where there are proxies; but none runs here.
  Docker out{.version = "28.0.0", .userland_proxy = true};
  out.networks = {{.name = "bridge",
                   .driver = "bridge",
                   .bridge = "docker0",
                   .subnets = {*Prefix::parse("10.0.17.0/24"), *Prefix::parse("fd00:17::/64")},
                   .gateways = {ip("10.0.17.1"), ip("fd00:17::1")}}};
  out.containers = {container("web", "port0", "10.0.17.2", "fd00:17::2"),
                    container("db", "port1", "10.0.17.3", "fd00:17::3")};
  out.containers[0].ports = {{.protocol = kTcp, .host_port = 8000, .container_port = 80}};
  return out;
}

std::string wishes_of(const std::vector<Claim>& claims) {
  std::string out = "pyfw_wishes:\n  expectations:\n";
  for (std::size_t i = 0; i < claims.size(); ++i) {
    const auto& claim = claims[i];
    auto from = claim.from.starts_with('{') ? claim.from : fmt::format("\"{}\"", claim.from);
    out += fmt::format("  - claim {}: {{ from: {}, to: \"{}\", is: {} }}\n", i + 1, from, claim.to, claim.is);
  }
  return out;
}

differential::Rules rules_on(Backend backend, const std::map<Family, std::string>& rules,
                             const std::string& sets) {
  differential::Rules out{.sets = sets};
  for (auto family : kFamilies) {
    auto found = rules.find(family);
    out.tables[{backend, family}] = found == rules.end() ? std::string() : found->second;
  }
  return out;
}

}  // namespace pyfw::proofs
