#include "adopt/maintainers.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "adopt/literal.h"
#include "adopt/rule_shapes.h"
#include "adopt/strays.h"
#include "base/contains.h"
#include "host/maintained_chains.h"

namespace pyfw {
namespace {

const MaintainerRow* row_called(std::string_view program) {
  auto rows = maintainer_rows();
  auto found = std::ranges::find(rows, program, &MaintainerRow::program);
  return found == rows.end() ? nullptr : &*found;
}

// Finds whatever jumps to a chain of that pattern.
std::string jump_pattern(std::string_view pattern) {
  return pattern.ends_with('*') ? fmt::format("-[jg] {}", literal(pattern.substr(0, pattern.size() - 1)))
                                : fmt::format("-[jg] {}$", literal(pattern));
}

// Interfaces that are networks of Docker, as its own rules tell.
void add_bridges(const Chain& chain, std::set<std::string>& bridges) {
  static const RE2 kSays(
      "-o ([^ ]+) -j DOCKER|-i ([^ ]+) ! -o [^ ]+ -j DOCKER-ISOLATION-STAGE-2|"
      "-o ([^ ]+) -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT|-i ([^ ]+) -j RETURN|-i ([^ ]+) -j "
      "ACCEPT");
  // What each of them tells in which chain: an owner may have put rules into DOCKER.
  constexpr std::array<std::array<std::string_view, 2>, 5> kWhere = {{{"FORWARD", "DOCKER-BRIDGE"},
                                                                      {"DOCKER-ISOLATION-STAGE-1", ""},
                                                                      {"DOCKER-CT", ""},
                                                                      {"DOCKER", ""},
                                                                      {"DOCKER-FORWARD", ""}}};
  std::array<std::string, kWhere.size()> names;
  for (const auto& rule : chain.rules) {
    if (!RE2::FullMatch(rule.text, kSays, &names[0], &names[1], &names[2], &names[3], &names[4])) continue;
    for (std::size_t i = 0; i < names.size(); ++i)
      if (!names[i].empty() && names[i] != "lo" && contains(kWhere[i], chain.name)) bridges.insert(names[i]);
  }
}

void replace_all(std::string& text, std::string_view word, std::string_view by) {
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + by.size()))
    text.replace(at, word.size(), by);
}

std::string expression(std::string_view shape, const std::set<std::string>& bridges) {
  std::string names = "docker0|docker_gwbridge|br-[0-9a-f]{12}";
  for (const auto& bridge : bridges) names += "|" + literal(bridge);
  std::string text(shape);
  replace_all(text, "VIRBR", "virbr[0-9]+");
  replace_all(text, "BRIDGE", "(?:" + names + ")");
  replace_all(text, "ADDRESS", "[0-9a-f.:]+(?:/[0-9]+)?");
  return text;
}

}  // namespace

struct Maintainers::Shapes {
  struct One {
    const MaintainerRow* row;
    const RuleShape* shape;
    std::unique_ptr<RE2> text;
    std::string kind;

    [[nodiscard]] bool is_in(const ChainId& id) const {
      return shape->table == id.table &&
             (shape->chain.empty() ? is_builtin(id.table, id.chain) : shape->chain == id.chain);
    }
  };
  std::map<Family, std::vector<One>> of_family{};
};

Maintainers::Maintainers(const State& state) : shapes_(std::make_unique<Shapes>()) {
  look_for_programs(state);
  look_for_shapes(state);
  look_for_sets(state);
}

Maintainers::~Maintainers() = default;

void Maintainers::look_for_programs(const State& state) {
  for (auto family : kFamilies)
    for (const auto& [table, chain, row] : maintained_chains(ruleset_of(state, family))) {
      chains_.emplace(ChainId{.family = family, .table = std::string(table), .chain = std::string(chain)},
                      row);
      present_[{row->program, family}] = true;
    }
}

void Maintainers::look_for_shapes(const State& state) {
  for (auto family : kFamilies) {
    std::set<std::string> bridges;
    for (const auto& table : ruleset_of(state, family).tables)
      for (const auto& chain : table.chains) add_bridges(chain, bridges);
    for (const auto& shape : rule_shapes()) {
      const auto* row = row_called(shape.program);
      bool has_chains = is_there(*row, family);
      if (shape.where == RuleShape::Where::kBesideItsChains && !has_chains) continue;
      if (shape.where == RuleShape::Where::kWithoutItsChains && has_chains) continue;
      shapes_->of_family[family].push_back({.row = row,
                                            .shape = &shape,
                                            .text = std::make_unique<RE2>(expression(shape.text, bridges)),
                                            .kind = expression(shape.kind, bridges)});
    }
  }
}

