#include "tests/random/borders.h"

#include <charconv>
#include <sstream>

namespace pyfw {
namespace {

std::optional<std::uint16_t> number_in(std::string_view text) {
  std::uint16_t out = 0;
  bool is_hex = text.starts_with("0x");
  if (is_hex) text.remove_prefix(2);
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out, is_hex ? 16 : 10);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return out;
}

}  // namespace

Borders::Borders(const World& world, const std::string& text, const Facts& facts, std::uint64_t seed)
    : family_(world.family), random_(seed) {
  add_text(text);
  for (const auto& address : world.addresses) add_word(address);
  for (const auto& interface : facts.interfaces)
    for (const auto& address : interface.addresses) {
      add_word(address.ip.to_string());
      add_word(Prefix{.ip = address.ip.masked(address.length), .length = address.length}.to_string());
    }
  for (const auto& route : facts.routes) add_word(route.destination.to_string());
  for (const auto* port : {"80", "8000", "22", "0", "65535", "50123"}) add_word(port);
}

Borders::Borders(Family family, const std::string& text, std::uint64_t seed)
    : family_(family), random_(seed) {
  add_text(text);
}

void Borders::add_text(const std::string& text) {
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    std::istringstream parts(word);
    for (std::string part; std::getline(parts, part, ',');) add_word(part);
  }
}

void Borders::add_word(const std::string& word) {
  if (auto prefix = Prefix::parse(word)) {
    if (prefix->ip.family() != family_) return;
    for (auto field : {Field::kSource, Field::kDestination}) add(field, span_of(*prefix));
    return;
  }
  // "FIRST-LAST", "[ADDRESS]:PORT", "ADDRESS:PORT", "tcp:PORT", "FIRST:LAST".
  auto colon = word.rfind(':');
  auto cut = colon != std::string::npos ? colon : word.find('-');
  if (cut != std::string::npos && cut > 0) {
    auto first = word.substr(0, cut);
    if (first.starts_with('[')) first = first.substr(1, first.size() - 2);
    add_word(first);
    add_word(word.substr(cut + 1));
    return;
  }
  auto number = number_in(word.substr(0, word.find('/')));  // before a mask
  if (!number) return;
  auto span = span_of(*number, *number);
  for (auto field : {Field::kSourcePort, Field::kDestinationPort, Field::kLength}) add(field, span);
  if (*number > 0xff) return;
  for (auto field : {Field::kTtl, Field::kTos}) add(field, span);
  if (auto dscp = *number << 2U; dscp <= 0xff) add(Field::kTos, span_of(dscp, dscp | 3U));
}

void Borders::add(Field field, const PointSpan& span) {
  auto& values = values_[field];
  values.push_back(span.first);
  if (span.last != span.first) values.push_back(span.last);
  if (span.first != Point{}) values.push_back(before(span.first));
  if (span.last != last_of(field)) values.push_back(after(span.last));
}

Point Borders::last_of(Field field) const {
  if (is_address(field)) return family_ == Family::kIpv4 ? Point{.low = 0xffffffff} : Point{~0ULL, ~0ULL};
  return {.low = is_port(field) || field == Field::kLength ? 0xffffU : 0xffU};
}

Point Borders::value_of_any(Field field) {
  constexpr std::size_t kSeldom = 6;
  if (const auto& values = values_[field]; !values.empty() && below(kSeldom) != 0)
    return values[below(values.size())];
  auto last = last_of(field);
  return {.high = random_() & last.high, .low = random_() & last.low};
}

void Borders::move_all(const std::vector<Field>& fields, Packet& packet) {
  for (auto field : fields) {
    // Mostly as it is usual: else hardly one would get anywhere.
    if (!is_address(field) && !is_port(field) && below(3) != 0) continue;
    put_value(field, value_of_any(field), packet);
  }
}

void Borders::move_one(const std::vector<Field>& fields, Packet& packet) {
  auto field = fields[below(fields.size())];
  put_value(field, value_of_any(field), packet);
}

void Borders::move_named(const std::vector<Field>& fields, Packet& packet) {
  for (auto field : fields)
    if (const auto& values = values_[field]; !values.empty() && below(4) != 0)
      put_value(field, values[below(values.size())], packet);
}

Point Borders::point_in(const Spans& spans) {
  const auto& span = spans[below(spans.size())];
  auto first = span.first;
  auto last = span.last;
  switch (below(4)) {
    case 0: return first;
    case 1: return last;
    case 2: {
      // Near the first: of a set's borders some are inside.
      auto some = after(first);
      return first == last || last < some ? first : some;
    }
    default: {
      if (first.high != last.high || last.low - first.low == ~0ULL)
        return first.high + 1 < last.high ? Point{.high = first.high + 1, .low = random_()} : last;
      return {.high = first.high, .low = first.low + (random_() % (last.low - first.low + 1))};
    }
  }
}

Point Borders::point_beside(const Spans& spans) {
  const auto& span = spans[below(spans.size())];
  if (below(2) == 0 && span.first != Point{}) return before(span.first);
  auto next = after(span.last);
  return next == Point{} ? span.last : next;
}

}  // namespace pyfw
