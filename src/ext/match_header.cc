#include "ext/make_conditions.h"
#include "ext/matches.h"

namespace pyfw {
namespace {

constexpr std::uint32_t kEcnBits = 0x03;
constexpr std::uint32_t kDscpBits = 0xfc;
constexpr std::uint32_t kEceFlag = 0x40;
constexpr std::uint32_t kCwrFlag = 0x80;

bool add_bits(Conditions& out, NumberField field, bool inverted, MaskedNumber number) {
  auto asked = bits_are(field, number.value, number.mask);
  asked.inverted = inverted;
  add(out, std::move(asked));
  return true;
}

// `--ttl-eq`, `--ttl-lt`, `--ttl-gt`, and the same of hl.
bool time_to_live(std::string_view prefix, Words& words, Conditions& out) {
  auto option = words.next_option();
  bool inverted = words.is_inverted();
  auto value = parse_c_number(words.value());
  if (!value || *value > 255 || !option.starts_with(prefix)) return false;
  option.remove_prefix(prefix.size());
  NumberRange range{.first = *value, .last = *value};
  if (option == "lt") {
    if (*value == 0) {
      add(out, Never{});
      return words.at_end();
    }
    range = {.first = 0, .last = *value - 1};
  } else if (option == "gt") {
    range = {.first = *value + 1, .last = 256};
  } else if (option != "eq") {
    return false;
  }
  return add_number(out, NumberField::kTtl, inverted, range) && words.at_end();
}

}  // namespace

bool match_length(Words& words, Family /*unused*/, Conditions& out) {
  if (words.next_option() != "--length") return false;
  bool inverted = words.is_inverted();
  return add_number(out, NumberField::kLength, inverted, parse_range(words.value(), 65535)) && words.at_end();
}

bool match_ttl(Words& words, Family /*unused*/, Conditions& out) {
  return time_to_live("--ttl-", words, out);
}

bool match_hl(Words& words, Family /*unused*/, Conditions& out) { return time_to_live("--hl-", words, out); }

bool match_tos(Words& words, Family /*unused*/, Conditions& out) {
  if (words.next_option() != "--tos") return false;
  bool inverted = words.is_inverted();
  auto number = parse_masked(words.value());
  if (!number) return false;
  // The kernel keeps bytes.
  return add_bits(out, NumberField::kTos, inverted, {.value = number->value, .mask = number->mask & 0xff}) &&
         words.at_end();
}

bool match_dscp(Words& words, Family /*unused*/, Conditions& out) {
  if (words.next_option() != "--dscp") return false;
  bool inverted = words.is_inverted();
  auto value = parse_c_number(words.value());
  if (!value || *value > 63) return false;
  return add_bits(out, NumberField::kTos, inverted, {.value = *value << 2, .mask = kDscpBits}) &&
         words.at_end();
}

bool match_ecn(Words& words, Family /*unused*/, Conditions& out) {
  while (!words.at_end()) {
    auto option = words.next_option();
    bool inverted = words.is_inverted();
    if (option == "--ecn-ip-ect") {
      auto value = parse_c_number(words.value());
      if (!value || *value > 3) return false;
      add_bits(out, NumberField::kTos, inverted, {.value = *value, .mask = kEcnBits});
    } else if (option == "--ecn-tcp-ece" || option == "--ecn-tcp-cwr") {
      auto flag = option == "--ecn-tcp-ece" ? kEceFlag : kCwrFlag;
      add_bits(out, NumberField::kTcpFlags, inverted, {.value = flag, .mask = flag});
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace pyfw
