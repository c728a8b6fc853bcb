#include "nft/nft_base_chain.h"

#include <linux/netfilter.h>

namespace pyfw {

std::optional<std::uint32_t> hook_of(std::string_view chain) {
  if (chain == "PREROUTING") return NF_INET_PRE_ROUTING;
  if (chain == "INPUT") return NF_INET_LOCAL_IN;
  if (chain == "FORWARD") return NF_INET_FORWARD;
  if (chain == "OUTPUT") return NF_INET_LOCAL_OUT;
  if (chain == "POSTROUTING") return NF_INET_POST_ROUTING;
  return {};
}

// Those of iptables-nft, whose table security comes later than that of the kernel.
std::int32_t priority_of(std::string_view table, std::string_view chain) {
  if (table == "raw") return -300;
  if (table == "mangle") return -150;
  if (table == "nat") return chain == "PREROUTING" || chain == "OUTPUT" ? -100 : 100;
  return table == "security" ? 150 : 0;
}

std::string_view type_of(std::string_view table, std::string_view chain) {
  if (table == "nat") return "nat";
  return table == "mangle" && chain == "OUTPUT" ? "route" : "filter";
}

}  // namespace pyfw
