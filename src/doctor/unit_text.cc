#include "doctor/unit_text.h"

#include <array>
#include <utility>

#include "base/contains.h"
#include "base/strings.h"

namespace pyfw {
namespace {

constexpr std::array kStarting = {"Wants", "Requires", "Requisite", "BindsTo", "Upholds"};

std::string_view without_kind(std::string_view unit) { return unit.substr(0, unit.rfind('.')); }

std::string expanded(std::string_view text, std::string_view unit) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    switch (text[++i]) {
      case 'i':
      case 'I': out += instance_of_unit(unit); break;
      case 'p':
      case 'P': out += prefix_of_unit(unit).empty() ? without_kind(unit) : prefix_of_unit(unit); break;
      case 'n': out += unit; break;
      case 'N': out += without_kind(unit); break;
      case '%': out += '%'; break;
      default: out += {'%', text[i]};
    }
  }
  return out;
}

std::vector<std::string> words_of(std::string_view value, std::string_view unit) {
  constexpr std::string_view kBlanks = " \t";
  std::vector<std::string> words;
  for (std::size_t at = 0; (at = value.find_first_not_of(kBlanks, at)) != std::string_view::npos;) {
    auto end = value.find_first_of(kBlanks, at);
    auto word = value.substr(at, end - at);
    if (word.size() > 1 && (word.front() == '"' || word.front() == '\'') && word.back() == word.front())
      word = word.substr(1, word.size() - 2);
    words.push_back(expanded(word, unit));
    if (end == std::string_view::npos) break;
    at = end;
  }
  return words;
}

void append(std::vector<std::string>& to, std::vector<std::string> more) {
  to.insert(to.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

bool is_yes(std::string_view value) {
  return value == "yes" || value == "true" || value == "on" || value == "1" || value == "y" || value == "t";
}

// An empty one takes back all that stood before it.
void assign(std::vector<std::string>& list, std::string_view value, std::string_view unit) {
  if (value.empty())
    list.clear();
  else
    list.push_back(expanded(value, unit));
}

void take(UnitText& out, std::string_view section, std::string_view key, std::string_view value,
          std::string_view unit) {
  if (section == "Unit") {
    if (key == "Before") append(out.before, words_of(value, unit));
    if (key == "After") append(out.after, words_of(value, unit));
    if (contains(kStarting, key)) append(out.wants, words_of(value, unit));
    if (key == "DefaultDependencies" && !value.empty()) out.has_default_dependencies = is_yes(value);
  } else if (section == "Service") {
    if (key == "ExecStart") assign(out.start_commands, value, unit);
    if (key == "ExecStop") assign(out.stop_commands, value, unit);
  } else if (section == "Socket" && key == "ListenStream") {
    assign(out.listens_at, value, unit);
  }
}

// One after the other, those that a backslash continues put together, without comments.
std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  std::string open;
  bool is_open = false;
  for (auto raw : split(text, '\n')) {
    auto line = trim(raw);
    if (line.starts_with('#') || line.starts_with(';') || (line.empty() && !is_open)) continue;
    bool goes_on = line.ends_with('\\');
    if (goes_on) line.remove_suffix(1);
    open += is_open ? " " + std::string(line) : std::string(line);
    is_open = goes_on;
    if (!goes_on) lines.push_back(std::exchange(open, {}));
  }
  if (is_open) lines.push_back(std::move(open));
  return lines;
}

}  // namespace

UnitText with_unit_text(UnitText before, std::string_view text, std::string_view unit) {
  std::string section;
  for (const auto& line : lines_of(text)) {
    if (line.starts_with('[') && line.ends_with(']')) {
      section = line.substr(1, line.size() - 2);
      continue;
    }
    auto sign = line.find('=');
    if (sign == std::string::npos) continue;
    auto view = std::string_view(line);
    take(before, section, trim(view.substr(0, sign)), trim(view.substr(sign + 1)), unit);
  }
  return before;
}

std::string_view prefix_of_unit(std::string_view unit) {
  auto at = unit.find('@');
  return at == std::string_view::npos ? std::string_view() : unit.substr(0, at);
}

std::string_view instance_of_unit(std::string_view unit) {
  auto at = unit.find('@');
  auto dot = unit.rfind('.');
  if (at == std::string_view::npos || dot == std::string_view::npos || dot < at) return {};
  return unit.substr(at + 1, dot - at - 1);
}

std::string template_of_unit(std::string_view unit) {
  if (instance_of_unit(unit).empty()) return {};
  return std::string(prefix_of_unit(unit)) + "@" + std::string(unit.substr(unit.rfind('.')));
}

}  // namespace pyfw
