#include "journal.h"

#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "base/strings.h"

namespace pyfw::races {
namespace {

constexpr std::string_view kComment = "--comment rival_";

// "^FORWARD:17"
std::optional<Edit> parse_edit(std::string_view word) {
  auto colon = word.find(':');
  if (word.empty() || colon == std::string_view::npos) return std::nullopt;
  auto kind = static_cast<Edit::Kind>(word[0]);
  if (kind != Edit::Kind::kAtHead && kind != Edit::Kind::kAtEnd && kind != Edit::Kind::kDelete)
    return std::nullopt;
  auto serial = parse_number(word.substr(colon + 1));
  if (!serial) return std::nullopt;
  return Edit{.kind = kind, .chain = std::string(word.substr(1, colon - 1)), .serial = *serial};
}

}  // namespace

std::int64_t monotonic_now() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

std::string line_of(const Deed& deed) {
  auto line = fmt::format("{} {} {}", deed.begun, deed.ended, deed.status);
  for (const auto& edit : deed.edits)
    line += fmt::format(" {}{}:{}", static_cast<char>(edit.kind), edit.chain, edit.serial);
  return line + "\n";
}

Result<Deed> parse_deed(std::string_view line) {
  auto words = split(line, ' ');
  auto number = [&](std::size_t i) { return i < words.size() ? parse_number(words[i]) : std::nullopt; };
  auto begun = number(0);
  auto ended = number(1);
  auto status = number(2);
  if (!begun || !ended || !status) return fail(fmt::format("no line of a rival's journal: {}", line));
  Deed deed{.begun = static_cast<std::int64_t>(*begun),
            .ended = static_cast<std::int64_t>(*ended),
            .status = static_cast<int>(*status),
            .edits = {}};
  for (std::size_t i = 3; i < words.size(); ++i) {
    auto edit = parse_edit(words[i]);
    if (!edit) return fail(fmt::format("no edit of a rival: {}", words[i]));
    deed.edits.push_back(std::move(*edit));
  }
  return deed;
}

std::string text_of(std::string_view chain, std::uint64_t serial) {
  auto comment = fmt::format("-m comment {}{}", kComment, serial);
  if (chain == "INPUT") return fmt::format("-s 198.51.100.{}/32 {} -j DROP", serial % 250, comment);
  if (chain == "DOCKER")
    return fmt::format("-d 172.17.0.{}/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport {} {} -j ACCEPT",
                       serial % 250, 1 + serial % 60'000, comment);
  switch (serial % 3) {
    case 0: return comment + " -j DOCKER-USER";
    case 1: return fmt::format("-o docker0 {} -j DOCKER", comment);
    default: return fmt::format("-i docker0 ! -o docker0 {} -j ACCEPT", comment);
  }
}

std::optional<std::uint64_t> serial_in(std::string_view rule) {
  auto at = rule.find(kComment);
  if (at == std::string_view::npos) return std::nullopt;
  auto digits = rule.substr(at + kComment.size());
  return parse_number(digits.substr(0, digits.find(' ')));
}

bool may_be_matched(std::string_view rule) {
  return rule.ends_with("-j DOCKER-USER") || rule.starts_with("-i docker0 ! -o docker0");
}

void carry_out(const Deed& deed, Standing& standing) {
  if (deed.status != 0) return;
  for (const auto& edit : deed.edits) {
    auto& rules = standing[edit.chain];
    StandingRule rule{.serial = edit.serial, .since = deed.ended};
    switch (edit.kind) {
      case Edit::Kind::kAtHead: rules.insert(rules.begin(), rule); break;
      case Edit::Kind::kAtEnd: rules.push_back(rule); break;
      case Edit::Kind::kDelete:
        std::erase_if(rules, [&](const StandingRule& there) { return there.serial == edit.serial; });
        break;
    }
  }
}

Result<void> Journal::follow() {
  std::ifstream file(path_, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(offset_));
  std::string text(std::istreambuf_iterator<char>(file), {});
  text.resize(text.rfind('\n') + 1);
  offset_ += text.size();
  for (auto line : split(text, '\n')) {
    if (line.empty()) continue;
    TRY(auto deed, parse_deed(line));
    carry_out(deed, standing_);
    if (deed.status == 0) {
      edits_ += deed.edits.size();
    } else {
      ++refused_;
    }
  }
  return {};
}

}  // namespace pyfw::races
