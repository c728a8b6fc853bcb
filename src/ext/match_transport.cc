#include "ext/make_conditions.h"
#include "ext/matches.h"

namespace pyfw {
namespace {

// "TYPE" or "TYPE/CODE"; without a code every code.
bool add_icmp_type(Conditions& out, bool inverted, std::string_view text) {
  auto slash = text.find('/');
  auto type = parse_c_number(text.substr(0, slash));
  if (!type || *type > 255) return false;
  NumberRange codes{.first = 0, .last = 255};
  if (slash != std::string_view::npos) {
    auto code = parse_c_number(text.substr(slash + 1));
    if (!code || *code > 255) return false;
    codes = {.first = *code, .last = *code};
  }
  add(out, NumberIn{.field = NumberField::kIcmp,
                    .inverted = inverted,
                    .range = {.first = *type * 256 + codes.first, .last = *type * 256 + codes.last}});
  return true;
}

bool only_of_protocol(std::uint8_t protocol, std::string_view reason, Conditions& out) {
  add(out, number_is(NumberField::kProtocol, protocol));
  add(out, Unknowable{.reason = reason});
  return true;
}

}  // namespace

// A fragment has no type that could be asked for.
bool match_icmp(Words& words, Family /*unused*/, Conditions& out) {
  if (words.at_end()) add_no_fragment(out);
  while (!words.at_end()) {
    auto option = words.next_option();
    bool inverted = words.is_inverted();
    auto value = words.value();
    if (option != "--icmp-type") return false;
    bool is_any = value == "any" || value == "255";
    if (is_any && inverted) add(out, Never{});
    if (is_any) add_no_fragment(out);
    if (!is_any && !add_icmp_type(out, inverted, value)) return false;
  }
  return true;
}

bool match_icmp6(Words& words, Family /*unused*/, Conditions& out) {
  if (words.at_end()) add_no_fragment(out);
  while (!words.at_end()) {
    auto option = words.next_option();
    bool inverted = words.is_inverted();
    if (option != "--icmpv6-type" || !add_icmp_type(out, inverted, words.value())) return false;
  }
  return true;
}

// A packet without the option: no, and yes if inverted.
bool match_tcpmss(Words& words, Family /*unused*/, Conditions& out) {
  if (words.next_option() != "--mss") return false;
  constexpr std::uint32_t kHasMss = 1U << 2;
  auto has_mss = has_any_bit(NumberField::kTcpOptions, kHasMss);
  Unknowable value{.reason = "which MSS the packet has"};
  if (words.is_inverted()) {
    has_mss.inverted = true;
    add(out, AnyOf{.conditions = {Condition{std::move(has_mss)}, Condition{value}}});
  } else {
    add(out, std::move(has_mss));
    add(out, value);
  }
  return parse_ports(words.value()) && words.at_end();
}

bool match_esp(Words& words, Family /*unused*/, Conditions& out) {
  add_no_fragment(out);
  if (words.at_end()) return true;
  return only_of_protocol(kEsp, "which SPI the packet has", out);
}

// For IPv6 it is a header among others, and the kernel looks for it in every packet.
bool match_ah(Words& words, Family family, Conditions& out) {
  add_no_fragment(out);
  if (words.at_end() && family == Family::kIpv4) return true;
  return only_of_protocol(kAh, "what the packet's authentication header says", out);
}

bool match_ipcomp(Words& words, Family /*unused*/, Conditions& out) {
  add_no_fragment(out);
  if (!words.at_end()) add(out, Unknowable{.reason = "which CPI the packet has"});
  return true;
}

}  // namespace pyfw
