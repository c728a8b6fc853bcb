#include "adopt/rule_shapes.h"

#include <array>

namespace pyfw {
namespace {

using Where = RuleShape::Where;
using Comes = RuleShape::Comes;

constexpr std::string_view kFilter = "filter";
constexpr std::string_view kNat = "nat";

constexpr std::array kShapes = {
    // Docker, in the chains that others use too.
    RuleShape{"Docker", Where::kBesideItsChains, kFilter, "FORWARD", "-j DOCKER-USER"},
    RuleShape{"Docker", Where::kBesideItsChains, kFilter, "DOCKER-USER", "-j RETURN"},
    RuleShape{"Docker", Where::kBesideItsChains, kFilter, "FORWARD",
              "-o BRIDGE -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"},
    RuleShape{"Docker", Where::kBesideItsChains, kFilter, "FORWARD", "-i BRIDGE ! -o BRIDGE -j ACCEPT"},
    RuleShape{"Docker", Where::kBesideItsChains, kFilter, "FORWARD", "-i BRIDGE -o BRIDGE -j (ACCEPT|DROP)"},
    RuleShape{"Docker", Where::kBesideItsChains, kNat, "POSTROUTING",
              "-s ADDRESS ! -o BRIDGE -j (MASQUERADE|SNAT --to-source ADDRESS)", Comes::kFirst,
              "^-s [^ ]+ ! -o BRIDGE -j (MASQUERADE|SNAT)"},
    RuleShape{"Docker", Where::kBesideItsChains, kNat, "POSTROUTING",
              "-o BRIDGE -m addrtype --src-type LOCAL -j (MASQUERADE|SNAT --to-source ADDRESS)",
              Comes::kFirst, "^-o BRIDGE -m addrtype --src-type LOCAL -j (MASQUERADE|SNAT)"},
    RuleShape{"Docker", Where::kBesideItsChains, kNat, "POSTROUTING",
              "-s [0-9a-f.:]+/(32|128) -d [0-9a-f.:]+/(32|128) -p (tcp|udp|sctp) -m (tcp|udp|sctp) "
              "--dport [0-9]+ -j MASQUERADE",
              Comes::kLast},
    RuleShape{"Docker", Where::kBesideItsChains, "raw", "PREROUTING", "-d ADDRESS ! -i BRIDGE -j DROP",
              Comes::kLast},
    RuleShape{"Docker", Where::kBesideItsChains, "raw", "PREROUTING",
              "-d ADDRESS ! -i BRIDGE -p (tcp|udp|sctp) -m (tcp|udp|sctp) --dport [0-9]+ -j DROP",
              Comes::kLast},
    RuleShape{"Docker", Where::kBesideItsChains, "raw", "PREROUTING",
              R"(-d 127\.0\.0\.1/32 ! -i lo -p (tcp|udp|sctp) -m (tcp|udp|sctp) --dport [0-9]+ -j DROP)",
              Comes::kLast},
    // An encrypted network of a swarm.
    RuleShape{"Docker", Where::kBesideItsChains, kFilter, "INPUT",
              "-p udp (-m udp --dport 4789 )?-m policy --dir in --pol (none|ipsec) (-m udp --dport 4789 )?"
              "-m (u32|bpf) .*-j (DROP|ACCEPT)"},
    RuleShape{"Docker", Where::kBesideItsChains, "mangle", "OUTPUT",
              "-p udp -m udp --dport 4789 -m (u32|bpf) .*-j MARK --set-xmark 0xd0c4e3/0xffffffff"},
    // The CNI plugin `firewall`, and that `bridge` of old.
    RuleShape{"the CNI plugins", Where::kBesideItsChains, kFilter, "FORWARD",
              "(-m comment --comment \"CNI .*\" )?-j CNI-(FORWARD|ADMIN)"},
    // libvirt up to 5.0.
    RuleShape{"libvirt", Where::kWithoutItsChains, kFilter, "INPUT",
              "-i VIRBR -p (tcp|udp) -m (tcp|udp) --dport (53|67|69|547) -j ACCEPT"},
    RuleShape{"libvirt", Where::kWithoutItsChains, kFilter, "OUTPUT",
              "-o VIRBR -p (tcp|udp) -m (tcp|udp) --dport (53|68|546) -j ACCEPT"},
    RuleShape{"libvirt", Where::kWithoutItsChains, kFilter, "FORWARD",
              "-d ADDRESS -o VIRBR (-m (conntrack --ctstate|state --state) RELATED,ESTABLISHED )?-j ACCEPT"},
    RuleShape{"libvirt", Where::kWithoutItsChains, kFilter, "FORWARD", "-s ADDRESS -i VIRBR -j ACCEPT"},
    RuleShape{"libvirt", Where::kWithoutItsChains, kFilter, "FORWARD", "-i VIRBR -o VIRBR -j ACCEPT"},
    RuleShape{"libvirt", Where::kWithoutItsChains, kFilter, "FORWARD",
              "-[io] VIRBR -j REJECT --reject-with icmp6?-port-unreachable"},
    RuleShape{"libvirt", Where::kWithoutItsChains, "mangle", "POSTROUTING",
              "-o VIRBR -p udp -m udp --dport 68 -j CHECKSUM --checksum-fill"},
    RuleShape{"libvirt", Where::kWithoutItsChains, kNat, "POSTROUTING",
              R"(-s 192\.168\.[0-9]+\.0/24 -d (224\.0\.0\.0/24|255\.255\.255\.255/32) -j RETURN)"},
    RuleShape{"libvirt", Where::kWithoutItsChains, kNat, "POSTROUTING",
              R"(-s 192\.168\.[0-9]+\.0/24 ! -d 192\.168\.[0-9]+\.0/24 -p (tcp|udp) -j MASQUERADE )"
              "--to-ports 1024-65535"},
    RuleShape{"libvirt", Where::kWithoutItsChains, kNat, "POSTROUTING",
              R"(-s 192\.168\.122\.0/24 ! -d 192\.168\.122\.0/24 -j MASQUERADE)"},
    // firewalld, whose reload empties these chains.
    RuleShape{"firewalld", Where::kBesideItsChains, kFilter, "",
              "-m conntrack --ctstate (RELATED,ESTABLISHED|RELATED,ESTABLISHED,DNAT) -j ACCEPT"},
    RuleShape{"firewalld", Where::kBesideItsChains, kFilter, "", "-[io] lo -j ACCEPT"},
    RuleShape{"firewalld", Where::kBesideItsChains, kFilter, "",
              "-m conntrack --ctstate INVALID -j (DROP|LOG --log-prefix \"STATE_INVALID_DROP: \")"},
    RuleShape{"firewalld", Where::kBesideItsChains, kFilter, "",
              "-j (REJECT --reject-with (icmp-host-prohibited|icmp6-adm-prohibited)|LOG --log-prefix "
              "\"FINAL_REJECT: \")"},
    RuleShape{"firewalld", Where::kBesideItsChains, "mangle", "PREROUTING",
              "-m rpfilter --validmark --invert -j (DROP|LOG --log-prefix \"rpfilter_DROP: \")"},
    RuleShape{"firewalld", Where::kBesideItsChains, "raw", "PREROUTING",
              "-m rpfilter --validmark --invert -j (DROP|LOG --log-prefix \"rpfilter_DROP: \")"},
    RuleShape{"firewalld", Where::kBesideItsChains, "raw", "PREROUTING",
              "-p ipv6-icmp -m icmp6 --icmpv6-type (134|135) -j ACCEPT"},
    // ufw-docker, as its `install` puts them into DOCKER-USER.
    RuleShape{"ufw-docker", Where::kBesideItsChains, kFilter, "DOCKER-USER",
              R"(-s (10\.0\.0\.0/8|172\.16\.0\.0/12|192\.168\.0\.0/16) -j RETURN)"},
    RuleShape{"ufw-docker", Where::kBesideItsChains, kFilter, "DOCKER-USER",
              "-p udp -m udp --sport 53 --dport 1024:65535 -j RETURN"},
    RuleShape{"ufw-docker", Where::kBesideItsChains, kFilter, "DOCKER-USER",
              "-m conntrack --ctstate (RELATED,ESTABLISHED -j RETURN|INVALID -j DROP)"},
    RuleShape{"ufw-docker", Where::kBesideItsChains, kFilter, "DOCKER-USER", "-i BRIDGE -o BRIDGE -j ACCEPT"},
    // csf, which leaves none of others in these chains.
    RuleShape{"CSF", Where::kBesideItsChains, kFilter, "INPUT",
              "(-[sd] ADDRESS )*(! )?-i lo (.* )?-j ACCEPT"},
    RuleShape{"CSF", Where::kBesideItsChains, kFilter, "OUTPUT",
              "(-[sd] ADDRESS )*(! )?-o lo (.* )?-j ACCEPT"},
    // lxc-net.
    RuleShape{"LXC", Where::kAnywhere, kFilter, "INPUT",
              "-i lxcbr0 -p (tcp|udp) -m (tcp|udp) --dport (53|67) -j ACCEPT"},
    RuleShape{"LXC", Where::kAnywhere, kFilter, "FORWARD", "-[io] lxcbr0 -j ACCEPT"},
    RuleShape{"LXC", Where::kAnywhere, kNat, "POSTROUTING",
              R"(-s 10\.0\.3\.0/24 ! -d 10\.0\.3\.0/24 -j MASQUERADE)"},
    RuleShape{"LXC", Where::kAnywhere, "mangle", "POSTROUTING",
              "-o lxcbr0 -p udp -m udp --dport 68 -j CHECKSUM --checksum-fill"},
    // Shorewall, in the chains that others use too.
    RuleShape{"Shorewall", Where::kBesideItsChains, kFilter, "", "-[io] lo -j ACCEPT"},
    RuleShape{"Shorewall", Where::kBesideItsChains, kFilter, "",
              "-m (conntrack --ctstate|state --state) (RELATED,)?ESTABLISHED -j ACCEPT"},
    RuleShape{"Shorewall", Where::kBesideItsChains, kFilter, "",
              "-m addrtype --dst-type (BROADCAST|ANYCAST|MULTICAST) -j DROP"},
    RuleShape{"Shorewall", Where::kBesideItsChains, kFilter, "",
              "(.* )?-j (LOG|NFLOG|ULOG) (.* )?--(log|nflog|ulog)-prefix \"?Shorewall:.*"},
    RuleShape{"Shorewall", Where::kBesideItsChains, "raw", "",
              "-p (tcp|udp) -m (tcp|udp) --dport [0-9:]+ -j CT --helper [A-Za-z0-9.-]+"},
    RuleShape{"Shorewall", Where::kBesideItsChains, "mangle", "FORWARD",
              "-j MARK --set-xmark 0x0/0x[0-9a-f]+"},
};

}  // namespace

std::span<const RuleShape> rule_shapes() { return kShapes; }

}  // namespace pyfw
