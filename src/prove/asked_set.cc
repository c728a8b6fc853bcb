#include "prove/asked_set.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "ext/set_element.h"
#include "prove/packet_space.h"

namespace pyfw {
namespace {

// The first address that the two halves hold: IPv4 stands in the highest bits.
Point point_of(const std::array<std::uint64_t, 2>& halves, Family family) {
  if (family == Family::kIpv4) return {.low = halves[0] >> 32U};
  return {.high = halves[0], .low = halves[1]};
}

bool is_of_one_address(const SetLayout& layout) {
  return layout.is_known && layout.family && layout.parts.size() == 1 &&
         (layout.parts[0] == SetPart::kIp || layout.parts[0] == SetPart::kNet);
}

}  // namespace

std::optional<unsigned> prefix_length_of(const std::optional<Ip>& mask, Family family) {
  unsigned width = family == Family::kIpv4 ? 32 : 128;
  if (!mask) return width;
  auto halves = halves_of(*mask);
  auto high = static_cast<unsigned>(std::countl_one(halves[0]));
  auto length = high < 64 ? high : high + static_cast<unsigned>(std::countl_one(halves[1]));
  return masked(halves, length, family) == halves ? std::optional(std::min(length, width)) : std::nullopt;
}

PointSpan span_of_address(const SetElement& element, std::size_t which, unsigned most_bits, Family family) {
  auto length = std::min<unsigned>(element.lengths[which], most_bits);
  auto ip = ip_of(family, point_of(element.addresses[which], family));
  return span_of(Prefix{.ip = ip, .length = static_cast<std::uint8_t>(length)});
}

std::optional<std::vector<PointSpan>> addresses_in(const Set& set, bool return_nomatch) {
  auto layout = layout_of(set);
  if (!is_of_one_address(layout)) return std::nullopt;
  auto family = *layout.family;
  auto most = prefix_length_of(layout.mask, family);
  if (!most) return std::nullopt;
  auto last_of_all = span_of(Prefix{.ip = ip_of(family, Point{}), .length = 0}).last;
  // Address 0 is no member of hash:ip, whatever stands there.
  std::vector<Point> starts = {{}, {.low = 1}};
  for (const auto& member : set.members) {
    auto parsed = parse_element(element_of(member), layout);
    if (!parsed) return std::nullopt;
    auto span = span_of_address(parsed->element, 0, *most, family);
    starts.push_back(span.first);
    if (span.last < last_of_all) starts.push_back(after(span.last));
  }
  std::ranges::sort(starts);
  auto repeated = std::ranges::unique(starts);
  starts.erase(repeated.begin(), repeated.end());
  SetIndex index(std::span(&set, 1));
  Encounter encounter;
  encounter.packet.destination = ip_of(family, Point{});
  InSet asked{.name = set.name, .return_nomatch = return_nomatch, .dimensions = 1, .sources = 1};
  std::vector<PointSpan> spans;
  for (std::size_t i = 0; i < starts.size(); ++i) {
    encounter.packet.source = ip_of(family, starts[i]);
    auto answer = index.test(asked, encounter);
    if (answer == Answer::kDepends) return std::nullopt;
    if (answer == Answer::kYes)
      spans.push_back(
          {.first = starts[i], .last = i + 1 < starts.size() ? before(starts[i + 1]) : last_of_all});
  }
  return spans;
}

}  // namespace pyfw
