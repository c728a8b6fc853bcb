#include "engine/rehearsed.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/overloaded.h"

namespace pyfw {
namespace {

std::string edit_of(const ChainId& id, const Rule& rule) {
  return fmt::format("{} {} {}", name_of_table(id.family, id.table), id.chain, rule.text);
}

// A way without its indexes: foreign rules that came or went elsewhere in a chain make no other rehearsal
// necessary. Nor do those that a ~match moves, as the kernel has taken each of them in that chain before:
// they may come as fast as a rehearsal takes.
std::vector<std::string> edits_of(const Course& course) {
  using Kind = TableLine::Kind;
  std::vector<std::string> edits;
  auto add_table = [&](const TableCommit& commit) {
    auto name = name_of_table(commit.family, commit.table);
    for (const auto& line : commit.lines) {
      ChainId id{.family = commit.family, .table = commit.table, .chain = line.chain};
      bool is_rule = line.kind == Kind::kInsert || line.kind == Kind::kDelete;
      if (is_rule && course.desired.is_matched(id, line.rule)) continue;
      edits.push_back(
          is_rule ? edit_of(id, line.rule)
                  : fmt::format("{} {} {} {}", name, static_cast<int>(line.kind), line.chain, line.policy));
    }
  };
  auto add_handles = [&](const HandleCommit& commit) {
    auto name = name_of_table(commit.family, commit.table);
    for (const auto& chain : commit.chains) edits.push_back(fmt::format("{} handles {}", name, chain.chain));
  };
  for (const auto& commit : course.way.commits)
    std::visit(Overloaded{add_table, add_handles,
                          [&](const SetCommit& sets) {
                            edits.insert(edits.end(), sets.lines.begin(), sets.lines.end());
                          }},
               commit);
  return edits;
}

}  // namespace

void Rehearsed::note(const Course& course) {
  for (auto& edit : edits_of(course)) edits_.insert(std::move(edit));
  for (const auto& [id, chain] : chains_of(course.live))
    for (const auto& rule : chain->rules) edits_.insert(edit_of(id, rule));
}

bool Rehearsed::covers(const Course& course) const {
  return std::ranges::all_of(edits_of(course),
                             [&](const std::string& edit) { return edits_.contains(edit); });
}

}  // namespace pyfw
