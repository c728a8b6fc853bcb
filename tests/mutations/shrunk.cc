#include "tests/mutations/shrunk.h"

#include <set>
#include <sstream>

namespace pyfw {
namespace {

std::set<std::string> lines_of(const Pair& pair) {
  std::set<std::string> out;
  std::istringstream lines(pair.before.rules + pair.after.rules + pair.before.sets + pair.after.sets);
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("-A ") || line.starts_with("add ")) out.insert(line + "\n");
  return out;
}

void take(std::string& text, const std::string& line) {
  for (auto at = text.find(line); at != std::string::npos; at = text.find(line)) text.erase(at, line.size());
}

}  // namespace

Pair shrunk(Pair pair, const std::function<bool(const Pair&)>& is_wrong) {
  for (bool has_shrunk = true; has_shrunk;) {
    has_shrunk = false;
    for (const auto& line : lines_of(pair)) {
      auto smaller = pair;
      for (auto* rules : {&smaller.before, &smaller.after}) {
        take(rules->rules, line);
        take(rules->sets, line);
      }
      if (!is_wrong(smaller)) continue;
      pair = std::move(smaller);
      has_shrunk = true;
    }
  }
  return pair;
}

}  // namespace pyfw
