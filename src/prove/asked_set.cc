#include "prove/asked_set.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <map>
#include <string>

#include "ext/set_element.h"
#include "prove/packet_space.h"
#include "prove/spans.h"

namespace pyfw {
namespace {

// The first address that the two halves hold: IPv4 stands in the highest bits.
Point point_of(const std::array<std::uint64_t, 2>& halves, Family family) {
  if (family == Family::kIpv4) return {.low = halves[0] >> 32U};
  return {.high = halves[0], .low = halves[1]};
}

// How many bits of an address a set looks at; none where they are not its first.
std::optional<unsigned> prefix_length_of(const std::optional<Ip>& mask, Family family) {
  unsigned width = family == Family::kIpv4 ? 32 : 128;
  if (!mask) return width;
  auto halves = halves_of(*mask);
  auto high = static_cast<unsigned>(std::countl_one(halves[0]));
  auto length = high < 64 ? high : high + static_cast<unsigned>(std::countl_one(halves[1]));
  return masked(halves, length, family) == halves ? std::optional(std::min(length, width)) : std::nullopt;
}

// The addresses that a member's first or second address part stands for.
PointSpan span_of_address(const SetElement& element, std::size_t which, unsigned most_bits, Family family) {
  auto length = std::min<unsigned>(element.lengths[which], most_bits);
  auto ip = ip_of(family, point_of(element.addresses[which], family));
  return span_of(Prefix{.ip = ip, .length = static_cast<std::uint8_t>(length)});
}

bool is_of_one_address(const SetLayout& layout) {
  return layout.is_known && layout.family && layout.parts.size() == 1 &&
         (layout.parts[0] == SetPart::kIp || layout.parts[0] == SetPart::kNet);
}

// Where members take something out of others, the index that the tracer asks is asked at each start of a
// span.
std::optional<Spans> asked_of_index(const Set& set, bool return_nomatch, std::span<const Point> starts,
                                    const Point& last_of_all) {
  SetIndex index(std::span(&set, 1));
  auto family = *layout_of(set).family;
  Encounter encounter;
  encounter.packet.destination = ip_of(family, Point{});
  InSet asked{.name = set.name, .return_nomatch = return_nomatch, .dimensions = 1, .sources = 1};
  Spans spans;
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

}  // namespace

std::optional<std::vector<PointSpan>> addresses_in(const Set& set, bool return_nomatch) {
  auto layout = layout_of(set);
  if (!is_of_one_address(layout)) return std::nullopt;
  auto family = *layout.family;
  auto most = prefix_length_of(layout.mask, family);
  if (!most) return std::nullopt;
  auto last_of_all = span_of(Prefix{.ip = ip_of(family, Point{}), .length = 0}).last;
  std::vector<PointSpan> members;
  members.reserve(set.members.size());
  bool is_sum = !layout.mask && !return_nomatch;
  for (const auto& member : set.members) {
    auto parsed = parse_element(element_of(member), layout);
    if (!parsed) return std::nullopt;
    members.push_back(span_of_address(parsed->element, 0, *most, family));
    is_sum = is_sum && member.find("nomatch") == std::string::npos;
  }
  // Address 0 is no member of hash:ip, whatever stands there.
  if (is_sum) {
    bool has_zero = layout.parts[0] == SetPart::kNet || layout.is_bitmap;
    auto all = joined(std::move(members));
    bool begins_with_zero = !all.empty() && all.front().first == Point{};
    return has_zero || !begins_with_zero ? std::move(all) : without(all, {PointSpan{}});
  }
  std::vector<Point> starts = {{}, {.low = 1}};
  for (const auto& span : members) {
    starts.push_back(span.first);
    if (span.last < last_of_all) starts.push_back(after(span.last));
  }
  std::ranges::sort(starts);
  auto repeated = std::ranges::unique(starts);
  starts.erase(repeated.begin(), repeated.end());
  return asked_of_index(set, return_nomatch, starts, last_of_all);
}

std::optional<std::vector<PartQuestion>> parts_asked_by(const Set& set) {
  auto layout = layout_of(set);
  if (layout.is_list || !layout.is_known) return std::vector<PartQuestion>();
  auto family = layout.family.value_or(Family::kIpv4);
  auto most = prefix_length_of(layout.mask, family);
  if (!most) return std::nullopt;
  std::map<std::pair<std::size_t, std::string>, PartQuestion> by_rest;
  auto add = [&](std::size_t part, const SetElement& rest, std::string_view extras, const PointSpan& span) {
    auto key =
        fmt::format("{} {} {} {} {}", fmt::join(rest.addresses[0], " "), fmt::join(rest.addresses[1], " "),
                    fmt::join(rest.lengths, " "), fmt::join(rest.mac, " "), extras);
    key += fmt::format(" {} {} {}", rest.mark, rest.port, rest.protocol);
    auto& question = by_rest[{part, std::move(key)}];
    question.part = part;
    question.is_port = layout.parts[part] == SetPart::kPort;
    question.spans.push_back(span);
  };
  for (const auto& member : set.members) {
    auto parsed = parse_element(element_of(member), layout);
    if (!parsed) return std::nullopt;
    // An interface and `nomatch` are no numbers.
    auto extras = fmt::format("{} {}", parsed->interface, member.find("nomatch") != std::string::npos);
    std::size_t address = 0;
    for (std::size_t part = 0; part < layout.parts.size(); ++part) {
      auto rest = parsed->element;
      if (layout.parts[part] == SetPart::kPort) {
        rest.port = 0;
        add(part, rest, extras, span_of(parsed->element.port, parsed->element.port));
      } else if (layout.parts[part] == SetPart::kIp || layout.parts[part] == SetPart::kNet) {
        auto span = span_of_address(parsed->element, address, *most, family);
        rest.addresses[address++] = {};
        add(part, rest, extras, span);
      }
    }
  }
  std::vector<PartQuestion> out;
  for (auto& [key, question] : by_rest) out.push_back(std::move(question));
  // Address 0 is no member of hash:ip, whatever stands there.
  for (std::size_t part = 0; part < layout.parts.size(); ++part)
    if (layout.parts[part] == SetPart::kIp) out.push_back({.part = part, .spans = {PointSpan{}}});
  return out;
}

}  // namespace pyfw
