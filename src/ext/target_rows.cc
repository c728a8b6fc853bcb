#include <algorithm>
#include <array>

#include "ext/effects.h"

namespace pyfw {
namespace {

constexpr auto kBoth = Families::kBoth;
constexpr auto kIpv4 = Families::kIpv4;
constexpr auto kIpv6 = Families::kIpv6;
constexpr auto kExact = Precision::kExact;

constexpr TargetRow unpredictable(std::string_view name, std::string_view why) {
  return {.name = name, .precision = Precision::kUnknowable, .untold = why};
}
// It changes nothing that a match or a route looks at, or no packet at all.
constexpr TargetRow goes_on(std::string_view name) { return {name, kBoth, kExact, effect_continue}; }

constexpr std::array kRows = {
    TargetRow{"ACCEPT", kBoth, kExact, effect_accept},
    goes_on("AUDIT"),
    goes_on("CHECKSUM"),
    goes_on("CLASSIFY"),
    unpredictable("CLUSTERIP", "which node answers"),
    TargetRow{"CONNMARK", kBoth, Precision::kExactBut, effect_connmark, "shifts"},
    goes_on("CONNSECMARK"),
    TargetRow{"CT", kBoth, kExact, effect_ct},
    TargetRow{"DNAT", kBoth, kExact, effect_dnat},
    unpredictable("DNPT", "the address that it makes"),
    TargetRow{"DROP", kBoth, kExact, effect_drop},
    TargetRow{"DSCP", kBoth, kExact, effect_dscp},
    TargetRow{"ECN", kIpv4, kExact, effect_ecn},
    TargetRow{"HL", kIpv6, kExact, effect_ttl},
    TargetRow{"HMARK", kBoth, Precision::kSometimes, effect_hmark, "the mark"},
    goes_on("IDLETIMER"),
    goes_on("LED"),
    goes_on("LOG"),
    TargetRow{"MARK", kBoth, kExact, effect_mark},
    TargetRow{"MASQUERADE", kBoth, kExact, effect_masquerade},
    TargetRow{"NETMAP", kBoth, kExact, effect_netmap},
    goes_on("NFLOG"),
    unpredictable("NFQUEUE", "what the program that gets the packet says"),
    TargetRow{"NOTRACK", kBoth, kExact, effect_notrack},
    unpredictable("QUEUE", "what the program that gets the packet says"),
    goes_on("RATEEST"),
    TargetRow{"REDIRECT", kBoth, kExact, effect_redirect},
    TargetRow{"REJECT", kBoth, kExact, effect_reject},
    TargetRow{"RETURN", kBoth, kExact, effect_return},
    goes_on("SECMARK"),
    TargetRow{"SET", kBoth, Precision::kSometimes, effect_set, "who is in the set afterwards"},
    TargetRow{"SNAT", kBoth, kExact, effect_snat},
    unpredictable("SNPT", "the address that it makes"),
    unpredictable("SYNPROXY", "whether the other side ends its handshake"),
    goes_on("TCPMSS"),
    TargetRow{"TCPOPTSTRIP", kBoth, kExact, effect_tcpoptstrip},
    goes_on("TEE"),
    TargetRow{"TOS", kBoth, kExact, effect_tos},
    TargetRow{"TPROXY", kBoth, kExact, effect_tproxy},
    goes_on("TRACE"),
    TargetRow{"TTL", kIpv4, kExact, effect_ttl},
    goes_on("ULOG"),
};
static_assert(std::ranges::is_sorted(kRows, {}, &TargetRow::name));

}  // namespace

std::span<const TargetRow> target_rows() { return kRows; }

const TargetRow* find_target_row(std::string_view name, Family family) {
  auto found = std::ranges::lower_bound(kRows, name, {}, &TargetRow::name);
  return found != kRows.end() && found->name == name && is_of(found->families, family) ? &*found : nullptr;
}

}  // namespace pyfw
