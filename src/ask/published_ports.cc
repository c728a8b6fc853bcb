#include "ask/published_ports.h"

#include <algorithm>

#include "base/strings.h"
#include "prove/spans.h"

namespace pyfw {
namespace {

bool lead_on(std::vector<std::string>& fates) {
  bool is_led = false;
  for (auto& fate : fates) {
    auto at = fate.find(kLedTo);
    if (at == std::string::npos) continue;
    fate.replace(at, std::string::npos, ", led on");
    is_led = true;
  }
  return is_led;
}

// Lines that differ in nothing but their port and where NAT leads it.
struct Kind {
  FlowChange line{};  // without ports
  Spans ports{};
  std::size_t lines = 0;
};

// None where it is of no single port, or is not led anywhere.
std::optional<Kind> kind_of(const FlowChange& line) {
  auto port = parse_number(line.ports);
  if (!port) return std::nullopt;
  Kind out{.line = line, .ports = {span_of(*port, *port)}, .lines = 1};
  out.line.ports.clear();
  bool is_led_before = lead_on(out.line.before);
  bool is_led_after = lead_on(out.line.after);
  // A change from one place to another is said of each.
  if (is_led_before == is_led_after) return std::nullopt;
  return out;
}

}  // namespace

std::vector<FlowChange> published_together(const std::vector<FlowChange>& lines) {
  std::vector<Kind> kinds;
  auto find = [&](const FlowChange& line) { return std::ranges::find(kinds, line, &Kind::line); };
  for (const auto& line : lines) {
    auto kind = kind_of(line);
    if (!kind) continue;
    auto known = find(kind->line);
    if (known == kinds.end()) {
      kinds.push_back(*std::move(kind));
      continue;
    }
    known->ports.push_back(kind->ports.front());
    ++known->lines;
  }
  std::vector<FlowChange> out;
  for (const auto& line : lines) {
    auto kind = kind_of(line);
    auto known = kind ? find(kind->line) : kinds.end();
    if (known == kinds.end() || known->lines <= kFewPublished) {
      out.push_back(line);
      continue;
    }
    if (known->ports.empty()) continue;
    known->line.ports = numbers_of(joined(std::move(known->ports)));
    known->ports.clear();
    out.push_back(known->line);
    known->line.ports.clear();
  }
  return out;
}

}  // namespace pyfw
