#include "base/diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <vector>

#include "base/by_text.h"
#include "base/longest_run.h"
#include "base/strings.h"

namespace pyfw {
namespace {

// The table of the line-by-line comparison stays below this many cells.
constexpr std::size_t kMostCells = 4'000'000;

using Numbers = std::vector<std::size_t>;

struct Range {
  std::size_t from;
  std::size_t to;
  [[nodiscard]] std::size_t size() const { return to - from; }
};

class Matcher {
 public:
  Matcher(const Numbers& a, const Numbers& b) : a_(a), b_(b), partner_(a.size(), kNone) {}

  // For each line of a the line of b that it is, or kNone.
  Numbers match() {
    match({0, a_.size()}, {0, b_.size()});
    return std::move(partner_);
  }

  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

 private:
  void match(Range a, Range b) {
    while (a.size() > 0 && b.size() > 0 && a_[a.from] == b_[b.from]) partner_[a.from++] = b.from++;
    while (a.size() > 0 && b.size() > 0 && a_[a.to - 1] == b_[b.to - 1]) partner_[--a.to] = --b.to;
    if (a.size() == 0 || b.size() == 0) return;
    auto anchors = unique_in_both(a, b);
    if (anchors.empty()) {
      if (a.size() * b.size() <= kMostCells) match_small(a, b);
      return;
    }
    anchors.emplace_back(a.to, b.to);
    for (auto [i, j] : anchors) {
      match({a.from, i}, {b.from, j});
      if (i == a.to) break;
      partner_[i] = j;
      a.from = i + 1;
      b.from = j + 1;
    }
  }

  [[nodiscard]] std::vector<std::pair<std::size_t, std::size_t>> unique_in_both(Range a, Range b) const {
    struct Count {
      std::size_t in_a = 0;
      std::size_t in_b = 0;
      std::size_t at = 0;  // in b
    };
    std::unordered_map<std::size_t, Count> counts;
    for (auto i = a.from; i < a.to; ++i) ++counts[a_[i]].in_a;
    for (auto j = b.from; j < b.to; ++j) {
      auto& count = counts[b_[j]];
      ++count.in_b;
      count.at = j;
    }
    Numbers lines;
    Numbers partners;
    for (auto i = a.from; i < a.to; ++i) {
      const auto& count = counts[a_[i]];
      if (count.in_a != 1 || count.in_b != 1) continue;
      lines.push_back(i);
      partners.push_back(count.at);
    }
    std::vector<std::pair<std::size_t, std::size_t>> out;
    for (auto index : longest_increasing(partners)) out.emplace_back(lines[index], partners[index]);
    return out;
  }

  void match_small(Range a, Range b) {
    for (auto [i, j] :
         longest_common(std::span(a_).subspan(a.from, a.size()), std::span(b_).subspan(b.from, b.size())))
      partner_[a.from + i] = b.from + j;
  }

  const Numbers& a_;
  const Numbers& b_;
  Numbers partner_;
};

std::vector<std::string_view> lines_of(std::string_view text) {
  auto lines = split(text, '\n');
  if (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

struct Line {
  char mark;
  std::string_view text;
};

std::vector<Line> script(std::string_view before, std::string_view after) {
  auto old_lines = lines_of(before);
  auto new_lines = lines_of(after);
  ByText<std::size_t> numbers;
  auto number_all = [&](const std::vector<std::string_view>& lines) {
    Numbers out;
    out.reserve(lines.size());
    for (auto line : lines) out.push_back(numbers.emplace(line, numbers.size()).first.value());
    return out;
  };
  auto a = number_all(old_lines);
  auto b = number_all(new_lines);
  auto partner = Matcher(a, b).match();
  std::vector<Line> out;
  std::size_t j = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (partner[i] == Matcher::kNone) {
      out.push_back({'-', old_lines[i]});
      continue;
    }
    while (j < partner[i]) out.push_back({'+', new_lines[j++]});
    out.push_back({' ', old_lines[i]});
    ++j;
  }
  while (j < b.size()) out.push_back({'+', new_lines[j++]});
  return out;
}

std::string span_text(std::size_t first, std::size_t count) {
  if (count == 1) return fmt::format("{}", first + 1);
  return fmt::format("{},{}", count == 0 ? first : first + 1, count);
}

}  // namespace

std::string unified_diff(std::string_view before, std::string_view after, const DiffNames& names,
                         std::size_t context) {
  if (before == after) return {};
  auto lines = script(before, after);
  std::string out = fmt::format("--- {}\n+++ {}\n", names.before, names.after);
  std::size_t old_line = 0;
  std::size_t new_line = 0;
  std::size_t done = 0;
  auto is_change = [](const Line& line) { return line.mark != ' '; };
  while (true) {
    auto first = static_cast<std::size_t>(
        std::find_if(lines.begin() + static_cast<std::ptrdiff_t>(done), lines.end(), is_change) -
        lines.begin());
    if (first == lines.size()) break;
    auto from = first > done + context ? first - context : done;
    auto last = first;
    for (auto i = first; i < lines.size() && i <= last + 2 * context + 1; ++i)
      if (is_change(lines[i])) last = i;
    auto to = std::min(lines.size(), last + context + 1);
    old_line += from - done;
    new_line += from - done;
    std::size_t old_count = 0;
    std::size_t new_count = 0;
    std::string body;
    for (auto i = from; i < to; ++i) {
      if (lines[i].mark != '+') ++old_count;
      if (lines[i].mark != '-') ++new_count;
      body += lines[i].mark;
      body += lines[i].text;
      body += '\n';
    }
    out += fmt::format("@@ -{} +{} @@\n{}", span_text(old_line, old_count), span_text(new_line, new_count),
                       body);
    old_line += old_count;
    new_line += new_count;
    done = to;
  }
  return out;
}

}  // namespace pyfw
