#include "ext/targets.h"

#include <array>

#include "base/contains.h"

namespace pyfw {
namespace {

constexpr std::array<std::string_view, 50> kTargets = {
    "ACCEPT",   "DROP",        "RETURN",  "QUEUE",       "AUDIT",  "CHECKSUM",   "CLASSIFY", "CLUSTERIP",
    "CONNMARK", "CONNSECMARK", "CT",      "DNAT",        "DNPT",   "DSCP",       "ECN",      "HL",
    "HMARK",    "IDLETIMER",   "LED",     "LOG",         "MARK",   "MASQUERADE", "NETMAP",   "NFLOG",
    "NFQUEUE",  "NOTRACK",     "RATEEST", "REDIRECT",    "REJECT", "SECMARK",    "SET",      "SNAT",
    "SNPT",     "SYNPROXY",    "TCPMSS",  "TCPOPTSTRIP", "TEE",    "TOS",        "TPROXY",   "TRACE",
    "TTL",      "ULOG",        "ACCOUNT", "CHAOS",       "DELUDE", "DHCPMAC",    "ECHO",     "IPMARK",
    "LOGMARK",  "TARPIT"};

}  // namespace

bool is_known_target(std::string_view name) { return contains(kTargets, name); }

}  // namespace pyfw
