#include "plan/continued.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>

#include "base/strings.h"

namespace pyfw {
namespace {

using Kind = TableLine::Kind;
// By chain and text. Of equal rules the topmost go first.
using ByRule = std::map<std::pair<std::string, std::string>, std::deque<std::string>>;

void mark_in(TableCommit& commit, const std::map<std::string, std::string>& real_names) {
  auto known_as = [&](const TableLine& line) {
    bool is_aside = !real_names.empty() && line.rule.text.find(kTempPrefix) != std::string::npos;
    return std::pair(line.chain, is_aside ? with_sets(line.rule, real_names).text : line.rule.text);
  };
  ByRule gone;
  for (const auto& line : commit.lines)
    if (line.kind == Kind::kDelete) gone[known_as(line)].push_back(line.rule.text);
  if (gone.empty()) return;
  for (auto& line : commit.lines) {
    if (line.kind != Kind::kInsert) continue;
    auto found = gone.find(known_as(line));
    if (found == gone.end() || found->second.empty()) continue;
    line.continues = std::move(found->second.front());
    found->second.pop_front();
  }
}

std::optional<Counters> counters_of(std::string_view text) {
  auto colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  auto packets = parse_number(text.substr(0, colon));
  auto bytes = parse_number(text.substr(colon + 1));
  if (!packets || !bytes) return std::nullopt;
  return Counters{.packets = *packets, .bytes = *bytes};
}

}  // namespace

void mark_continued(std::vector<Commit>& commits, const std::map<std::string, std::string>& aside) {
  std::map<std::string, std::string> real_names;
  for (const auto& [name, temporary_name] : aside) real_names.emplace(temporary_name, name);
  for (auto& commit : commits)
    if (auto* table = std::get_if<TableCommit>(&commit)) mark_in(*table, real_names);
}

bool has_continued(const TableCommit& commit) {
  return std::ranges::any_of(commit.lines, [](const TableLine& line) { return !line.continues.empty(); });
}

void take_counters(TableCommit& commit, std::string_view saved) {
  ByRule counters;
  for (const auto& line : commit.lines)
    if (!line.continues.empty()) counters[{line.chain, line.continues}];
  for (auto line : split(saved, '\n')) {
    // "[70:700] -A INPUT -j LOG"
    auto end = line.find("] -A ");
    if (!line.starts_with('[') || end == std::string_view::npos) continue;
    auto rule = line.substr(end + 5);
    auto blank = std::min(rule.find(' '), rule.size());
    auto found = counters.find(
        {std::string(rule.substr(0, blank)), std::string(rule.substr(std::min(blank + 1, rule.size())))});
    if (found != counters.end()) found->second.emplace_back(line.substr(1, end - 1));
  }
  for (auto& line : commit.lines) {
    if (line.continues.empty()) continue;
    auto& texts = counters[{line.chain, line.continues}];
    if (texts.empty()) continue;
    line.counters = counters_of(texts.front());
    texts.pop_front();
  }
}

}  // namespace pyfw
