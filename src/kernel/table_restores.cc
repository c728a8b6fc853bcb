#include "kernel/table_restores.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>

#include "kernel/refusal.h"
#include "nft/portable_rule.h"
#include "plan/continued.h"
#include "sys/programs.h"

namespace pyfw {
namespace {

// TASK_COMM_LEN of Linux, less the zero.
constexpr std::size_t kLongestComm = 15;

std::string without_commit(std::string input) {
  input.resize(input.size() - std::string_view("COMMIT\n").size());
  return input;
}

// A rule's set is looked up by its name when the line is read, and may be another one by the time of the
// commit. How far counters have got is known then only, too.
bool can_be_read_early(const TableCommit& commit) {
  return !has_continued(commit) && std::ranges::all_of(commit.lines, [](const TableLine& line) {
    return sets_named_by(line.rule).empty();
  });
}

}  // namespace

void TableRestores::foresee(std::span<const Commit> commits, Foresight foresight) {
  std::list<Waiting> before;
  before.swap(waiting_);
  for (const auto& commit : commits) {
    const auto* table = std::get_if<TableCommit>(&commit);
    if (table == nullptr || is_portable(*table)) continue;
    auto program = program_for(table->family, netns_.backend(), "restore");
    if (!program) return;
    auto input = foresight == Foresight::kToTheLetter && can_be_read_early(*table)
                     ? without_commit(restore_input(*table))
                     : fmt::format("*{}\n", table->table);
    auto fits = [&](const Waiting& waiting) {
      return waiting.program == *program && waiting.restore.can_become(input);
    };
    if (auto found = std::ranges::find_if(before, fits); found != before.end()) {
      waiting_.splice(waiting_.end(), before, found);
    } else if (auto started = WaitingRestore::start({*program, "--noflush"}, input)) {
      waiting_.push_back({.program = *program, .restore = std::move(*started)});
    }
  }
}

Result<Outcome> TableRestores::run(const std::string& program, const std::string& input) {
  auto found = std::ranges::find_if(waiting_, [&](const Waiting& waiting) {
    return waiting.program == program && waiting.restore.can_become(input);
  });
  if (found == waiting_.end()) return netns_.run({program, "--noflush"}, input);
  auto restore = std::move(found->restore);
  waiting_.erase(found);
  return std::move(restore).finish(input);
}

Result<std::string> TableRestores::restore(const TableCommit& commit) {
  TRY(auto program, program_for(commit.family, netns_.backend(), "restore"));
  auto input = restore_input(commit);
  TRY(auto outcome, run(program, input));
  if (outcome.status == 0) return program.substr(program.rfind('/') + 1).substr(0, kLongestComm);
  auto error = refusal(program, outcome, input);
  // Legacy names the line of COMMIT, whichever it was. A copy can be spent on finding out.
  bool names_none = !error.place || error.place->line > commit.lines.size() + 1;
  if (!netns_.is_scratch() || !names_none) return std::unexpected(std::move(error));
  for (std::size_t i = 0; i < commit.lines.size(); ++i) {
    auto line = restore_input(
        TableCommit{.family = commit.family, .table = commit.table, .lines = {commit.lines[i]}});
    TRY(auto alone, netns_.run({program, "--noflush"}, line));
    if (alone.status == 0) continue;
    error.place = place_in_input(program, input, i + 2);
    break;
  }
  return std::unexpected(std::move(error));
}

}  // namespace pyfw
