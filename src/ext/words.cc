#include "ext/words.h"

#include <charconv>

#include "base/strings.h"

namespace pyfw {
namespace {

std::optional<std::uint32_t> parse_to_the_end(std::string_view digits, int base) {
  std::uint32_t number = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number, base);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

}  // namespace

std::optional<std::uint32_t> parse_c_number(std::string_view text) {
  if (text.starts_with("0x") || text.starts_with("0X")) return parse_to_the_end(text.substr(2), 16);
  if (text.size() > 1 && text.front() == '0') return parse_to_the_end(text.substr(1), 8);
  return parse_to_the_end(text, 10);
}

std::optional<NumberRange> parse_range(std::string_view text, std::uint32_t greatest, char separator) {
  if (text.empty()) return std::nullopt;
  auto at = text.find(separator);
  auto first = parse_c_number(text.substr(0, at));
  if (at == std::string_view::npos) {
    if (!first || *first > greatest) return std::nullopt;
    return NumberRange{.first = *first, .last = *first};
  }
  auto last = parse_c_number(text.substr(at + 1));
  if ((!first && at > 0) || (!last && at + 1 < text.size())) return std::nullopt;
  NumberRange range{.first = first.value_or(0), .last = last.value_or(greatest)};
  if (range.last > greatest) return std::nullopt;
  return range;
}

std::optional<MaskedNumber> parse_masked(std::string_view text) {
  auto slash = text.find('/');
  auto value = parse_c_number(text.substr(0, slash));
  if (!value) return std::nullopt;
  if (slash == std::string_view::npos) return MaskedNumber{.value = *value};
  auto mask = parse_c_number(text.substr(slash + 1));
  if (!mask) return std::nullopt;
  return MaskedNumber{.value = *value, .mask = *mask};
}

}  // namespace pyfw
