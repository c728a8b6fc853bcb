#include "tests/random/save_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

namespace pyfw {

RuleText parse_rule(const std::string& line) {
  auto match = line.find(' ', std::string_view("-A ").size()) + 1;
  auto target = line.find("-j ", match);
  return {.match = line.substr(match, target - match), .target = line.substr(target + 3)};
}

SaveText parse_save(const std::string& text) {
  SaveText out;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line.substr(1));
    std::string name;
    std::string next;
    words >> name >> next;
    if (line.starts_with('*')) out.push_back({.name = name});
    if (line.starts_with(':')) out.back().chains.push_back({.name = name, .policy = next});
    if (!line.starts_with("-A ")) continue;
    std::ranges::find(out.back().chains, next, &ChainText::name)->rules.push_back(parse_rule(line));
  }
  return out;
}

std::string text_of(const SaveText& save) {
  std::string out;
  for (const auto& table : save) {
    out += fmt::format("*{}\n", table.name);
    for (const auto& chain : table.chains) out += fmt::format(":{} {} [0:0]\n", chain.name, chain.policy);
    for (const auto& chain : table.chains)
      for (const auto& rule : chain.rules)
        out += fmt::format("-A {} {}-j {}\n", chain.name, rule.match, rule.target);
    out += "COMMIT\n";
  }
  return out;
}

}  // namespace pyfw
