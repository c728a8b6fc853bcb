#include "plan/commit.h"

#include <fmt/format.h>

#include <set>

#include "base/overloaded.h"

namespace pyfw {
namespace {

std::string insert_line(const TableLine& line) {
  auto place = line.at_end ? fmt::format("-A {}", line.chain) : fmt::format("-I {} {}", line.chain, line.at);
  if (line.counters) place += fmt::format(" -c {} {}", line.counters->packets, line.counters->bytes);
  return fmt::format("{} {}\n", place, line.rule.text);
}

std::string line_of(const TableLine& line) {
  switch (line.kind) {
    case TableLine::Kind::kNewChain: return fmt::format("-N {}\n", line.chain);
    case TableLine::Kind::kDelete: return fmt::format("-D {} {}\n", line.chain, line.rule.text);
    case TableLine::Kind::kInsert: return insert_line(line);
    case TableLine::Kind::kPolicy: return fmt::format("-P {} {}\n", line.chain, line.policy);
    case TableLine::Kind::kDeleteChain: break;
  }
  return fmt::format("-X {}\n", line.chain);
}

}  // namespace

std::string name_of_table(Family family, const std::string& table) {
  return fmt::format("{} {}", program_of(family), table);
}

std::string restore_input(const TableCommit& commit) {
  std::string input = fmt::format("*{}\n", commit.table);
  for (const auto& line : commit.lines) input += line_of(line);
  return input + "COMMIT\n";
}

std::string restore_input(const SetCommit& commit) {
  std::string input;
  for (const auto& line : commit.lines) {
    input += line;
    input += '\n';
  }
  return input;
}

std::vector<TableId> tables_of(std::span<const Commit> commits) {
  std::set<TableId> tables;
  auto add = [&](const auto& commit) { tables.insert({.family = commit.family, .table = commit.table}); };
  for (const auto& commit : commits) std::visit(Overloaded{add, [](const SetCommit&) {}}, commit);
  return {tables.begin(), tables.end()};
}

std::string name_of(const Commit& commit) {
  return std::visit(Overloaded{
                        [](const TableCommit& c) { return name_of_table(c.family, c.table); },
                        [](const HandleCommit& c) { return name_of_table(c.family, c.table); },
                        [](const SetCommit&) { return std::string("sets"); },
                    },
                    commit);
}

}  // namespace pyfw
