#include "netlink/routing_rules.h"

#include <fmt/format.h>
#include <linux/fib_rules.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <limits>

#include "netlink/rtnetlink.h"

namespace pyfw {
namespace {

using Attributes = NetlinkAttributes<FRA_MAX + 1>;

std::optional<RouteType> action_of(unsigned action) {
  switch (action) {
    case FR_ACT_TO_TBL:
    case FR_ACT_GOTO: return RouteType::kUnicast;
    case FR_ACT_BLACKHOLE: return RouteType::kBlackhole;
    case FR_ACT_UNREACHABLE: return RouteType::kUnreachable;
    case FR_ACT_PROHIBIT: return RouteType::kProhibit;
    default: return {};
  }
}

std::optional<Prefix> prefix_in(Family family, const nlattr* attribute, unsigned length) {
  if (length == 0) return {};
  return Prefix{.ip = address_in(family, attribute).value_or(any_address(family)), .length = length};
}

template <typename Range>
void add_range(const Attributes& attributes, std::size_t type, std::string_view name, std::string& words) {
  Range range{};
  if (attributes[type] == nullptr || payload_of(*attributes[type]).size() < sizeof(range)) return;
  payload_of(*attributes[type]).copy(reinterpret_cast<char*>(&range), sizeof(range));
  words += fmt::format(" {} {}-{}", name, range.start, range.end);
}

// As `ip rule` says it.
std::string others_of(const fib_rule_hdr& own, const Attributes& attributes) {
  constexpr auto kNone = std::numeric_limits<std::uint32_t>::max();
  std::string words;
  if (own.action == FR_ACT_GOTO) words += fmt::format(" goto {}", attributes.host_number(FRA_GOTO));
  if (own.tos != 0) words += fmt::format(" tos 0x{:x}", own.tos);
  if (attributes.byte(FRA_IP_PROTO) != 0) words += fmt::format(" ipproto {}", attributes.byte(FRA_IP_PROTO));
  add_range<fib_rule_port_range>(attributes, FRA_SPORT_RANGE, "sport", words);
  add_range<fib_rule_port_range>(attributes, FRA_DPORT_RANGE, "dport", words);
  add_range<fib_rule_uid_range>(attributes, FRA_UID_RANGE, "uidrange", words);
  if (attributes.byte(FRA_L3MDEV) != 0) words += " l3mdev";
  if (attributes[FRA_TUN_ID] != nullptr) words += " tun_id";
  for (auto [type, name] : {std::pair(FRA_SUPPRESS_PREFIXLEN, "suppress_prefixlength"),
                            std::pair(FRA_SUPPRESS_IFGROUP, "suppress_ifgroup")})
    if (attributes[type] != nullptr && attributes.host_number(type) != kNone)
      words += fmt::format(" {} {}", name, attributes.host_number(type));
  return words.empty() ? words : words.substr(1);
}

std::optional<RoutingRule> rule_in(const nlmsghdr& message) {
  const auto* own = own_header<fib_rule_hdr>(message);
  if (own == nullptr) return {};
  auto family = family_of_number(own->family);
  auto action = action_of(own->action);
  if (!family || !action) return {};
  Attributes attributes(message, sizeof(*own));
  return RoutingRule{
      .family = *family,
      .priority = attributes.host_number(FRA_PRIORITY),
      .is_inverted = (own->flags & FIB_RULE_INVERT) != 0,
      .from = prefix_in(*family, attributes[FRA_SRC], own->src_len),
      .to = prefix_in(*family, attributes[FRA_DST], own->dst_len),
      .in_interface = std::string(attributes.text(FRA_IIFNAME)),
      .out_interface = std::string(attributes.text(FRA_OIFNAME)),
      .mark = attributes.host_number(FRA_FWMARK),
      .mark_mask = attributes.host_number(FRA_FWMASK),
      .action = *action,
      .table = attributes[FRA_TABLE] != nullptr ? attributes.host_number(FRA_TABLE) : own->table,
      .others = others_of(*own, attributes)};
}

}  // namespace

Result<std::vector<RoutingRule>> read_routing_rules(NetlinkSocket& socket) {
  std::vector<RoutingRule> rules;
  for (auto family : {AF_INET, AF_INET6}) {
    auto begin = rules.size();
    fib_rule_hdr own{};
    own.family = static_cast<std::uint8_t>(family);
    TRY_VOID(socket.dump(
        RTM_GETRULE, own, [&] { rules.resize(begin); },
        [&](const nlmsghdr& message) {
          if (auto rule = rule_in(message)) rules.push_back(std::move(*rule));
        }));
  }
  std::ranges::stable_sort(rules, {},
                           [](const RoutingRule& rule) { return std::pair(rule.family, rule.priority); });
  return rules;
}

}  // namespace pyfw
