#include "ask/flow_changes.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "ask/ends.h"
#include "ask/ink.h"
#include "ask/published_ports.h"
#include "ask/verdict_words.h"
#include "ask/who_text.h"
#include "base/contains.h"
#include "base/strings.h"
#include "net/protocol.h"
#include "show/totals.h"
#include "trace/compiled_host.h"

namespace pyfw {
namespace {

std::vector<std::string> words_of(const Fates& fates) {
  std::vector<std::string> out;
  for (const auto& fate : fates) out.push_back(words_of(fate));
  return out;
}

std::string ports_of(const Spans& ports) {
  auto others = without({span_of(0, 0xffff)}, ports);
  if (others.size() < ports.size()) return "all but " + ports_of(others);
  return numbers_of(ports);
}

void add_protocol(const Condition& condition, std::set<std::uint8_t>& found) {
  if (const auto* number = std::get_if<NumberIn>(&condition.kind);
      number != nullptr && number->field == NumberField::kProtocol && number->range.last <= 0xff)
    found.insert(static_cast<std::uint8_t>(number->range.first));
}

// TCP, UDP, pings, what rules name besides, and one that nobody names, which stands for all others.
class Protocols {
 public:
  Protocols(const Scene& before, const Scene& after, Family family) {
    std::set<std::uint8_t> named = {kTcp, kUdp, family == Family::kIpv4 ? kIcmp : kIcmp6};
    for (const auto* scene : {&before, &after}) {
      const auto& compiled = scene->traced.compiled();
      for (std::size_t chain = 0; chain < compiled.rules.size(); ++chain)
        for (const auto& rule : compiled.rules[chain])
          if (compiled.chains[chain].family == family)
            for (const auto& condition : rule.compiled.conditions) add_protocol(condition, named);
    }
    // ICMP of the other family is no protocol of this one.
    named.erase(family == Family::kIpv4 ? kIcmp6 : kIcmp);
    named.erase(0);
    all_.assign(named.begin(), named.end());
    for (std::uint8_t other = 0xfd; other > 0; --other)
      if (!named.contains(other)) {
        all_.push_back(other);
        other_ = other;
        break;
      }
  }
  [[nodiscard]] const std::vector<std::uint8_t>& all() const { return all_; }
  [[nodiscard]] std::string name_of(std::uint8_t protocol) const {
    if (protocol == other_) return "others";
    return is_icmp(protocol) ? "ping" : name_of_protocol(protocol);
  }

 private:
  static bool is_icmp(std::uint8_t protocol) { return protocol == kIcmp || protocol == kIcmp6; }
  std::vector<std::uint8_t> all_;
  std::uint8_t other_ = 0;
};

// Lines that differ in that one list only are one.
void join_lines(FlowChange line, std::vector<FlowChange>& lines,
                std::vector<std::string> FlowChange::* list) {
  for (auto& known : lines) {
    auto same = known;
    same.*list = line.*list;
    if (same != line) continue;
    for (auto& word : line.*list)
      if (!contains(known.*list, word)) (known.*list).push_back(std::move(word));
    return;
  }
  lines.push_back(std::move(line));
}

// Of one family.
class Finder {
 public:
  Finder(const Scene& before, const Scene& after, Family family, Compared compared, std::size_t most_nodes)
      : before_(before),
        family_(family),
        protocols_(before, after, family),
        difference_(before.traced, before.state.state.sets, after.traced, after.state.state.sets, family,
                    Senders::kAll, compared, most_nodes),
        names_(before, family, after, difference_.addresses()) {}

  Result<void> find(std::vector<FlowChange>& out) {
    std::vector<FlowChange> lines;
    auto entries = entries_of(before_.traced.facts());
    entries.emplace_back();  // the host itself
    for (const auto& entry : entries)
      for (auto protocol : protocols_.all()) {
        auto some = Ip::parse(family_ == Family::kIpv4 ? "0.0.0.0" : "::");
        TRY(auto changed,
            difference_.of({.packet = first_packet(*some, protocol, 0), .in_interface = entry}));
        for (const auto& one : changed)
          join_lines(line_of(one, entry, protocol), lines, &FlowChange::protocols);
      }
    for (auto& line : lines) {
      if (line.protocols.size() == protocols_.all().size()) line.protocols.clear();
      line.families = {family_ == Family::kIpv4 ? "IPv4" : "IPv6"};
      join_lines(std::move(line), out, &FlowChange::families);
    }
    return {};
  }

 private:
  FlowChange line_of(const Changed& changed, const std::string& entry, std::uint8_t protocol) {
    FlowChange line{.connections = {changed.are_open ? "open" : "new"},
                    .protocols = {protocols_.name_of(protocol)},
                    .ports = ports_of(changed.ports),
                    .conditions = condition_words(changed.conditions),
                    .before = words_of(changed.before),
                    .after = words_of(changed.after)};
    line.to = names_.call_ends(changed.destinations);
    if (!entry.empty()) line.interfaces = {entry};
    line.from = from(changed, entry);
    return line;
  }

  SourceNames::Called from(const Changed& changed, const std::string& entry) {
    if (entry.empty()) return {.names = {"the host itself"}};
    if (changed.is_from_all) return {.is_anywhere = true};
    return names_.call(changed.sources, difference_.asked_by(entry), entry);
  }

