#include "adopt/left_out.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "adopt/strays.h"
#include "adopt/yaml_text.h"

namespace pyfw {
namespace {

// Kubernetes has thousands.
constexpr std::size_t kNamed = 6;
constexpr std::size_t kStrays = 20;

std::string listed(const std::vector<std::string>& names) {
  auto some = std::span(names).first(std::min(names.size(), kNamed));
  auto text = fmt::format("{}", fmt::join(some, ", "));
  return names.size() > kNamed ? fmt::format("{} and {} more", text, names.size() - kNamed) : text;
}

}  // namespace

std::string rules(std::size_t count) { return fmt::format("{} rule{}", count, count == 1 ? "" : "s"); }

LeftOut::InTable& LeftOut::table(const MaintainerRow& row, const ChainId& id) {
  auto& program = programs_[row.program];
  program.row = &row;
  return program.tables[{id.family, id.table}];
}

bool LeftOut::stood_before(const ChainId& id, const Rule& rule) const {
  return start_ != nullptr && has_rule(*start_, id, rule);
}

// Of a script it is known which are its own.
bool LeftOut::is_stray(const MaintainerRow& row, const ChainId& id, const Rule& rule) const {
  if (row.program != "Docker") return false;
  return start_ == nullptr ? is_surely_not_dockers(id, rule) : find_chain(*start_, id) != nullptr;
}

void LeftOut::chain(const MaintainerRow& row, const ChainId& id, const Chain& chain) {
  std::size_t count = 0;
  for (const auto& rule : chain.rules) {
    if (stood_before(id, rule)) continue;
    if (is_stray(row, id, rule)) {
      strays_.push_back(yaml_comment(with_its_chain(id, rule)));
    } else {
      ++count;
    }
  }
  if (start_ != nullptr && count == 0 && find_chain(*start_, id) != nullptr) return;
  auto& in = table(row, id);
  in.chains.push_back(id.chain);
  in.rules_in_chains += count;
}

void LeftOut::rule(const MaintainerRow& row, const ChainId& id, const Rule& rule) {
  if (!stood_before(id, rule)) ++table(row, id).rules_beside[id.chain];
}

void LeftOut::policy(const MaintainerRow& row, const ChainId& id, std::string_view policy) {
  table(row, id).policies.emplace(id.chain, policy);
}

void LeftOut::set(const MaintainerRow& row, std::string_view name) {
  if (start_ != nullptr && find_set(start_->sets, std::string(name)) != nullptr) return;
  auto& program = programs_[row.program];
  program.row = &row;
  program.sets.emplace_back(name);
}

void LeftOut::unsaid(std::string_view what, std::string_view reason) {
  unsaid_.push_back(yaml_comment(fmt::format("{}: {}", what, reason)));
}

std::vector<std::string> LeftOut::remarks() const {
  std::vector<std::string> out;
  if (!programs_.empty()) out.emplace_back("Left out, since others maintain it; --all keeps it:");
  for (const auto& [name, program] : programs_) {
    out.push_back(fmt::format("- {}: {}", name, program.row->why));
    for (const auto& [where, in] : program.tables) {
      std::vector<std::string> parts;
      if (!in.chains.empty())
        parts.push_back(fmt::format("{} in {}", rules(in.rules_in_chains), listed(in.chains)));
      for (const auto& [chain, count] : in.rules_beside)
        parts.push_back(fmt::format("{} in {}", rules(count), chain));
      for (const auto& [chain, policy] : in.policies)
        parts.push_back(fmt::format("the policy {} of {}", policy, chain));
      out.push_back(yaml_comment(
          fmt::format("    {} {}: {}", program_of(where.first), where.second, fmt::join(parts, "; "))));
    }
    if (!program.sets.empty()) out.push_back(yaml_comment(fmt::format("    sets: {}", listed(program.sets))));
  }
  if (!strays_.empty()) {
    out.emplace_back(
        "Not among the wishes, though it is not Docker that wrote them: its next start empties its chains.");
    out.emplace_back("DOCKER-USER is the place for them:");
    for (const auto& stray : std::span(strays_).first(std::min(strays_.size(), kStrays)))
      out.push_back("- " + stray);
    if (strays_.size() > kStrays) out.push_back(fmt::format("- and {} more", strays_.size() - kStrays));
  }
  if (!unsaid_.empty())
    out.emplace_back(start_ == nullptr ? "Left as it is, since no wish can say it:"
                                       : "Left out, since no wish can say it; other rules may need it:");
  for (const auto& line : unsaid_) out.push_back("- " + line);
  return out;
}

}  // namespace pyfw
