#include "lab/documented.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <span>

#include "base/strings.h"

namespace pyfw::lab {
namespace {

constexpr auto kDocument = PYFW_SOURCE_DIR "/docs/tutorial.md";
constexpr std::string_view kMark = "<!-- table: who reaches nginx -->";

// "| a | b |" -> {"a", "b"}
std::vector<std::string_view> cells_of(std::string_view line) {
  auto cells = split(line.substr(1, line.rfind('|') - 1), '|');
  std::ranges::transform(cells, cells.begin(), trim);
  return cells;
}

}  // namespace

Result<std::vector<std::string>> documented(std::string_view situation) {
  std::ifstream file(kDocument);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  auto at = text.find(kMark);
  if (at == std::string::npos) return fail(fmt::format("{} has no '{}'", kDocument, kMark));
  std::vector<std::vector<std::string_view>> rows;
  for (auto line : split(std::string_view(text).substr(at + kMark.size()), '\n')) {
    if (line.starts_with('|')) rows.push_back(cells_of(line));
    if (!rows.empty() && !line.starts_with('|')) break;
  }
  if (rows.size() < 3) return fail("the table is empty");
  auto column = static_cast<std::size_t>(std::ranges::find(rows[0], situation) - rows[0].begin());
  std::vector<std::string> answers;
  for (const auto& row : std::span(rows).subspan(2)) {
    if (column >= row.size()) return fail(fmt::format("the table has no column {}", situation));
    answers.push_back(fmt::format("{} to {}: {}", row[0], row[1], row[column]));
  }
  return answers;
}

}  // namespace pyfw::lab
