#include "watch/foreigner.h"

#include <fmt/format.h>

#include <iterator>

namespace pyfw::netns {
namespace {

constexpr std::string_view kFamily = "iptables ";

// "filter FORWARD" as options: "-t filter -I FORWARD".
std::string options(const std::string& chain, char command) {
  auto space = chain.find(' ');
  return fmt::format("-t {} -{} {}", chain.substr(0, space), command, chain.substr(space + 1));
}

}  // namespace

// No packet has such a source. As iptables-save prints it.
std::string Foreigner::next_rule() {
  ++made_;
  return fmt::format("-s 10.66.{}.{}/32 -m comment --comment theirs_{} -j RETURN", made_ / 250, made_ % 250,
                     made_);
}

void Foreigner::insert(const std::string& chain) {
  auto rule = next_rule();
  run_(fmt::format("iptables -w {} {}", options(chain, 'I'), rule));
  auto& rules = rules_[chain];
  rules.insert(rules.begin(), rule);
}

void Foreigner::append(const std::string& chain) {
  auto rule = next_rule();
  run_(fmt::format("iptables -w {} {}", options(chain, 'A'), rule));
  rules_[chain].push_back(rule);
}

void Foreigner::remove(std::mt19937& draw) {
  if (rules_.empty()) return;
  auto at = std::next(rules_.begin(), static_cast<std::ptrdiff_t>(draw() % rules_.size()));
  auto& [chain, rules] = *at;
  auto rule = std::next(rules.begin(), static_cast<std::ptrdiff_t>(draw() % rules.size()));
  run_(fmt::format("iptables -w {} {}", options(chain, 'D'), *rule));
  rules.erase(rule);
  if (rules.empty()) rules_.erase(at);
}

void Foreigner::remove_all() {
  std::mt19937 draw;
  while (!rules_.empty()) remove(draw);
}

Foreigner::Rules Foreigner::found_in(const std::map<std::string, std::vector<std::string>>& host) {
  Rules found;
  for (const auto& [chain, rules] : host)
    for (const auto& rule : rules)
      if (rule.find("--comment theirs_") != std::string::npos)
        found[chain.substr(chain.starts_with(kFamily) ? kFamily.size() : 0)].push_back(rule);
  return found;
}

}  // namespace pyfw::netns
