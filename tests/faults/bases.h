// What others have put on the hosts of the cases.

#pragma once

#include <string>

namespace pyfw::faults {

// As Docker leaves it with a container that publishes port 80; and a rule that somebody bans with.
inline const std::string kDocker =
    "*filter\n:INPUT ACCEPT\n:FORWARD ACCEPT\n:OUTPUT ACCEPT\n:DOCKER -\n:DOCKER-USER -\n:f2b -\n"
    "-A INPUT -p udp -j f2b\n-A INPUT -s 10.9.9.1/32 -j DROP\n-A INPUT -s 10.9.9.2/32 -j DROP\n"
    "-A FORWARD -j DOCKER-USER\n"
    "-A FORWARD -o eth1 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n"
    "-A FORWARD -i eth0 -o eth1 -j DOCKER\n-A FORWARD -s 10.9.9.1/32 -j DROP\n"
    "-A DOCKER -d 10.2.0.2/32 -p udp -m udp --dport 80 -j ACCEPT\n-A DOCKER -s 10.9.9.3/32 -j DROP\n"
    "-A DOCKER-USER -s 10.9.9.4/32 -j DROP\n-A DOCKER-USER -j RETURN\n"
    "-A f2b -s 10.1.0.18/32 -j DROP\n-A f2b -j RETURN\nCOMMIT\n";

inline const std::string kOthers6 =
    "*filter\n:INPUT ACCEPT\n:FORWARD ACCEPT\n:OUTPUT ACCEPT\n-A INPUT -s fd09::1/128 -j DROP\n"
    "-A FORWARD -s fd09::1/128 -j DROP\nCOMMIT\n";

// One that bans in each table.
inline const std::string kBans =
    "*raw\n:PREROUTING ACCEPT\n:OUTPUT ACCEPT\n-A PREROUTING -s 10.9.9.1/32 -j DROP\nCOMMIT\n"
    "*mangle\n:PREROUTING ACCEPT\n:INPUT ACCEPT\n:FORWARD ACCEPT\n:OUTPUT ACCEPT\n:POSTROUTING ACCEPT\n"
    "-A PREROUTING -s 10.9.9.1/32 -j DROP\n-A FORWARD -s 10.9.9.1/32 -j DROP\nCOMMIT\n"
    "*nat\n:PREROUTING ACCEPT\n:INPUT ACCEPT\n:OUTPUT ACCEPT\n:POSTROUTING ACCEPT\n:DOCKER -\n"
    "-A PREROUTING -s 10.9.9.1/32 -j ACCEPT\n-A PREROUTING -p udp -m udp --dport 9999 -j DOCKER\n"
    "-A DOCKER -s 10.9.9.2/32 -j RETURN\nCOMMIT\n" +
    kDocker;

}  // namespace pyfw::faults
