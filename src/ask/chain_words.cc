#include "ask/chain_words.h"

#include <array>

namespace pyfw {
namespace {

struct Known {
  std::string_view table;  // empty: any
  std::string_view chain;  // one that ends in '*' is the beginning of a name
  std::string_view words;
};

// Docker's by version: DOCKER-ISOLATION to 17.05, DOCKER-USER and the stages from 17.06, DOCKER-FORWARD and
// what it leads to from 28.
constexpr std::array<Known, 41> kKnown = {{
    {"", "DOCKER-USER", "yours: Docker makes it, and leaves its rules alone"},
    {"nat", "DOCKER", "Docker's: published ports, DNAT to their containers"},
    {"filter", "DOCKER", "Docker's: what the published ports let in to the containers"},
    {"", "DOCKER-ISOLATION", "Docker's, to 17.05: keeps its networks apart"},
    {"", "DOCKER-ISOLATION-STAGE-1", "Docker's: keeps its networks apart; here, what leaves one of them"},
    {"", "DOCKER-ISOLATION-STAGE-2",
     "Docker's: keeps its networks apart; here, what would enter another one"},
    {"", "DOCKER-FORWARD", "Docker's, from 28: all that it does in FORWARD"},
    {"", "DOCKER-CT", "Docker's, from 28: answers to connections that are there"},
    {"", "DOCKER-INTERNAL", "Docker's, from 28: keeps internal networks to themselves"},
    {"", "DOCKER-BRIDGE", "Docker's, from 28: what goes to a network goes to DOCKER"},
    {"nat", "DOCKER-INGRESS", "Docker's, of a swarm: published ports of services"},
    {"filter", "DOCKER-INGRESS", "Docker's, of a swarm: what the ports of services let in"},
    {"", "DOCKER_OUTPUT", "Docker's, in a container: the DNS server at 127.0.0.11"},
    {"", "DOCKER_POSTROUTING", "Docker's, in a container: the DNS server's answers"},
    {"", "LIBVIRT_INP", "libvirt's: DHCP and DNS for its guests"},
    {"", "LIBVIRT_OUT", "libvirt's: DHCP and DNS, the answers to its guests"},
    {"", "LIBVIRT_FWX", "libvirt's: between guests of one network"},
    {"", "LIBVIRT_FWI", "libvirt's: what comes in to its guests"},
    {"", "LIBVIRT_FWO", "libvirt's: what its guests send out"},
    {"", "LIBVIRT_PRT", "libvirt's: its guests take the host's address"},
    {"", "ufw-before-logging-*", "ufw's: logs, before its rules"},
    {"", "ufw-before-*", "ufw's: what is always let through, before your rules"},
    {"", "ufw-after-logging-*", "ufw's: logs what no rule decided"},
    {"", "ufw-after-*", "ufw's: noise that is not worth a log, after your rules"},
    {"", "ufw-reject-*", "ufw's: the default, if it is to refuse"},
    {"", "ufw-track-*", "ufw's: the default, if it is to accept"},
    {"", "ufw-user-limit-accept", "ufw's: `ufw limit`, within the limit"},
    {"", "ufw-user-limit", "ufw's: `ufw limit`, above the limit"},
    {"", "ufw-user-logging-*", "ufw's: logs of your rules"},
    {"", "ufw-user-*", "ufw's: your rules"},
    {"", "ufw-not-local", "ufw's: drops what is not for this host"},
    {"", "ufw-logging-*", "ufw's: logs what it drops or lets through"},
    {"", "ufw-skip-to-policy-*", "ufw's: straight to the default"},
    {"", "ufw6-before-logging-*", "ufw's: logs, before its rules"},
    {"", "ufw6-before-*", "ufw's: what is always let through, before your rules"},
    {"", "ufw6-after-logging-*", "ufw's: logs what no rule decided"},
    {"", "ufw6-after-*", "ufw's: noise that is not worth a log, after your rules"},
    {"", "ufw6-user-*", "ufw's: your rules"},
    {"", "ufw6-*", "ufw's"},
    {"", "f2b-*", "fail2ban's: who has been banned"},
    {"", "KUBE-*", "of Kubernetes"},
}};

bool is_called(const Known& known, std::string_view chain) {
  return known.chain.ends_with('*') ? chain.starts_with(known.chain.substr(0, known.chain.size() - 1))
                                    : chain == known.chain;
}

}  // namespace

std::string_view words_for_chain(std::string_view table, std::string_view chain) {
  for (const auto& known : kKnown)
    if ((known.table.empty() || known.table == table) && is_called(known, chain)) return known.words;
  return {};
}

}  // namespace pyfw
