#include "engine/rehearse.h"

#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <unordered_set>

#include "base/contains.h"
#include "base/strings.h"
#include "ext/host_objects.h"

namespace pyfw {
namespace {

// Foreign rules that a copy refuses, one after the other, before it is given up.
constexpr int kMostUncopyable = 100;
constexpr const char* kUnchanged = "nothing was changed";

// Rules with others in their place that any kernel takes.
class Placeholders {
 public:
  void add(const Rule& rule) {
    texts_.emplace(rule.text, fmt::format("-m comment --comment _pyfw_placeholder_{}", texts_.size() + 1));
  }
  [[nodiscard]] bool empty() const { return texts_.empty(); }
  [[nodiscard]] bool has(const Rule& rule) const { return texts_.contains(rule.text); }

  void put_into(State& state) const {
    for (auto family : kFamilies)
      for (auto& table : ruleset_of(state, family).tables)
        for (auto& chain : table.chains)
          for (auto& rule : chain.rules)
            if (auto found = texts_.find(rule.text); found != texts_.end()) rule.text = found->second;
  }

 private:
  std::map<std::string, std::string> texts_;
};

// The sets to whose members the way adds, or from which it takes, where they are.
std::unordered_set<std::string> sets_changed_in_place(const Way& way) {
  std::unordered_set<std::string> created;
  std::unordered_set<std::string> changed;
  for (const auto& commit : way.commits) {
    const auto* sets = std::get_if<SetCommit>(&commit);
    if (sets == nullptr) continue;
    for (const auto& line : sets->lines) {
      auto words = split(line, ' ');
      if (words[0] == "create") created.emplace(words[1]);
      bool edits = words[0] == "add" || words[0] == "del";
      if (edits && !created.contains(std::string(words[1]))) changed.emplace(words[1]);
    }
  }
  return changed;
}

// Members that nobody looks at need not be copied.
void leave_out_members(State& live, State& desired, const Way& way) {
  auto changed = sets_changed_in_place(way);
  for (auto& set : live.sets) {
    if (changed.contains(set.name) || set.type == "list:set") continue;
    auto wanted = std::ranges::find(desired.sets, set.name, &Set::name);
    if (wanted != desired.sets.end() && wanted->members == set.members) wanted->members.clear();
    set.members.clear();
  }
}

// The text of the line that an error is about.
std::string line_at(const Error& error) {
  if (!error.place || error.place->line == 0) return {};
  auto lines = split(error.place->source->text, '\n');
  return error.place->line <= lines.size() ? std::string(lines[error.place->line - 1]) : std::string();
}

// "-A INPUT -j DROP" in a save that was to be copied.
std::optional<Rule> rule_in_save(const std::string& line) {
  if (!line.starts_with("-A ")) return std::nullopt;
  auto at = line.find(' ', 3);
  if (at == std::string::npos) return std::nullopt;
  return Rule{line.substr(at + 1)};
}

const WrittenRule* wish_of(const WrittenRules& written, const ChainId& id, const Rule& rule) {
  auto chain = written.find(id);
  if (chain == written.end()) return nullptr;
  for (const auto& wish : chain->second)
    if (contains(wish.spelled, rule)) return &wish;
  return nullptr;
}

// The refused rule in the wishes, if a line of the commit was named and put it in.
Error at_its_wish(Error error, const Commit& commit, const WrittenRules& written) {
  const auto* table = std::get_if<TableCommit>(&commit);
  if (table != nullptr && error.place && error.place->line >= 2 &&
      error.place->line - 2 < table->lines.size()) {
    const auto& line = table->lines[error.place->line - 2];
    const auto* wish =
        wish_of(written, {.family = table->family, .table = table->table, .chain = line.chain}, line.rule);
    if (line.kind == TableLine::Kind::kInsert && wish != nullptr)
      return {
          .message = fmt::format("{} refuses this rule here: {}", program_of(table->family), error.message),
          .place = wish->place,
          .hint = {},
          .kind = ErrorKind::kBadInput};
  }
  error.message = fmt::format("the rehearsal failed: {}: {}", name_of(commit), error.message);
  error.hint = kUnchanged;
  return error;
}

Result<void> run_way(const Way& way, const WrittenRules& written, Kernel& kernel) {
  kernel.foresee(way.commits, Foresight::kToTheLetter);
  for (const auto& commit : way.commits) {
    TRY(auto generation, kernel.generation());
    auto done = kernel.commit(commit, generation);
    if (!done) return std::unexpected(at_its_wish(std::move(done).error(), commit, written));
  }
  return {};
}

}  // namespace

Result<Rehearsal> rehearse(const State& live, const Desired& desired, const Way& way,
                           const WrittenRules& written, Kernel& kernel) {
  Rehearsal out;
  Placeholders placeholders;
  for (const auto& [id, chain] : chains_of(live))
    for (const auto& rule : chain->rules)
      if (needs_host_object(rule)) placeholders.add(rule);
  for (const auto& [id, chain] : chains_of(desired.state))
    for (const auto& rule : chain->rules) {
      if (!needs_host_object(rule)) continue;
      if (!placeholders.has(rule) && wish_of(written, id, rule) != nullptr)
        out.unrehearsed.push_back(
            fmt::format("{} {} ({}): {}", id.table, id.chain, program_of(id.family), rule.text));
      placeholders.add(rule);
    }
  for (int tries = 0;; ++tries) {
    // Most states need no other texts in any place, and many have no sets: then nothing is copied twice.
    bool is_as_it_is = placeholders.empty() && live.sets.empty();
    auto other_live = is_as_it_is ? State() : live;
    auto other_desired = is_as_it_is ? Desired() : desired;
    placeholders.put_into(other_live);
    placeholders.put_into(other_desired.state);
    // With other texts it is another way, of the same commits.
    auto other_way = placeholders.empty() ? Way() : find_way(other_live, other_desired, kernel.backend());
    const auto& tried = placeholders.empty() ? way : other_way;
    leave_out_members(other_live, other_desired.state, tried);
    auto copy = kernel.copy(is_as_it_is ? live : other_live);
    if (!copy) {
      auto refused = rule_in_save(line_at(copy.error()));
      if (!refused || placeholders.has(*refused) || tries == kMostUncopyable)
        return fail(
            fmt::format("the rehearsal failed: the live state can't be copied: {}", copy.error().message),
            kUnchanged);
      placeholders.add(*refused);
      continue;
    }
    TRY_VOID(run_way(tried, written, **copy));
    // With placeholders, the copy does not look as the host will.
    auto seeing = placeholders.empty() ? std::async(std::launch::async, [&] { return (*copy)->sighting(); })
                                       : std::future<std::shared_ptr<const Sighting>>();
    TRY(auto differs, (*copy)->difference_from(is_as_it_is ? desired.state : other_desired.state, nullptr));
    if (!differs.empty())
      return fail(fmt::format("the rehearsal did not lead to the desired state: {}", differs), kUnchanged);
    if (seeing.valid()) out.sighting = seeing.get();
    return out;
  }
}

}  // namespace pyfw
