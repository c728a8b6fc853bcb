#include "base/duration.h"

#include <fmt/format.h>

#include <array>

#include "base/strings.h"

namespace pyfw {
namespace {

using std::chrono::seconds;

struct Unit {
  std::string_view name;
  long seconds;
};
constexpr std::array kUnits = {Unit{"h", 3600}, Unit{"m", 60}, Unit{"s", 1}};

// More than any bound, and small enough that three of them can be added.
constexpr unsigned long kTooMany = 1'000'000'000;

std::unexpected<Error> no_duration(std::string_view text) {
  return bad_input(fmt::format("'{}' is no duration", text),
                   "write seconds, minutes or hours, like 60s, 5m or 1h30m");
}

}  // namespace

Result<seconds> parse_duration(std::string_view text, const DurationBounds& bounds) {
  auto rest = text;
  long total = 0;
  for (std::size_t next_unit = 0; !rest.empty() || next_unit == 0;) {
    auto digits = rest.substr(0, rest.find_first_not_of("0123456789"));
    rest.remove_prefix(digits.size());
    auto name = rest.substr(0, rest.find_first_of("0123456789"));
    rest.remove_prefix(name.size());
    bool is_bare = name.empty() && digits.size() == text.size();
    if (is_bare) name = "s";
    while (next_unit < kUnits.size() && kUnits.at(next_unit).name != name) ++next_unit;
    if (digits.empty() || next_unit == kUnits.size()) return no_duration(text);
    // Digits only, so the one thing that can be wrong with the number is its size.
    auto count = std::min(parse_number(digits).value_or(kTooMany), kTooMany);
    total += static_cast<long>(count) * kUnits.at(next_unit++).seconds;
  }
  if (seconds(total) < bounds.shortest)
    return bad_input(fmt::format("'{}' is too short: at least {}", text, to_string(bounds.shortest)));
  if (seconds(total) > bounds.longest)
    return bad_input(fmt::format("'{}' is too long: at most {}", text, to_string(bounds.longest)));
  return seconds(total);
}

std::string to_string(seconds duration) {
  std::string text;
  auto left = duration.count();
  for (const auto& unit : kUnits) {
    if (left >= unit.seconds) text += fmt::format("{}{}", left / unit.seconds, unit.name);
    left %= unit.seconds;
  }
  return text.empty() ? "0s" : text;
}

}  // namespace pyfw
