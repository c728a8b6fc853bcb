#include <algorithm>
#include <array>

#include "base/strings.h"
#include "ext/encounter.h"
#include "ext/make_conditions.h"
#include "ext/matches.h"
#include "ext/protocols.h"

namespace pyfw {
namespace {

struct BitName {
  std::string_view name;
  std::uint32_t bit = 0;
};
constexpr std::array kStates = {
    BitName{"INVALID", kStateInvalid},
    BitName{"NEW", kStateNew},
    BitName{"ESTABLISHED", kStateEstablished},
    BitName{"RELATED", kStateRelated},
    BitName{"UNTRACKED", kStateUntracked},
    BitName{"SNAT", kStateSnat},
    BitName{"DNAT", kStateDnat},
};
// NONE is no bit, so that it never matches by itself.
constexpr std::array kStatuses = {
    BitName{"NONE", 0},           BitName{"EXPECTED", kExpected},   BitName{"SEEN_REPLY", kSeenReply},
    BitName{"ASSURED", kAssured}, BitName{"CONFIRMED", kConfirmed},
};

std::optional<std::uint32_t> parse_bits(std::span<const BitName> names, std::string_view text) {
  std::uint32_t bits = 0;
  for (auto word : split(text, ',')) {
    auto found = std::ranges::find(names, word, &BitName::name);
    if (found == names.end()) return std::nullopt;
    bits |= found->bit;
  }
  return bits;
}

bool add_bits(Conditions& out, NumberField field, bool inverted, std::optional<std::uint32_t> bits) {
  if (!bits) return false;
  auto asked = has_any_bit(field, *bits);
  asked.inverted = inverted;
  add(out, std::move(asked));
  return true;
}

bool has_connection(Conditions& out) {
  add(out, NumberIn{.field = NumberField::kCtStatus, .range = {.first = 0, .last = 0xffffffff}});
  return true;
}

std::optional<AddressField> address_field(std::string_view option) {
  if (option == "--ctorigsrc") return AddressField::kOriginalSource;
  if (option == "--ctorigdst") return AddressField::kOriginalDestination;
  if (option == "--ctreplsrc") return AddressField::kReplySource;
  if (option == "--ctrepldst") return AddressField::kReplyDestination;
  return std::nullopt;
}

std::optional<NumberField> port_field(std::string_view option) {
  if (option == "--ctorigsrcport") return NumberField::kOriginalSourcePort;
  if (option == "--ctorigdstport") return NumberField::kOriginalDestinationPort;
  if (option == "--ctreplsrcport") return NumberField::kReplySourcePort;
  if (option == "--ctrepldstport") return NumberField::kReplyDestinationPort;
  return std::nullopt;
}

bool add_protocol(Conditions& out, bool inverted, std::string_view text) {
  auto protocol = parse_protocol(text);
  if (!protocol) return false;
  auto asked = number_is(NumberField::kCtProtocol, *protocol);
  asked.inverted = inverted;
  add(out, std::move(asked));
  return true;
}

bool add_direction(Conditions& out, bool inverted, std::string_view text) {
  if (text != "ORIGINAL" && text != "REPLY") return false;
  auto asked = number_is(NumberField::kCtDirection, text == "REPLY" ? 1 : 0);
  asked.inverted = inverted;
  add(out, std::move(asked));
  return true;
}

// One option of `-m conntrack` but for its states.
bool add_of_connection(Words& words, std::string_view option, Family family, Conditions& out) {
  bool inverted = words.is_inverted();
  auto value = words.value();
  if (auto field = address_field(option))
    return add_address(out, {.field = *field, .inverted = inverted}, value, family);
  if (auto field = port_field(option)) return add_number(out, *field, inverted, parse_ports(value));
  if (option == "--ctproto") return add_protocol(out, inverted, value);
  if (option == "--ctdir") return add_direction(out, inverted, value);
  if (option == "--ctstatus")
    return add_bits(out, NumberField::kCtStatus, inverted, parse_bits(kStatuses, value));
  if (option != "--ctexpire") return false;
  has_connection(out);
  add(out, Unknowable{.reason = "when the connection's entry expires"});
  return true;
}

void hold_if_absent(Condition& condition) {
  if (auto* asked = std::get_if<NumberIn>(&condition.kind)) asked->if_absent = true;
  if (auto* asked = std::get_if<AddressIn>(&condition.kind)) asked->if_absent = true;
  if (auto* asked = std::get_if<AddressMasked>(&condition.kind)) asked->if_absent = true;
}

// Without a connection the kernel looks at the state only, and at nothing if none is asked for: then the
// match fails.
void let_state_decide(std::span<Condition> conditions) {
  auto asks_state = [](const Condition& condition) {
    const auto* asked = std::get_if<NumberIn>(&condition.kind);
    return asked != nullptr && asked->field == NumberField::kCtState;
  };
  if (std::ranges::any_of(conditions, asks_state)) std::ranges::for_each(conditions, hold_if_absent);
}

Unknowable of_connection(std::string_view reason) { return {.reason = reason}; }

}  // namespace

bool match_conntrack(Words& words, Family family, Conditions& out) {
  auto begin = out.size();
  while (!words.at_end()) {
    auto option = words.next_option();
    bool inverted = words.is_inverted();
    bool taken = option == "--ctstate"
                     ? add_bits(out, NumberField::kCtState, inverted, parse_bits(kStates, words.value()))
                     : add_of_connection(words, option, family, out);
    if (!taken) return false;
  }
  let_state_decide(std::span(out).subspan(begin));
  return true;
}

bool match_state(Words& words, Family /*unused*/, Conditions& out) {
  if (words.next_option() != "--state") return false;
  bool inverted = words.is_inverted();
  return add_bits(out, NumberField::kCtState, inverted, parse_bits(kStates, words.value())) && words.at_end();
}

bool match_connmark(Words& words, Family /*unused*/, Conditions& out) {
  if (words.next_option() != "--mark") return false;
  bool inverted = words.is_inverted();
  auto mark = parse_masked(words.value());
  if (!mark) return false;
  auto asked = bits_are(NumberField::kConnmark, mark->value, mark->mask);
  asked.inverted = inverted;
  add(out, std::move(asked));
  return words.at_end();
}

// Only a connection that another one's helper expects has a helper to be asked for.
bool match_helper(Words& words, Family /*unused*/, Conditions& out) {
  if (words.next_option() != "--helper") return false;
  auto is_expected = has_any_bit(NumberField::kCtStatus, kExpected);
  auto which = of_connection("which helper expected the connection");
  if (words.is_inverted()) {
    is_expected.inverted = is_expected.if_absent = true;
    add(out, AnyOf{.conditions = {Condition{std::move(is_expected)}, Condition{which}}});
  } else {
    add(out, std::move(is_expected));
    add(out, which);
  }
  words.value();
  return words.at_end();
}

bool match_connbytes(Words& /*unused*/, Family /*unused*/, Conditions& out) {
  has_connection(out);
  add(out, of_connection("how much the connection has carried"));
  return true;
}

bool match_connlabel(Words& words, Family /*unused*/, Conditions& out) {
  if (words.next_option() != "--label") return false;
  auto which = of_connection("which labels the connection has");
  if (words.is_inverted()) {
    NumberIn has_none{.field = NumberField::kCtStatus, .inverted = true, .if_absent = true};
    has_none.range.last = 0xffffffff;
    add(out, AnyOf{.conditions = {Condition{std::move(has_none)}, Condition{which}}});
  } else {
    has_connection(out);
    add(out, which);
  }
  return true;
}

}  // namespace pyfw