  const Scene& before_;
  Family family_;
  Protocols protocols_;
  Difference difference_;
  SourceNames names_;
};

bool works(const std::vector<std::string>& fates) {
  return std::ranges::any_of(fates, [](const std::string& fate) { return fate.starts_with("works"); });
}

std::string painted(const std::vector<std::string>& fates, const Ink& ink) {
  auto text = escape_control(join(fates, " or "));
  if (fates.size() > 1) return ink.yellow(text);
  return works(fates) ? ink.green(text) : ink.red(text);
}

std::string ports_text(const FlowChange& change) {
  const auto& ports = change.ports;
  if (ports.empty()) return {};
  bool is_one = ports.find_first_of("-, ") == std::string::npos;
  bool is_one_end = change.to.names.size() == 1;
  if (is_one && is_one_end) return ":" + ports;
  if (ports.starts_with("all but ")) return ", all ports" + ports.substr(3);
  return (is_one ? ", port " : ", ports ") + ports;
}

// What is open takes larger diagrams than what is new.
Result<void> find(const Scene& before, const Scene& after, Family family, std::size_t most_nodes,
                  FlowChanges& out) {
  auto all = Finder(before, after, family, Compared::kNewAndOpen, most_nodes).find(out.lines);
  if (all) return {};
  TRY_VOID(Finder(before, after, family, Compared::kNew, most_nodes).find(out.lines));
  out.open_untold = std::move(all).error();
  return {};
}

std::string title_of(const std::vector<std::string>& connections) {
  if (connections.size() > 1) return "\nNew connections, and open ones:\n";
  return connections.front() == "new" ? "\nNew connections:\n" : "\nOpen connections:\n";
}

std::string text_of(const FlowChange& change, bool names_families, const Ink& ink) {
  auto protocols = change.protocols.empty() ? std::string("anything") : join(change.protocols, ", ");
  if (names_families && change.families.size() == 1) protocols += " (" + change.families[0] + ")";
  auto out = fmt::format("  {} from {}", protocols, escape_control(words_of(change.from, kMostNames)));
  if (!change.interfaces.empty()) out += " by " + escape_control(join(change.interfaces, ", "));
  out += " to " + escape_control(words_of(change.to, kMostNames));
  out += ports_text(change);
  if (!change.conditions.empty()) out += ", " + change.conditions;
  return out + fmt::format(": {} → {}\n", painted(change.before, ink), painted(change.after, ink));
}

}  // namespace

std::string words_of(const Fate& fate) {
  auto out = std::string(word_of(fate.outcome));
  if (!fate.to.empty()) out += std::string(kLedTo) + fate.to;
  if (fate.from == kMasqueraded) return out + ", masqueraded";
  if (!fate.from.empty()) out += ", sent as " + fate.from;
  return out;
}

Result<FlowChanges> flow_changes(const Scene& before, const Scene& after, std::size_t most_nodes) {
  if (before.traced.facts().interfaces.empty()) return FlowChanges();
  FlowChanges found;
  for (auto family : kFamilies) TRY_VOID(find(before, after, family, most_nodes, found));
  // Of one family alone nothing is said of them.
  if (found.open_untold)
    std::erase_if(found.lines, [](const FlowChange& line) { return contains(line.connections, "open"); });
  std::vector<FlowChange> by_interfaces;
  for (auto& line : found.lines) join_lines(std::move(line), by_interfaces, &FlowChange::interfaces);
  found.lines.clear();
  for (auto& line : by_interfaces) join_lines(std::move(line), found.lines, &FlowChange::connections);
  std::ranges::stable_sort(found.lines, {}, [](const FlowChange& change) {
    return std::tuple(change.connections.front() != "new", change.connections.size(), !works(change.after));
  });
  return found;
}

std::string as_text(const FlowChanges& changes, bool colour) {
  auto lines = published_together(changes.lines);
  const auto& untold = changes.open_untold;
  auto last = untold ? fmt::format("What becomes of those that are open can't be told: {}.\n",
                                   escape_control(untold->message))
                     : std::string("Those that are open go on as before.\n");
  if (lines.empty())
    return untold ? "\nNo new connection is treated otherwise, as far as can be told.\n" + last
                  : "\nNo connection is treated otherwise, new or open, as far as can be told.\n";
  Ink ink(colour);
  bool names_families = std::ranges::any_of(
      lines, [&](const FlowChange& change) { return change.families != lines.front().families; });
  std::string out;
  for (std::size_t i = 0; i < std::min(lines.size(), kMostFlowLines); ++i) {
    const auto& change = lines[i];
    if (i == 0 || change.connections != lines[i - 1].connections) out += title_of(change.connections);
    out += text_of(change, names_families || change.families[0] == "IPv6", ink);
  }
  if (lines.size() > kMostFlowLines)
    out += fmt::format("  … and {} more: --format json\n", with_commas(lines.size() - kMostFlowLines));
  bool are_open_touched = std::ranges::any_of(
      lines, [](const FlowChange& change) { return contains(change.connections, "open"); });
  return are_open_touched ? out : out + last;
}

}  // namespace pyfw
