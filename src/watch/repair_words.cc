#include "watch/repair_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <vector>

#include "base/overloaded.h"
#include "base/strings.h"

namespace pyfw {
namespace {

constexpr std::size_t kMostNamed = 3;

using Kind = TableLine::Kind;

std::string name_of(const Rule& rule) {
  auto comments = comments_of(rule);
  return comments.empty() ? fmt::format("'{}'", rule.text) : comments.front();
}

bool is_continued(std::span<const TableLine> lines, const TableLine& gone) {
  return std::ranges::any_of(lines, [&](const TableLine& line) {
    return line.kind == Kind::kInsert && line.chain == gone.chain && line.continues == gone.rule.text;
  });
}

// A rule of that name goes from the chain and another one comes.
bool has_other(std::span<const TableLine> lines, const TableLine& line, Kind kind) {
  auto names = comments_of(line.rule);
  return !names.empty() && std::ranges::any_of(lines, [&](const TableLine& other) {
    return other.kind == kind && other.chain == line.chain && comments_of(other.rule) == names;
  });
}

std::vector<std::string> words_of(std::span<const TableLine> lines) {
  std::vector<std::string> words;
  for (const auto& line : lines) {
    switch (line.kind) {
      case Kind::kInsert: {
        const char* done = !line.continues.empty()                 ? "moved"
                           : has_other(lines, line, Kind::kDelete) ? "changed"
                                                                   : "put back";
        words.push_back(fmt::format("{} {} in {}", name_of(line.rule), done, line.chain));
        break;
      }
      case Kind::kDelete:
        if (!is_continued(lines, line) && !has_other(lines, line, Kind::kInsert))
          words.push_back(fmt::format("{} taken out of {}", name_of(line.rule), line.chain));
        break;
      case Kind::kPolicy: words.push_back(fmt::format("policy {} of {}", line.policy, line.chain)); break;
      case Kind::kNewChain: words.push_back(fmt::format("chain {} made", line.chain)); break;
      case Kind::kDeleteChain: words.push_back(fmt::format("chain {} deleted", line.chain)); break;
    }
  }
  return words;
}

// "a, b, c and 4 more"
std::string shortened(std::vector<std::string> words) {
  auto more = words.size() > kMostNamed ? words.size() - kMostNamed : 0;
  words.resize(words.size() - more);
  auto text = join(words, ", ");
  return more == 0 ? text : fmt::format("{} and {} more", text, more);
}

// Of "add NAME …", "swap TEMPORARY NAME", …: the sets that are not temporary. One that is only made ready
// has none, and is told of when it takes its place.
std::string words_of(const SetCommit& commit) {
  std::vector<std::string> names;
  auto note = [&](std::string_view name) {
    if (!name.starts_with(kTempPrefix) && std::ranges::find(names, name) == names.end())
      names.emplace_back(name);
  };
  for (const auto& line : commit.lines) {
    auto words = split(line, ' ');
    if (words.size() > 1) note(words[1]);
    if (words.size() > 2 && (words[0] == "swap" || words[0] == "rename")) note(words[2]);
  }
  return names.empty() ? std::string() : "sets: " + shortened(std::move(names));
}

}  // namespace

std::string repair_words(const Way& way) {
  std::vector<std::string> parts;
  auto of_table = [](const TableCommit& commit) {
    return fmt::format("{}: {}", name_of_table(commit.family, commit.table),
                       shortened(words_of(commit.lines)));
  };
  auto of_handles = [](const HandleCommit& commit) {
    std::size_t rules = 0;
    for (const auto& chain : commit.chains) rules += chain.at.size();
    return fmt::format("{}: {} rules taken out", name_of_table(commit.family, commit.table), rules);
  };
  for (const auto& commit : way.commits) {
    auto part = std::visit(
        Overloaded{of_table, of_handles, [](const SetCommit& sets) { return words_of(sets); }}, commit);
    // Rules that follow a set to another name and back change twice in the same words.
    if (!part.empty() && std::ranges::find(parts, part) == parts.end()) parts.push_back(std::move(part));
  }
  return join(parts, "; ");
}

}  // namespace pyfw
