#include "cage/setting_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "base/strings.h"

namespace pyfw {
namespace {

constexpr std::size_t kMost = 20;

bool is_of_word(char c) { return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'); }

// Not as part of a longer name.
bool names(std::string_view line, std::string_view word) {
  for (auto at = line.find(word); at != std::string_view::npos; at = line.find(word, at + 1)) {
    auto end = at + word.size();
    bool begins = at == 0 || !is_of_word(word.front()) || !is_of_word(line[at - 1]);
    if (begins && (end == line.size() || !is_of_word(line[end]))) return true;
  }
  return false;
}

// As sysctl writes it: a dot in the name of an interface is a slash.
std::string dotted(std::string_view name) {
  std::string out(name);
  for (char& c : out) c = c == '/' ? '.' : c == '.' ? '/' : c;
  return out;
}

std::size_t line_of_word(std::string_view script, std::string_view word) {
  std::size_t number = 0;
  for (auto line : split(script, '\n')) {
    ++number;
    if (!trim(line).starts_with('#') && names(line, word)) return number;
  }
  return 0;
}

// By its whole name, or by its end, as in a loop over interfaces. 0: nowhere.
std::size_t line_of(std::string_view script, const WrittenSetting& setting) {
  auto last = setting.name.substr(setting.name.rfind('/') + 1);
  for (const auto& word : {dotted(setting.name), setting.name, "." + last, "/" + last})
    if (auto line = line_of_word(script, word); line > 0) return line;
  return 0;
}

// What is set to one value in one line for several interfaces is one thing.
struct Said {
  std::size_t line = 0;
  std::string before{};
  std::string after{};
  std::string value{};

  auto operator<=>(const Said&) const = default;
};

using SaidOf = std::map<Said, std::vector<std::string>>;  // and the interfaces

void add(const WrittenSetting& setting, std::size_t line, SaidOf& all) {
  auto parts = split(setting.name, '/');
  bool is_of_interface =
      parts.size() == 5 && parts[0] == "net" && (parts[2] == "conf" || parts[2] == "neigh");
  Said said{.line = line == 0 ? std::string_view::npos : line, .value = setting.value};
  if (!is_of_interface) {
    said.before = dotted(setting.name);
    all[said];
    return;
  }
  said.before = fmt::format("net.{}.{}.", parts[1], parts[2]);
  said.after = fmt::format(".{}", parts[4]);
  all[said].push_back(dotted(parts[3]));
}

std::string in_words(const Said& said, std::vector<std::string> interfaces) {
  std::ranges::sort(interfaces);
  auto names = interfaces.size() == 1 ? interfaces.front() : fmt::format("{{{}}}", join(interfaces, ","));
  auto text =
      fmt::format("{}{}{} = {}", said.before, interfaces.empty() ? "" : names, said.after, said.value);
  return said.line == std::string_view::npos ? text : fmt::format("{} (line {})", text, said.line);
}

}  // namespace

std::vector<std::string> in_words(std::span<const WrittenSetting> settings, std::string_view script) {
  SaidOf all;
  for (const auto& setting : settings) add(setting, line_of(script, setting), all);
  std::vector<std::string> out;
  for (const auto& [said, interfaces] : all) out.push_back(in_words(said, interfaces));
  if (out.size() > kMost) {
    auto more = out.size() - kMost;
    out.resize(kMost);
    out.push_back(fmt::format("and {} more", more));
  }
  return out;
}

}  // namespace pyfw
