// How each match extension becomes conditions: the functions of the table in match_rows.cc, which says what
// they are given and give. A file for each kind; the names are those of the extensions.

#pragma once

#include "ext/rows.h"

namespace pyfw {

// match_ports.cc
bool match_tcp(Words& words, Family family, Conditions& out);
bool match_udp(Words& words, Family family, Conditions& out);
bool match_sctp(Words& words, Family family, Conditions& out);
bool match_dccp(Words& words, Family family, Conditions& out);
bool match_multiport(Words& words, Family family, Conditions& out);

// match_transport.cc
bool match_icmp(Words& words, Family family, Conditions& out);
bool match_icmp6(Words& words, Family family, Conditions& out);
bool match_tcpmss(Words& words, Family family, Conditions& out);
bool match_esp(Words& words, Family family, Conditions& out);
bool match_ah(Words& words, Family family, Conditions& out);
bool match_ipcomp(Words& words, Family family, Conditions& out);

// match_addresses.cc
bool match_addrtype(Words& words, Family family, Conditions& out);
bool match_iprange(Words& words, Family family, Conditions& out);
bool match_rpfilter(Words& words, Family family, Conditions& out);

// match_conntrack.cc
bool match_conntrack(Words& words, Family family, Conditions& out);
bool match_state(Words& words, Family family, Conditions& out);
bool match_connmark(Words& words, Family family, Conditions& out);
bool match_helper(Words& words, Family family, Conditions& out);
bool match_connbytes(Words& words, Family family, Conditions& out);
bool match_connlabel(Words& words, Family family, Conditions& out);

// match_header.cc
bool match_length(Words& words, Family family, Conditions& out);
bool match_ttl(Words& words, Family family, Conditions& out);
bool match_hl(Words& words, Family family, Conditions& out);
bool match_tos(Words& words, Family family, Conditions& out);
bool match_dscp(Words& words, Family family, Conditions& out);
bool match_ecn(Words& words, Family family, Conditions& out);

// match_ipv6_headers.cc
bool match_frag(Words& words, Family family, Conditions& out);
bool match_extension_header(Words& words, Family family, Conditions& out);
bool match_mh(Words& words, Family family, Conditions& out);
bool match_ipv6header(Words& words, Family family, Conditions& out);
bool match_eui64(Words& words, Family family, Conditions& out);

// match_link.cc
bool match_mac(Words& words, Family family, Conditions& out);
bool match_physdev(Words& words, Family family, Conditions& out);
bool match_pkttype(Words& words, Family family, Conditions& out);

// match_host.cc
bool match_comment(Words& words, Family family, Conditions& out);
bool match_mark(Words& words, Family family, Conditions& out);
bool match_owner(Words& words, Family family, Conditions& out);
bool match_cgroup(Words& words, Family family, Conditions& out);
bool match_policy(Words& words, Family family, Conditions& out);
bool match_recent(Words& words, Family family, Conditions& out);
bool match_statistic(Words& words, Family family, Conditions& out);
bool match_set(Words& words, Family family, Conditions& out);

}  // namespace pyfw
