// The wishes of the tutorial's situations, as docs/tutorial.md calls them; those of (d) are
// examples/tutorial.yaml.

#pragma once

namespace pyfw::lab {

// (b)
inline constexpr auto kInputDrop = R"(
pyfw_wishes:
  iptables:
    filter:
      INPUT:
        default_action: DROP
        rules:
        - allow_established: -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        - allow_ssh: -p tcp -m tcp --dport 22 -j ACCEPT
)";

// (c)
inline constexpr auto kOthersRejected = R"(
pyfw_wishes:
  ipsets:
    allowed_hosts:
      type: hash:ip
      members_equal: [192.168.122.193]
  iptables:
    filter:
      INPUT:
        default_action: DROP
        rules:
        - allow_established: -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        - allow_ssh: -p tcp -m tcp --dport 22 -j ACCEPT
      FORWARD:
        rules:
        - allow_established: -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
      DOCKER:
        rules:
        - allowed_hosts_only: '! -i docker0 -o docker0 -m set ! --match-set allowed_hosts src -j REJECT'
)";

// (d'), beside those of (d)
inline constexpr auto kLoopback = R"(
pyfw_wishes:
  iptables:
    filter:
      INPUT:
        rules:
        - allow_loopback: -i lo -j ACCEPT
)";

}  // namespace pyfw::lab
