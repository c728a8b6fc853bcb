#include "lab/story.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "base/strings.h"

namespace pyfw::lab {
namespace {

constexpr std::string_view kBold = "1";
constexpr std::string_view kGreen = "32";
constexpr std::string_view kRed = "31";
constexpr std::string_view kYellow = "33";
constexpr std::string_view kCyan = "36";

void print_line(std::string_view line) {
  fmt::print("{}\n", line);
  std::fflush(stdout);
}

// Without the empty lines at the end.
std::vector<std::string_view> lines_of(std::string_view text) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  if (text.empty()) return {};
  return split(text, '\n');
}

}  // namespace

Story::Story() {
  const char* no_color = std::getenv("NO_COLOR");
  colour_ = isatty(STDOUT_FILENO) == 1 && (no_color == nullptr || *no_color == '\0');
}

std::string Story::paint(std::string_view text, std::string_view colour) const {
  if (!colour_ || text.empty()) return std::string(text);
  return fmt::format("\033[{}m{}\033[0m", colour, text);
}

std::string Story::paint(Reach reach) const {
  return paint(word(reach), reach == Reach::kWorks ? kGreen : reach == Reach::kRefused ? kYellow : kRed);
}

void Story::chapter(std::string_view title) {
  auto heading = fmt::format("{}. {}", ++chapter_, title);
  print_line("");
  print_line(paint(heading, kBold));
  print_line(paint(std::string(heading.size(), '-'), kBold));
}

void Story::say(std::string_view words) const {
  print_line("");
  for (auto line : lines_of(words)) print_line(line);
}

void Story::show(std::string_view text) const {
  print_line("");
  for (auto line : lines_of(text)) print_line(line.empty() ? "" : fmt::format("    {}", line));
}

void Story::command(std::string_view typed, std::string_view answer) const {
  print_line("");
  print_line(fmt::format("    {}", paint(fmt::format("$ {}", typed), kCyan)));
  for (auto line : lines_of(answer)) print_line(line.empty() ? "" : fmt::format("    {}", line));
}

void Story::diff(std::string_view unified) const {
  print_line("");
  for (auto line : lines_of(unified)) {
    auto colour = line.starts_with('+') ? kGreen : line.starts_with('-') ? kRed : std::string_view();
    print_line(fmt::format("    {}", colour.empty() ? std::string(line) : paint(line, colour)));
  }
}

void Story::table(const std::vector<Tutorial::Answer>& answers,
                  const std::vector<Tutorial::Answer>& before) const {
  auto line = [](std::string_view from, std::string_view to, std::string_view goal) {
    return fmt::format("    {:<14}{:<24}{:<10}", from, to, goal);
  };
  print_line("");
  print_line(paint(line("from", "to", "goal") + "now", kBold));
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const auto& answer = answers[i];
    auto row = line(answer.from, answer.to, answer.goal ? word(*answer.goal) : "-") + paint(answer.reached);
    auto gap = std::string(10 - word(answer.reached).size(), ' ');
    if (before[i].reached != answer.reached) {
      row += fmt::format("{}was: {}", gap, word(before[i].reached));
      gap = ", ";
    }
    if (answer.goal.value_or(answer.reached) != answer.reached) row += gap + paint("not the goal", kRed);
    print_line(row);
  }
}

}  // namespace pyfw::lab
