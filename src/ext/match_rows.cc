#include <algorithm>
#include <array>

#include "ext/matches.h"

namespace pyfw {
namespace {

constexpr auto kBoth = Families::kBoth;
constexpr auto kIpv4 = Families::kIpv4;
constexpr auto kIpv6 = Families::kIpv6;
constexpr auto kExact = Precision::kExact;
constexpr auto kExactBut = Precision::kExactBut;
constexpr auto kSometimes = Precision::kSometimes;

// Of the packet, its connection, or the host at that moment: each rule is told the same.
constexpr MatchRow unknowable(std::string_view name, std::string_view why) {
  return {.name = name, .precision = Precision::kUnknowable, .untold = why, .is_per_rule = false};
}
// Each rule has a count of its own, or may have.
constexpr MatchRow counting(std::string_view name, std::string_view why) {
  return {.name = name, .precision = Precision::kUnknowable, .untold = why};
}

constexpr std::string_view kWithHeaders = "packets with extension headers";
constexpr std::string_view kRate = "how many packets came before";

constexpr std::array kRows = {
    MatchRow{"addrtype", kBoth, kExact, match_addrtype},
    MatchRow{"ah", kBoth, kSometimes, match_ah, "--ahspi"},
    unknowable("bpf", "what its program says"),
    MatchRow{"cgroup", kBoth, kSometimes, match_cgroup, "--cgroup, --path"},
    unknowable("cluster", "which node the connection falls to"),
    MatchRow{"comment", kBoth, kExact, match_comment},
    MatchRow{"connbytes", kBoth, kSometimes, match_connbytes, "--connbytes"},
    MatchRow{"connlabel", kBoth, kSometimes, match_connlabel, "--label"},
    counting("connlimit", "how many connections there are"),
    MatchRow{"connmark", kBoth, kExact, match_connmark},
    MatchRow{"conntrack", kBoth, kExactBut, match_conntrack, "--ctexpire"},
    unknowable("cpu", "which processor handles the packet"),
    MatchRow{"dccp", kBoth, kExactBut, match_dccp, "--dccp-types, --dccp-option"},
    unknowable("devgroup", "which group the interface is in"),
    MatchRow{"dscp", kBoth, kExact, match_dscp},
    MatchRow{"dst", kIpv6, kExactBut, match_extension_header, kWithHeaders},
    MatchRow{"ecn", kBoth, kExact, match_ecn},
    MatchRow{"esp", kBoth, kSometimes, match_esp, "--espspi"},
    MatchRow{"eui64", kIpv6, kExact, match_eui64},
    MatchRow{"frag", kIpv6, kExactBut, match_frag, kWithHeaders},
    counting("hashlimit", kRate),
    MatchRow{"hbh", kIpv6, kExactBut, match_extension_header, kWithHeaders},
    MatchRow{"helper", kBoth, kExactBut, match_helper, "--helper, of connections that one expected"},
    MatchRow{"hl", kIpv6, kExact, match_hl},
    MatchRow{"icmp", kIpv4, kExact, match_icmp},
    MatchRow{"icmp6", kIpv6, kExact, match_icmp6},
    MatchRow{"icmpv6", kIpv6, kExact, match_icmp6},
    MatchRow{"ipcomp", kBoth, kSometimes, match_ipcomp, "--ipcompspi"},
    MatchRow{"iprange", kBoth, kExact, match_iprange},
    MatchRow{"ipv6header", kIpv6, kExactBut, match_ipv6header, kWithHeaders},
    unknowable("ipvs", "which virtual server the connection belongs to"),
    unknowable("l2tp", "what the packet's L2TP header says"),
    MatchRow{"length", kBoth, kExact, match_length},
    counting("limit", kRate),
    MatchRow{"mac", kBoth, kExact, match_mac},
    MatchRow{"mark", kBoth, kExact, match_mark},
    MatchRow{"mh", kIpv6, kSometimes, match_mh, "--mh-type"},
    MatchRow{"multiport", kBoth, kExact, match_multiport},
    counting("nfacct", "whether its quota is used up"),
    unknowable("osf", "which system sent the packet"),
    MatchRow{"owner", kBoth, kExactBut, match_owner, "--suppl-groups"},
    MatchRow{"physdev", kBoth, kExact, match_physdev},
    MatchRow{"pkttype", kBoth, kExact, match_pkttype},
    MatchRow{"policy", kBoth, kExact, match_policy},
    counting("quota", "how much came before"),
    counting("rateest", "how much comes at the time"),
    unknowable("realm", "which realm the route has"),
    MatchRow{"recent", kBoth, kSometimes, match_recent, "all but --set"},
    MatchRow{"rpfilter", kBoth, kExact, match_rpfilter},
    MatchRow{"rt", kIpv6, kExactBut, match_extension_header, kWithHeaders},
    MatchRow{"sctp", kBoth, kExactBut, match_sctp, "--chunk-types"},
    MatchRow{"set", kBoth, kExactBut, match_set, "--packets-*, --bytes-*"},
    unknowable("socket", "whether a socket of the host waits for the packet"),
    MatchRow{"srh", kIpv6, kExactBut, match_extension_header, kWithHeaders},
    MatchRow{"state", kBoth, kExact, match_state},
    MatchRow{"statistic", kBoth, Precision::kUnknowable, match_statistic, "chance, or how many came before"},
    unknowable("string", "what the packet carries"),
    MatchRow{"tcp", kBoth, kExactBut, match_tcp, "--tcp-option above 7"},
    MatchRow{"tcpmss", kBoth, kExactBut, match_tcpmss, "--mss, of packets with that option"},
    unknowable("time", "what time it is"),
    MatchRow{"tos", kBoth, kExact, match_tos},
    MatchRow{"ttl", kIpv4, kExact, match_ttl},
    unknowable("u32", "what the packet's bytes are"),
    MatchRow{"udp", kBoth, kExact, match_udp},
    MatchRow{"udplite", kBoth, kExact, match_udp},
};
static_assert(std::ranges::is_sorted(kRows, {}, &MatchRow::name));

}  // namespace

std::span<const MatchRow> match_rows() { return kRows; }

const MatchRow* find_match_row(std::string_view name, Family family) {
  auto found = std::ranges::lower_bound(kRows, name, {}, &MatchRow::name);
  return found != kRows.end() && found->name == name && is_of(found->families, family) ? &*found : nullptr;
}

}  // namespace pyfw
