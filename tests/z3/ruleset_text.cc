#include "tests/z3/ruleset_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

namespace z3check {
namespace {

using fmt::format;

std::string text_of(const Network& network) {
  return format("{}/{}", text_of(without_host_bits(network).address), network.length);
}

std::string name_of(int protocol) {
  constexpr int kTcp = 6;
  constexpr int kUdp = 17;
  constexpr int kIcmp = 1;
  switch (protocol) {
    case kTcp: return "tcp";
    case kUdp: return "udp";
    case kIcmp: return "icmp";
    default: return "ipv6-icmp";
  }
}

std::string span(std::pair<int, int> span, char between) {
  return span.first == span.second ? format("{}", span.first)
                                   : format("{}{}{}", span.first, between, span.second);
}

std::string flags(int bits) {
  constexpr std::array kNames = {"FIN", "SYN", "RST", "PSH", "ACK", "URG"};
  std::vector<std::string> out;
  for (std::size_t i = 0; i < kNames.size(); ++i)
    if ((bits >> i & 1) != 0) out.emplace_back(kNames.at(i));
  return out.empty() ? "NONE" : format("{}", fmt::join(out, ","));
}

// One that says it in front of the option, and the others before the whole.
class MatchText {
 public:
  MatchText(const Ruleset& rules, const Rule& rule, bool is_not)
      : rules_(rules), rule_(rule), not_(is_not ? "! " : "") {}

  std::string operator()(const InNetwork& match) const {
    return format("{}-{} {}", not_, match.side == Side::kSource ? 's' : 'd', text_of(match.network));
  }
  std::string operator()(const InRange& match) const {
    return format("-m iprange {}--{}-range {}-{}", not_, match.side == Side::kSource ? "src" : "dst",
                  text_of(match.first), text_of(match.last));
  }
  std::string operator()(const ByInterface& match) const {
    return format("{}-{} {}", not_, match.is_out ? 'o' : 'i', match.name);
  }
  std::string operator()(const OfProtocol& match) const {
    return format("{}-p {}", not_, name_of(match.number));
  }
  std::string operator()(const Ports& match) const {
    bool is_source = match.which == Ports::Which::kSource;
    if (!match.is_multiport)
      return format("-m {} {}--{}port {}", protocol(), not_, is_source ? 's' : 'd',
                    span(match.spans.front(), ':'));
    std::vector<std::string> spans;
    spans.reserve(match.spans.size());
    for (auto some : match.spans) spans.push_back(span(some, ':'));
    bool is_either = match.which == Ports::Which::kEither;
    return format("-m multiport {}--{} {}", not_,
                  is_either   ? "ports"
                  : is_source ? "sports"
                              : "dports",
                  fmt::join(spans, ","));
  }
  std::string operator()(const InSet& match) const {
    std::vector<std::string> sides;
    for (auto side : match.sides) sides.emplace_back(side == Side::kSource ? "src" : "dst");
    return format("-m set {}--match-set {} {}", not_, match.set, fmt::join(sides, ","));
  }
  std::string operator()(const OfState& match) const {
    return format("-m conntrack {}--ctstate {}", not_, fmt::join(match.states, ","));
  }
  std::string operator()(const OriginalDestination& match) const {
    return format("-m conntrack {}--ctorigdst {}", not_, text_of(match.network));
  }
  std::string operator()(const OriginalPort& match) const {
    return format("-m conntrack {}--ctorigdstport {}", not_, span({match.first, match.last}, ':'));
  }
  std::string operator()(const IsLocal& match) const {
    return format("-m addrtype {}--{}-type LOCAL", not_, match.side == Side::kSource ? "src" : "dst");
  }
  std::string operator()(const Marked& match) const {
    return format("-m {} {}--mark {:#x}/{:#x}", match.is_connection ? "connmark" : "mark", not_, match.value,
                  match.mask);
  }
  std::string operator()(const Ttl& match) const {
    auto name = rules_.is_ipv6 ? "hl" : "ttl";
    constexpr std::array kHow = {"eq", "lt", "gt"};
    return format("-m {} {}--{}-{} {}", name, not_, name, kHow.at(static_cast<std::size_t>(match.how)),
                  match.value);
  }
  std::string operator()(const Tos& match) const {
    return format("-m tos {}--tos {:#04x}/{:#04x}", not_, match.value, match.mask);
  }
  std::string operator()(const Length& match) const {
    return format("-m length {}--length {}", not_, span({match.first, match.last}, ':'));
  }
  std::string operator()(const TcpFlags& match) const {
    return format("-m tcp {}--tcp-flags {} {}", not_, flags(match.mask), flags(match.set));
  }
  std::string operator()(const Icmp& match) const {
    return rules_.is_ipv6 ? format("-m icmp6 {}--icmpv6-type {}/{}", not_, match.type, match.code)
                          : format("-m icmp {}--icmp-type {}/{}", not_, match.type, match.code);
  }

