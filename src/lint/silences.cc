#include "lint/silences.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/contains.h"
#include "base/strings.h"
#include "lint/lint.h"

namespace pyfw {
namespace {

constexpr std::string_view kMark = "# pyfw: ignore";

// Where a comment to pyfw begins in the line, outside of quotes; npos where none does.
std::size_t comment_in(std::string_view line) {
  char quote = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    char c = line[i];
    bool begins_word = i == 0 || line[i - 1] == ' ' || line[i - 1] == '\t';
    if (quote != 0) {
      if (c == '\\' && quote == '"') {
        ++i;
      } else if (c == quote) {
        quote = 0;
      }
    } else if (begins_word && c == '#') {
      return line.substr(i).starts_with(kMark) ? i : std::string_view::npos;
    } else if ((c == '"' || c == '\'') && begins_word) {
      quote = c;
    }
  }
  return std::string_view::npos;
}

bool is_comment_only(std::string_view line) { return trim(line).starts_with("#"); }

std::size_t characters_in(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80; }));
}

Silence read(std::string_view comment) {
  Silence out{.place = {}};
  auto rest = trim(comment.substr(kMark.size()));
  while (!rest.empty()) {
    auto end = std::min(rest.find_first_of(", \t"), rest.size());
    auto word = rest.substr(0, end);
    rest = trim(rest.substr(end));
    bool goes_on = rest.starts_with(",");
    if (goes_on) rest = trim(rest.substr(1));
    if (word == "since" || word == "because") {
      out.has_reason = !rest.empty();
      break;
    }
    out.ids.emplace_back(word);
    bool has_reason_next = rest.starts_with("since ") || rest.starts_with("because ");
    if (!goes_on && !has_reason_next) break;
  }
  return out;
}

Advice about(const Silence& silence, std::string_view id, std::string message, std::string why,
             std::string instead) {
  return {.id = std::string(id),
          .severity = lint_called(id)->severity,
          .message = std::move(message),
          .why = std::move(why),
          .instead = std::move(instead),
          .place = silence.place};
}

Advice without_reason(const Silence& silence) {
  return about(silence, kSilenceWithoutReason, "this silence does not say why",
               "whoever reads it later can't know whether it still holds",
               "write `# pyfw: ignore ID, since …`");
}

// On another host the same wishes may need it: then it is a note.
Advice of_nothing(const Silence& silence, const std::string& id) {
  std::vector<std::string_view> known;
  for (const auto& row : lints()) known.push_back(row.id);
  if (lint_called(id) != nullptr)
    return about(silence, kSilenceOfNothing, fmt::format("there is no finding '{}' here", id),
                 "it might silence what comes later, and is not meant", "take it away");
  auto meant = did_you_mean(id, known);
  auto advice =
      about(silence, kSilenceOfNothing,
            id.empty() ? "this silence names no finding" : fmt::format("no finding is called '{}'", id),
            "it silences nothing", meant.empty() ? "name the finding that it is about" : meant);
  advice.severity = Severity::kWarning;
  return advice;
}

}  // namespace

std::vector<Silence> silences_in(const std::shared_ptr<const Source>& file) {
  std::vector<Silence> out;
  if (file->text.find(kMark) == std::string::npos) return out;
  auto lines = split(file->text, '\n');
  for (std::size_t i = 0; i < lines.size(); ++i) {
    auto at = comment_in(lines[i]);
    if (at == std::string_view::npos) continue;
    auto comment = trim(lines[i].substr(at));
    auto silence = read(comment);
    silence.place = {.source = file,
                     .line = i + 1,
                     .column = characters_in(lines[i].substr(0, at)) + 1,
                     .length = characters_in(comment)};
    auto about = i;
    if (is_comment_only(lines[i]))
      while (about < lines.size() && is_comment_only(lines[about])) ++about;
    silence.line = about + 1;
    out.push_back(std::move(silence));
  }
  return out;
}

void silence(std::vector<Advice>& advices, std::span<const std::shared_ptr<const Source>> files,
             Needless needless) {
  std::vector<Advice> more;
  for (const auto& file : files)
    for (const auto& silence : silences_in(file)) {
      if (!silence.has_reason) more.push_back(without_reason(silence));
      if (silence.ids.empty()) more.push_back(of_nothing(silence, ""));
      for (const auto& id : silence.ids) {
        auto is_meant = [&](const Advice& advice) {
          return advice.id == id && advice.place && advice.place->source->name == file->name &&
                 advice.place->line == silence.line;
        };
        bool is_told = needless == Needless::kIsTold || lint_called(id) == nullptr;
        if (std::erase_if(advices, is_meant) == 0 && is_told) more.push_back(of_nothing(silence, id));
      }
    }
  advices.insert(advices.end(), more.begin(), more.end());
}

}  // namespace pyfw
