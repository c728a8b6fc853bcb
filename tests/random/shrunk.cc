#include "tests/random/shrunk.h"

#include <set>
#include <sstream>

namespace pyfw {
namespace {

std::set<std::string> lines_of(const std::vector<Rules>& all) {
  std::set<std::string> out;
  for (const auto& rules : all) {
    std::istringstream lines(rules.rules + rules.sets);
    for (std::string line; std::getline(lines, line);)
      if (line.starts_with("-A ") || line.starts_with("add ")) out.insert(line + "\n");
  }
  return out;
}

void take(std::string& text, const std::string& line) {
  for (auto at = text.find(line); at != std::string::npos; at = text.find(line)) text.erase(at, line.size());
}

}  // namespace

std::vector<Rules> shrunk(std::vector<Rules> all,
                          const std::function<bool(const std::vector<Rules>&)>& is_wrong) {
  for (bool has_shrunk = true; has_shrunk;) {
    has_shrunk = false;
    for (const auto& line : lines_of(all)) {
      auto smaller = all;
      for (auto& rules : smaller) {
        take(rules.rules, line);
        take(rules.sets, line);
      }
      if (!is_wrong(smaller)) continue;
      all = std::move(smaller);
      has_shrunk = true;
    }
  }
  return all;
}

}  // namespace pyfw
