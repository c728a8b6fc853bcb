#include "who.h"

#include <fmt/format.h>

#include <fstream>
#include <random>
#include <vector>

#include "measure.h"
#include "sys/process.h"

namespace pyfw::bench {
namespace {

constexpr int kPairs = 7;
constexpr int kRulesOfAContainer = 3;  // ACCEPT in filter, DNAT and MASQUERADE in nat

bool did(const std::vector<std::string>& program, const std::string& input = "") {
  auto done = run(program, {.input = input});
  if (done && done->status == 0) return true;
  fmt::print(stderr, "{}: {}\n", program[0], done ? done->err : done.error().message);
  return false;
}

bool make_interfaces() {
  const std::vector<std::vector<std::string>> commands = {
      {"link", "add", "eth0", "type", "veth", "peer", "name", "wire"},
      {"link", "set", "wire", "up"},
      {"link", "set", "eth0", "up"},
      {"address", "add", "192.0.2.1/24", "dev", "eth0"},
      {"link", "add", "docker0", "type", "bridge"},
      {"link", "set", "docker0", "up"},
      {"address", "add", "172.17.0.1/16", "dev", "docker0"},
      {"route", "add", "default", "via", "192.0.2.254"}};
  for (auto command : commands) {
    command.insert(command.begin(), "/usr/sbin/ip");
    if (!did(command)) return false;
  }
  return true;
}

std::string sets() {
  std::string out = "create many hash:ip family inet maxelem 131072\n";
  for (int i = 0; i < 65'000; ++i)
    out += fmt::format("add many 10.{}.{}.{}\n", i / 65536, i / 256 % 256, i % 256);
  out += "create nets hash:net family inet maxelem 131072\n";
  for (int i = 0; i < 20'000; ++i) out += fmt::format("add nets 100.{}.{}.0/24\n", 64 + i / 256, i % 256);
  return out;
}

std::string rules_of_docker(int rules) {
  int containers = rules / kRulesOfAContainer;
  std::string filter =
      "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD DROP [0:0]\n:DOCKER - [0:0]\n:DOCKER-USER - [0:0]\n"
      "-A FORWARD -j DOCKER-USER\n-A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j "
      "ACCEPT\n"
      "-A FORWARD -o docker0 -j DOCKER\n-A FORWARD -i docker0 -j ACCEPT\n"
      "-A DOCKER-USER -i eth0 -m set --match-set nets src -j DROP\n"
      "-A DOCKER-USER -i eth0 -m set ! --match-set many src -m conntrack --ctorigdstport 10001 -j DROP\n";
  std::string nat =
      "*nat\n:PREROUTING ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n:DOCKER - [0:0]\n"
      "-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER\n";
  for (int i = 0; i < containers; ++i) {
    auto address = fmt::format("172.17.{}.{}", 1 + i / 250, 1 + i % 250);
    filter += fmt::format("-A DOCKER -d {}/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT\n",
                          address);
    nat +=
        fmt::format("-A POSTROUTING -s {0}/32 -d {0}/32 -p tcp -m tcp --dport 80 -j MASQUERADE\n", address);
    nat += fmt::format("-A DOCKER ! -i docker0 -p tcp -m tcp --dport {} -j DNAT --to-destination {}:80\n",
                       10'000 + i % 50'000, address);
  }
  return filter + "COMMIT\n" + nat + "COMMIT\n";
}

// Of both verdicts, which overlap.
std::string random_rules(int rules) {
  std::mt19937 draw(7);
  auto any = [&](unsigned end) { return static_cast<unsigned>(draw()) % end; };
  std::string out = "*filter\n:INPUT ACCEPT [0:0]\n";
  for (int i = 0; i < rules; ++i)
    out += fmt::format("-A INPUT -s {}.{}.0.0/{} -p tcp -m tcp --dport {}:{} -j {}\n", 1 + any(200), any(256),
                       8 + any(9), 1 + any(500), 501 + any(1000), any(2) == 0 ? "ACCEPT" : "DROP");
  return out + "COMMIT\n";
}

void report(const std::string& what, const Comparison& found, double wanted) {
  fmt::print("{:<58} {:5.2f}   ({:.2f} to {:.2f})   wanted {:.1f}   {:4.0f} MiB\n", what, found.ratio,
             found.lowest, found.highest, wanted, static_cast<double>(found.peak_kib) / 1024);
}

bool load(const std::string& rules) {
  return did({"/usr/sbin/iptables-restore"}, "*filter\nCOMMIT\n*nat\nCOMMIT\n") &&
         did({"/usr/sbin/iptables-restore"}, rules);
}

bool bench_one(const std::string& folder, const std::string& what, const std::string& rules,
               const std::string& endpoint, double wanted) {
  auto file = folder + "/who.yaml";
  if (!load(rules) || !did({"/bin/sh", "-c", fmt::format("{} state > {}", PYFW_PROGRAM, file)})) return false;
  report("who reaches one endpoint, " + what,
         compare([&] { return run_all({{PYFW_PROGRAM, "who", endpoint, "--use-state", file}}); },
                 [] { return run_all({{"/usr/sbin/iptables-save"}}); }, kPairs),
         wanted);
  return true;
}

bool bench_difference(const std::string& folder, int rules) {
  auto file = folder + "/who.yaml";
  auto wishes = folder + "/one.yaml";
  std::ofstream(wishes) << "pyfw_wishes:\n  iptables:\n    filter:\n      INPUT:\n        rules:\n"
                           "        - no_smtp: -p tcp --dport 25 -j DROP\n";
  if (!load(rules_of_docker(rules)) ||
      !did({"/bin/sh", "-c", fmt::format("{} state > {}", PYFW_PROGRAM, file)}))
    return false;
  // Both read the file; the plan compares two states. That there is something to do is no failure.
  auto plan = fmt::format("{} plan --use-state {} --wishes {} || test $? = 3", PYFW_PROGRAM, file, wishes);
  report(fmt::format("plan of one rule in {}, what it changes", rules),
         compare([&] { return run_all({{"/bin/sh", "-c", plan}}); },
                 [&] {
                   return run_all({{PYFW_PROGRAM, "state", "--use-state", file},
                                   {PYFW_PROGRAM, "state", "--use-state", file}});
                 },
                 kPairs),
         1.5);
  return true;
}

// A host of so many containers, each of which publishes its port 80, as `pyfw state` writes it.
std::string state_of_containers(int containers) {
  struct Lists {
    std::string accepts, leads, masquerades, ports, listeners, containers;
  } lists;
  for (int i = 0; i < containers; ++i) {
    auto address = fmt::format("172.17.{}.{}", 1 + i / 250, 1 + i % 250);
    auto port = 10'000 + i;
    lists.accepts += fmt::format(
        "        - -d {}/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT\n", address);
    lists.leads += fmt::format(
        "        - '! -i docker0 -p tcp -m tcp --dport {} -j DNAT --to-destination {}:80'\n", port, address);
    lists.masquerades +=
        fmt::format("        - -s {0}/32 -d {0}/32 -p tcp -m tcp --dport 80 -j MASQUERADE\n", address);
    lists.ports += fmt::format("    - {{name: veth{}, state: up, kind: veth, bridge: docker0}}\n", i);
    lists.listeners +=
        fmt::format("    - {{protocol: tcp, address: 0.0.0.0, port: {}, program: docker-proxy}}\n", port);
    lists.containers += fmt::format(
        "      - name: web{0}\n        network_mode: default\n        pid: {1}\n"
        "        addresses: [{{network: bridge, ip: {2}, length: 16, gateway: 172.17.0.1}}]\n"
        "        ports: [{{protocol: tcp, host_port: {3}, container_port: 80, proxy: true}}]\n"
        "        interfaces: [veth{0}]\n"
        "        listeners: [{{protocol: tcp, address: 0.0.0.0, port: 80}}]\n",
        i, 1'000 + i, address, port);
  }
  return "pyfw_state:\n  iptables:\n    filter:\n"
         "      INPUT:\n        default_action: DROP\n        rules:\n"
         "        - -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n"
         "        - -p tcp -m tcp --dport 22 -j ACCEPT\n"
         "      FORWARD:\n        default_action: DROP\n        rules:\n"
         "        - -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n"
         "        - -o docker0 -j DOCKER\n        - -i docker0 ! -o docker0 -j ACCEPT\n"
         "        - -i docker0 -o docker0 -j ACCEPT\n"
         "      OUTPUT:\n        default_action: ACCEPT\n        rules: []\n"
         "      DOCKER:\n        default_action: '-'\n        rules:\n"
         "        - '! -i docker0 -o docker0 -m set ! --match-set allowed src -j DROP'\n" +
         lists.accepts +
         "    nat:\n      PREROUTING:\n        default_action: ACCEPT\n        rules:\n"
         "        - -m addrtype --dst-type LOCAL -j DOCKER\n"
         "      INPUT:\n        default_action: ACCEPT\n        rules: []\n"
         "      OUTPUT:\n        default_action: ACCEPT\n        rules:\n"
         "        - '! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER'\n"
         "      POSTROUTING:\n        default_action: ACCEPT\n        rules:\n"
         "        - -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE\n" +
         lists.masquerades +
         "      DOCKER:\n        default_action: '-'\n        rules:\n        - -i docker0 -j RETURN\n" +
         lists.leads +
         "  ip6tables: {}\n  ipsets:\n    allowed:\n      type: hash:ip\n"
         "      header: family inet hashsize 1024 maxelem 65536\n      members: [198.51.100.7]\n"
         "  facts:\n    interfaces:\n"
         "    - {name: lo, state: up, addresses: [127.0.0.1/8]}\n"
         "    - {name: eth0, state: up, addresses: [192.0.2.1/24]}\n"
         "    - {name: docker0, state: up, kind: bridge, addresses: [172.17.0.1/16]}\n" +
         lists.ports +
         "    routes:\n    - {to: 0.0.0.0/0, via: 192.0.2.254, interface: eth0, metric: 0}\n"
         "    - {to: 192.0.2.0/24, interface: eth0, metric: 0}\n"
         "    - {to: 172.17.0.0/16, interface: docker0, metric: 0}\n"
         "    settings: {ip_forward: true, bridge_nf_call_iptables: true}\n"
         "    listeners:\n    - {protocol: tcp, address: 0.0.0.0, port: 22, program: sshd}\n" +
         lists.listeners +
         "    docker:\n      version: 20.10.24\n      networks:\n"
         "      - {name: bridge, driver: bridge, bridge: docker0, subnets: [172.17.0.0/16], gateways: "
         "[172.17.0.1]}\n"
         "      containers:\n" +
         lists.containers;
}

void bench_services(const std::string& folder, int containers) {
  auto file = folder + "/containers.yaml";
  std::ofstream(file) << state_of_containers(containers);
  report(fmt::format("who reaches every service, {} containers", containers),
         compare([&] { return run_all({{PYFW_PROGRAM, "who", "--use-state", file}}); },
                 [&] { return run_all({{PYFW_PROGRAM, "state", "--use-state", file}}); }, kPairs),
         3.0);
}

}  // namespace

bool bench_who(const std::string& folder) {
  bench_services(folder, 200);
  return make_interfaces() && did({"/usr/sbin/ipset", "restore"}, sets()) &&
         bench_one(folder, "10,000 rules of Docker", rules_of_docker(10'000), "192.0.2.1:10001", 2.5) &&
         bench_one(folder, "50,000 rules of Docker", rules_of_docker(50'000), "192.0.2.1:10001", 2.0) &&
         bench_one(folder, "50,000 random rules", random_rules(50'000), "192.0.2.1:700", 4.0) &&
         bench_difference(folder, 10'000);
}

}  // namespace pyfw::bench