// A set that rules of programs name and nobody else.
void Maintainers::look_for_sets(const State& state) {
  std::map<std::string, const MaintainerRow*> named;  // null: by the owner too
  for (const auto& [id, chain] : chains_of(state)) {
    const auto* owner = of_chain(id);
    for (const auto& rule : chain->rules) {
      auto names = sets_named_by(rule);
      if (names.empty()) continue;
      bool is_stray = owner != nullptr && owner->program == "Docker" && is_surely_not_dockers(id, rule);
      const auto* row = is_stray ? nullptr : owner;
      if (row == nullptr)
        if (auto recognised = of_rule(id, rule)) row = recognised->row;
      for (auto& name : names)
        if (auto [at, is_new] = named.emplace(std::move(name), row); !is_new && row == nullptr)
          at->second = nullptr;
    }
  }
  for (const auto& set : state.sets) {
    const auto* row = of_set_name(set.name);
    if (row == nullptr)
      if (auto found = named.find(set.name); found != named.end()) row = found->second;
    if (row != nullptr) sets_.emplace(set.name, row);
  }
}

bool Maintainers::is_there(const MaintainerRow& row, Family family) const {
  return present_.contains({row.program, family});
}

const MaintainerRow* Maintainers::of_chain(const ChainId& id) const {
  auto found = chains_.find(id);
  return found == chains_.end() ? nullptr : found->second;
}

const MaintainerRow* Maintainers::of_shared_chain(const ChainId& id) const {
  return maker_of_shared_chain(id.chain);
}

const MaintainerRow* Maintainers::of_set_name(std::string_view name) const {
  for (const auto& row : maintainer_rows())
    if (!pattern_for(row.sets, name).empty()) return &row;
  return nullptr;
}

const MaintainerRow* Maintainers::of_set(const std::string& name) const {
  auto found = sets_.find(name);
  return found == sets_.end() ? nullptr : found->second;
}

const MaintainerRow* Maintainers::of_policy(const ChainId& id) const {
  if (id.table != "filter") return nullptr;
  for (const auto& row : maintainer_rows())
    if (row.sets_policies && is_there(row, id.family)) return &row;
  return nullptr;
}

std::optional<Recognised> Maintainers::of_jump(const ChainId& id, const Rule& rule, bool has_comment) const {
  auto target = target_of(rule);
  if (target.empty()) return std::nullopt;
  const auto* row = of_chain({.family = id.family, .table = id.table, .chain = target});
  if (row == nullptr || (has_comment && !row->writes_comments)) return std::nullopt;
  auto pattern = pattern_for(row->chains, target);
  bool says_something = pattern != "*";
  return Recognised{.row = row, .pattern = says_something ? jump_pattern(pattern) : ""};
}

std::optional<Recognised> Maintainers::of_rule(const ChainId& id, const Rule& rule) const {
  // No program edits a chain that another one has made.
  if (!is_builtin(id.table, id.chain) && of_shared_chain(id) == nullptr) return std::nullopt;
  auto comments = comments_of(rule);
  for (const auto& comment : comments)
    for (const auto& row : maintainer_rows())
      if (auto pattern = pattern_for(row.comments, comment); !pattern.empty()) return Recognised{.row = &row};
  if (auto jump = of_jump(id, rule, !comments.empty())) return jump;
  for (const auto& set : sets_named_by(rule))
    if (const auto* row = of_set_name(set); row != nullptr && (comments.empty() || row->writes_comments))
      return Recognised{.row = row, .pattern = fmt::format("-set {} ", literal(set))};
  auto shapes = shapes_->of_family.find(id.family);
  if (shapes == shapes_->of_family.end()) return std::nullopt;
  for (const auto& one : shapes->second)
    if (one.is_in(id) && RE2::FullMatch(rule.text, *one.text))
      return Recognised{
          .row = one.row, .pattern = one.kind, .comes_last = one.shape->comes == RuleShape::Comes::kLast};
  return std::nullopt;
}

const MaintainerRow* Maintainers::that_appends_to(const ChainId& id) const {
  auto shapes = shapes_->of_family.find(id.family);
  if (shapes == shapes_->of_family.end()) return nullptr;
  for (const auto& one : shapes->second)
    if (one.is_in(id) && one.shape->comes == RuleShape::Comes::kLast) return one.row;
  return nullptr;
}

}  // namespace pyfw
