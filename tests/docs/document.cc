#include "docs/document.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <span>

#include "base/strings.h"

namespace pyfw::docs {
namespace {

constexpr std::string_view kFence = "```";
constexpr std::string_view kAnyLines = "…";

class Reader {
 public:
  explicit Reader(std::string_view document) : lines_(split(document, '\n')) {}

  Result<std::vector<Piece>> read() {
    while (at_ < lines_.size()) {
      auto line = lines_[at_];
      if (line.starts_with("<!--")) {
        TRY_VOID(comment());
      } else if (line.starts_with(kFence)) {
        TRY_VOID(block());
      } else {
        ++at_;
      }
    }
    if (!file_.empty()) return fail(fmt::format("no block follows for the file {}", file_));
    return std::move(pieces_);
  }

 private:
  Result<void> comment() {
    auto first = at_ + 1;
    std::string text;
    do {
      if (at_ == lines_.size()) return fail(fmt::format("line {}: this comment has no end", first));
      text += std::string(lines_[at_]) + '\n';
    } while (!lines_[at_++].ends_with("-->"));
    auto body = trim(std::string_view(text).substr(4, text.rfind("-->") - 4));
    if (body == "host") {
      pieces_.push_back({.kind = Piece::Kind::kHost, .line = first});
    } else if (body.starts_with("run:")) {
      pieces_.push_back(
          {.kind = Piece::Kind::kRun, .line = first, .text = std::string(trim(body.substr(4)))});
    } else if (body.starts_with("file:")) {
      file_ = std::string(trim(body.substr(5)));
    }
    return {};
  }

  Result<void> block() {
    auto first = at_ + 1;
    auto language = trim(lines_[at_].substr(kFence.size()));
    auto begin = ++at_;
    while (at_ < lines_.size() && !lines_[at_].starts_with(kFence)) ++at_;
    if (at_ == lines_.size()) return fail(fmt::format("line {}: this block has no end", first));
    auto inside = std::span(lines_).subspan(begin, at_ - begin);
    ++at_;
    if (!file_.empty()) {
      pieces_.push_back({.kind = Piece::Kind::kFile, .line = first, .path = std::exchange(file_, {})});
      for (auto line : inside) pieces_.back().text += std::string(line) + '\n';
      return {};
    }
    if (language != "console") return {};
    return transcript(inside, first + 1);
  }

  Result<void> transcript(std::span<const std::string_view> inside, std::size_t first) {
    bool in_command = false;
    for (std::size_t i = 0; i < inside.size(); ++i) {
      auto line = std::string(inside[i]);
      if (line.starts_with("$ ")) {
        pieces_.push_back({.kind = Piece::Kind::kCommand, .line = first + i, .text = line.substr(2)});
        in_command = true;
      } else if (i == 0) {
        return fail(fmt::format("line {}: a transcript begins with '$ COMMAND'", first));
      } else if (in_command) {
        pieces_.back().text += '\n' + line;
      } else {
        pieces_.back().answer.push_back(line);
      }
      if (!in_command) continue;
      in_command = line.ends_with('\\');
      pieces_.back().answer_line = first + i + 1;
    }
    return {};
  }

  std::vector<std::string_view> lines_;
  std::size_t at_ = 0;
  std::string file_;  // which the next block is
  std::vector<Piece> pieces_;
};

bool matches_from(std::span<const std::string> answer, std::span<const std::string> lines) {
  while (!answer.empty() && answer.front() != kAnyLines) {
    if (lines.empty() || answer.front() != lines.front()) return false;
    answer = answer.subspan(1);
    lines = lines.subspan(1);
  }
  if (answer.empty()) return lines.empty();
  for (std::size_t skipped = 1; skipped <= lines.size(); ++skipped)
    if (matches_from(answer.subspan(1), lines.subspan(skipped))) return true;
  return false;
}

}  // namespace

Result<std::vector<Piece>> pieces_of(std::string_view document) { return Reader(document).read(); }

bool matches(const std::vector<std::string>& answer, const std::vector<std::string>& lines) {
  return matches_from(answer, lines);
}

std::vector<Link> links_of(std::string_view document) {
  std::vector<Link> links;
  for (auto at = document.find("]("); at != std::string_view::npos; at = document.find("](", at + 1)) {
    auto target = document.substr(at + 2, document.find(')', at) - at - 2);
    if (target.find(':') != std::string_view::npos) continue;
    auto hash = std::min(target.find('#'), target.size());
    auto heading = target.substr(std::min(hash + 1, target.size()));
    links.push_back({.file = std::string(target.substr(0, hash)), .heading = std::string(heading)});
  }
  return links;
}

std::vector<std::string> headings_of(std::string_view document) {
  std::vector<std::string> headings;
  bool in_block = false;
  for (auto line : split(document, '\n')) {
    if (line.starts_with(kFence)) in_block = !in_block;
    if (in_block || !line.starts_with('#')) continue;
    std::string name;
    for (char c : trim(line.substr(line.find_first_not_of('#')))) {
      if (c == ' ') name += '-';
      if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-')
        name += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    headings.push_back(std::move(name));
  }
  return headings;
}

}  // namespace pyfw::docs
