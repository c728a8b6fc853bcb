#include "ext/effects.h"

namespace pyfw {
namespace {

constexpr std::uint32_t kAllBits = 0xffffffff;

// iptables saves all of them as --set-xmark.
std::optional<SetMark> set_mark(std::string_view option, std::string_view value) {
  auto number = parse_masked(value);
  if (!number) return std::nullopt;
  if (option == "--set-xmark") return SetMark{.clear = number->mask, .flip = number->value};
  if (option == "--set-mark") return SetMark{.clear = number->mask | number->value, .flip = number->value};
  if (option == "--and-mark") return SetMark{.clear = ~number->value, .flip = 0};
  if (option == "--or-mark") return SetMark{.clear = number->value, .flip = number->value};
  if (option == "--xor-mark") return SetMark{.clear = 0, .flip = number->value};
  return std::nullopt;
}

// `--nfmask` is the packet's, `--ctmask` the connection's, `--mask` both.
std::optional<Target> copy_mark(bool to_connection, Words& words) {
  std::uint32_t packet_mask = kAllBits;
  std::uint32_t connection_mask = kAllBits;
  while (!words.at_end()) {
    auto option = words.next_option();
    auto mask = parse_c_number(words.value());
    if (!mask || (option != "--nfmask" && option != "--ctmask" && option != "--mask")) return std::nullopt;
    if (option != "--ctmask") packet_mask = *mask;
    if (option != "--nfmask") connection_mask = *mask;
  }
  return CopyMark{.to_connection = to_connection,
                  .from_mask = to_connection ? packet_mask : connection_mask,
                  .to_mask = to_connection ? connection_mask : packet_mask};
}

}  // namespace

std::optional<Target> effect_mark(Words& words, Family /*unused*/) {
  auto option = words.next_option();
  auto mark = set_mark(option, words.value());
  if (!mark || !words.at_end()) return std::nullopt;
  return *mark;
}

std::optional<Target> effect_connmark(Words& words, Family /*unused*/) {
  auto option = words.next_option();
  if (option == "--save-mark" || option == "--restore-mark") return copy_mark(option == "--save-mark", words);
  auto mark = set_mark(option, words.value());
  if (!mark || !words.at_end()) return std::nullopt;
  mark->of_connection = true;
  return *mark;
}

std::optional<Target> effect_hmark(Words& /*unused*/, Family /*unused*/) {
  return Unpredictable{.goes_on = true, .changes_mark = true};
}

}  // namespace pyfw
