// Extension headers of IPv6. Our packets have none, but for those whose protocol is one (it could not be
// said otherwise) and fragments.

#include <algorithm>
#include <array>

#include "base/strings.h"
#include "ext/make_conditions.h"
#include "ext/matches.h"

namespace pyfw {
namespace {

constexpr std::string_view kReason = "which extension headers the packet has";
constexpr std::uint32_t kMobility = 135;

// Protocol numbers that are extension headers, or that end their chain: no header of a transport follows.
NumberIn is_header() {
  return {.field = NumberField::kProtocol,
          .range = {.first = 0, .last = 0},
          .more = {{.first = 43, .last = 44}, {.first = 50, .last = 51}, {.first = 59, .last = 60}}};
}

AnyOf may_have_headers() {
  return {.conditions = {Condition{is_header()}, Condition{number_is(NumberField::kFragment, 1)}}};
}

// The answer for a packet without extension headers; for others nobody can tell.
void answer_for_plain(bool yes, Conditions& out) {
  if (!yes) {
    add(out, may_have_headers());
    add(out, Unknowable{.reason = kReason});
    return;
  }
  auto is_plain = may_have_headers();
  is_plain.inverted = true;
  add(out, AnyOf{.conditions = {Condition{std::move(is_plain)}, Condition{Unknowable{.reason = kReason}}}});
}

struct HeaderName {
  std::string_view name;
  std::uint8_t bit = 0;
};
constexpr std::uint8_t kTransport = 1;
constexpr std::array kHeaders = {
    HeaderName{"hop-by-hop", 128},
    HeaderName{"hop", 128},
    HeaderName{"ipv6-opts", 64},
    HeaderName{"dst", 64},
    HeaderName{"ipv6-route", 32},
    HeaderName{"route", 32},
    HeaderName{"ipv6-frag", 16},
    HeaderName{"frag", 16},
    HeaderName{"ah", 8},
    HeaderName{"auth", 8},
    HeaderName{"esp", 4},
    HeaderName{"ipv6-nonxt", 2},
    HeaderName{"none", 2},
    HeaderName{"prot", kTransport},
    HeaderName{"proto", kTransport},
    HeaderName{"protocol", kTransport},
};

std::optional<std::uint8_t> parse_headers(std::string_view text) {
  std::uint8_t headers = 0;
  for (auto name : split(text, ',')) {
    auto found = std::ranges::find(kHeaders, name, &HeaderName::name);
    if (found == kHeaders.end()) return std::nullopt;
    headers |= found->bit;
  }
  return headers;
}

}  // namespace

bool match_frag(Words& /*unused*/, Family /*unused*/, Conditions& out) {
  answer_for_plain(false, out);
  return true;
}

bool match_extension_header(Words& /*unused*/, Family /*unused*/, Conditions& out) {
  answer_for_plain(false, out);
  return true;
}

bool match_mh(Words& words, Family /*unused*/, Conditions& out) {
  add_no_fragment(out);
  add(out, number_is(NumberField::kProtocol, kMobility));
  if (!words.at_end()) add(out, Unknowable{.reason = "which type the mobility header has"});
  return true;
}

// Without `--soft` the headers must be just these, with it at least these; a plain packet has none but that
// of its protocol.
bool match_ipv6header(Words& words, Family /*unused*/, Conditions& out) {
  std::optional<std::uint8_t> headers;
  bool inverted = false;
  bool is_soft = false;
  while (!words.at_end()) {
    auto option = words.next_option();
    if (option == "--soft") {
      is_soft = true;
    } else if (option == "--header") {
      inverted = words.is_inverted();
      headers = parse_headers(words.value());
    } else {
      return false;
    }
  }
  if (!headers) return false;
  bool has_these = *headers == kTransport;
  bool has_none_of_these = (*headers & kTransport) == 0;
  if (!is_soft) answer_for_plain(has_these != inverted, out);
  if (is_soft) answer_for_plain(inverted ? has_none_of_these : has_these, out);
  return true;
}

bool match_eui64(Words& words, Family /*unused*/, Conditions& out) {
  add(out, number_is(NumberField::kSourceIsEui64, 1));
  return words.at_end();
}

}  // namespace pyfw
