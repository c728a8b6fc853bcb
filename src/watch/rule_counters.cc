#include "watch/rule_counters.h"

#include "base/strings.h"

namespace pyfw {
namespace {

// "[12:3456] -A FORWARD -j DROP": the counters, and what follows them.
std::optional<Counters> take_counters(std::string_view& line) {
  auto colon = line.find(':');
  auto end = line.find("] ");
  if (!line.starts_with('[') || colon == std::string_view::npos || end == std::string_view::npos ||
      end < colon)
    return std::nullopt;
  auto packets = parse_number(line.substr(1, colon - 1));
  auto bytes = parse_number(line.substr(colon + 1, end - colon - 1));
  if (!packets || !bytes) return std::nullopt;
  line.remove_prefix(end + 2);
  return Counters{.packets = *packets, .bytes = *bytes};
}

}  // namespace

void add_counters(Family family, std::string_view saved, RuleCounters& counters) {
  constexpr std::string_view kAppend = "-A ";
  ChainId id{.family = family, .table = {}, .chain = {}};
  for (auto line : split(saved, '\n')) {
    if (line.starts_with('*')) id.table = trim(line.substr(1));
    auto counted = take_counters(line);
    if (!counted || !line.starts_with(kAppend)) continue;
    line.remove_prefix(kAppend.size());
    auto space = line.find(' ');
    id.chain = line.substr(0, space);
    auto text = space == std::string_view::npos ? std::string() : std::string(line.substr(space + 1));
    auto& sum = counters[{id, std::move(text)}];
    sum.packets += counted->packets;
    sum.bytes += counted->bytes;
  }
}

}  // namespace pyfw
