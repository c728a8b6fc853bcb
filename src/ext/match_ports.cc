#include <algorithm>
#include <array>

#include "base/strings.h"
#include "ext/make_conditions.h"
#include "ext/matches.h"

namespace pyfw {
namespace {

constexpr std::array<std::string_view, 6> kFlagNames = {"FIN", "SYN", "RST", "PSH", "ACK", "URG"};
constexpr std::uint32_t kAllFlags = 0x3f;

std::optional<std::uint32_t> parse_tcp_flags(std::string_view text) {
  std::uint32_t flags = 0;
  for (auto name : split(text, ',')) {
    if (name == "NONE") continue;
    if (name == "ALL") {
      flags |= kAllFlags;
      continue;
    }
    auto found = std::ranges::find(kFlagNames, name);
    if (found == kFlagNames.end()) return std::nullopt;
    flags |= 1U << static_cast<unsigned>(found - kFlagNames.begin());
  }
  return flags;
}

bool add_flags(Words& words, Conditions& out) {
  bool inverted = words.is_inverted();
  auto mask = parse_tcp_flags(words.value());
  auto set = parse_tcp_flags(words.value());
  if (!mask || !set) return false;
  auto asked = bits_are(NumberField::kTcpFlags, *set, *mask);
  asked.inverted = inverted;
  add(out, std::move(asked));
  return true;
}

void add_syn(bool inverted, Conditions& out) {
  auto asked = bits_are(NumberField::kTcpFlags, kSyn, kFin | kSyn | kRst | kAck);
  asked.inverted = inverted;
  add(out, std::move(asked));
}

void add_of_whole(Conditions& out, std::string_view reason) {
  add_no_fragment(out);
  add(out, Unknowable{.reason = reason});
}

// A packet tells of the kinds below 8 only.
bool add_tcp_option(Words& words, Conditions& out) {
  bool inverted = words.is_inverted();
  auto kind = parse_c_number(words.value());
  if (!kind || *kind > 255) return false;
  if (*kind >= 8) {
    add_of_whole(out, "which TCP options the packet has");
    return true;
  }
  auto asked = has_any_bit(NumberField::kTcpOptions, 1U << *kind);
  asked.inverted = inverted;
  add(out, std::move(asked));
  return true;
}

bool is_source_port(std::string_view option) { return option == "--sport" || option == "--source-port"; }
bool is_destination_port(std::string_view option) {
  return option == "--dport" || option == "--destination-port";
}

// Takes the options for ports; `other` those that are left. A fragment has none of the fields that they ask
// for, so that it need not be asked for itself.
template <typename Other>
bool with_ports(Words& words, Conditions& out, Other other) {
  if (words.at_end()) add_no_fragment(out);
  while (!words.at_end()) {
    auto option = words.next_option();
    bool taken =
        is_source_port(option)
            ? add_number(out, NumberField::kSourcePort, words.is_inverted(), parse_ports(words.value()))
        : is_destination_port(option)
            ? add_number(out, NumberField::kDestinationPort, words.is_inverted(), parse_ports(words.value()))
            : other(option);
    if (!taken) return false;
  }
  return true;
}

// `--ports` is inverted as a whole: `! --ports 80` asks that neither of the two is 80.
bool add_multiport(Conditions& out, std::string_view option, bool inverted, std::string_view list) {
  NumberIn asked{.field = NumberField::kSourcePort, .inverted = inverted};
  bool is_first = true;
  for (auto item : split(list, ',')) {
    auto range = parse_ports(item);
    if (!range) return false;
    if (is_first) asked.range = *range;
    if (!is_first) asked.more.push_back(*range);
    is_first = false;
  }
  if (option == "--sports" || option == "--source-ports") {
    add(out, std::move(asked));
    return true;
  }
  auto destination = asked;
  destination.field = NumberField::kDestinationPort;
  if (option == "--dports" || option == "--destination-ports") {
    add(out, std::move(destination));
    return true;
  }
  if (option != "--ports") return false;
  asked.inverted = destination.inverted = false;
  add_no_fragment(out);
  add(out, AnyOf{.inverted = inverted,
                 .conditions = {Condition{std::move(asked)}, Condition{std::move(destination)}}});
  return true;
}

}  // namespace

bool match_tcp(Words& words, Family /*unused*/, Conditions& out) {
  return with_ports(words, out, [&](std::string_view option) {
    if (option == "--tcp-flags") return add_flags(words, out);
    if (option == "--tcp-option") return add_tcp_option(words, out);
    if (option != "--syn") return false;
    add_syn(words.is_inverted(), out);
    return true;
  });
}

bool match_udp(Words& words, Family /*unused*/, Conditions& out) {
  return with_ports(words, out, [](std::string_view) { return false; });
}

bool match_sctp(Words& words, Family /*unused*/, Conditions& out) {
  return with_ports(words, out, [&](std::string_view option) {
    if (option != "--chunk-types") return false;
    words.value();
    words.value();
    add_of_whole(out, "which chunks the packet has");
    return true;
  });
}

bool match_dccp(Words& words, Family /*unused*/, Conditions& out) {
  return with_ports(words, out, [&](std::string_view option) {
    if (option != "--dccp-types" && option != "--dccp-option") return false;
    words.value();
    add_of_whole(out, "which type and options the packet has");
    return true;
  });
}

bool match_multiport(Words& words, Family /*unused*/, Conditions& out) {
  while (!words.at_end()) {
    auto option = words.next_option();
    if (!add_multiport(out, option, words.is_inverted(), words.value())) return false;
  }
  return true;
}

}  // namespace pyfw