 private:
  [[nodiscard]] std::string protocol() const {
    for (const auto& match : rule_.matches)
      if (const auto* of = std::get_if<OfProtocol>(&match.what)) return name_of(of->number);
    return "tcp";
  }

  const Ruleset& rules_;
  const Rule& rule_;
  std::string not_;
};

class TargetText {
 public:
  explicit TargetText(const Ruleset& rules) : rules_(rules) {}

  std::string operator()(const GoOn& target) const { return target.logs ? " -j LOG" : ""; }
  std::string operator()(const Accept& /*target*/) const { return " -j ACCEPT"; }
  std::string operator()(const Drop& /*target*/) const { return " -j DROP"; }
  std::string operator()(const Return& /*target*/) const { return " -j RETURN"; }
  std::string operator()(const Reject& target) const { return " -j REJECT --reject-with " + target.with; }
  std::string operator()(const Jump& target) const {
    return (target.is_goto ? " -g " : " -j ") + target.chain;
  }
  std::string operator()(const SetMark& target) const {
    return format(" -j {} --set-xmark {:#x}/{:#x}", target.is_connection ? "CONNMARK" : "MARK", target.value,
                  target.mask);
  }
  std::string operator()(const SetTtl& target) const {
    return rules_.is_ipv6 ? format(" -j HL --hl-set {}", target.value)
                          : format(" -j TTL --ttl-set {}", target.value);
  }
  std::string operator()(const Untrack& /*target*/) const { return " -j CT --notrack"; }
  std::string operator()(const Translate& target) const {
    using enum Translate::Kind;
    if (target.kind == kMasquerade) return " -j MASQUERADE";
    if (target.kind == kRedirect)
      return target.port == 0 ? " -j REDIRECT" : format(" -j REDIRECT --to-ports {}", target.port);
    auto to = text_of(target.to);
    if (target.port != 0) to = format("{}:{}", target.to.is_ipv6 ? "[" + to + "]" : to, target.port);
    return target.kind == kDnat ? " -j DNAT --to-destination " + to : " -j SNAT --to-source " + to;
  }

 private:
  const Ruleset& rules_;
};

std::string text_of(const Ruleset& rules, const Chain& chain, const Rule& rule) {
  std::string out = "-A " + chain.name;
  for (const auto& match : rule.matches)
    out += " " + std::visit(MatchText(rules, rule, match.is_not), match.what);
  return out + std::visit(TargetText(rules), rule.target) + "\n";
}

}  // namespace

std::string text_of(const Ruleset& rules) {
  std::string out;
  for (const auto& table : rules.tables) {
    out += "*" + table.name + "\n";
    for (const auto& chain : table.chains) out += format(":{} {} [0:0]\n", chain.name, chain.policy);
    for (const auto& chain : table.chains)
      for (const auto& rule : chain.rules) out += text_of(rules, chain, rule);
    out += "COMMIT\n";
  }
  return out;
}

std::string text_of(const std::vector<Set>& sets) {
  std::string out;
  for (const auto& set : sets) {
    out += format("create {} {} family {} hashsize 1024 maxelem 65536\n", set.name, set.type,
                  set.is_ipv6 ? "inet6" : "inet");
    for (const auto& member : set.members) {
      bool is_net = set.type == "hash:net";
      out += format("add {} {}", set.name,
                    is_net ? text_of(member.network) : text_of(without_host_bits(member.network).address));
      if (member.port != 0) out += format(",tcp:{}", member.port);
      out += member.is_nomatch ? " nomatch\n" : "\n";
    }
  }
  return out;
}

}  // namespace z3check
