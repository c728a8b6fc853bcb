// For tests: a kernel that is nothing but the chain INPUT of filter and some sets, in memory, and counts what
// is written to the chain as nftables does.

#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "engine/kernel.h"
#include "engine/same_state.h"

namespace pyfw {

using Log = std::vector<std::string>;

class ChainInMemory : public Kernel {
 public:
  explicit ChainInMemory(Log& log, std::vector<Rule> rules = {}) : log_(log), rules_(std::move(rules)) {}

  std::function<void()> before_generation{};  // what a rival does whenever we ask
  std::function<void()> after_commit{};
  std::function<void()> before_reading_back{};
  std::function<void()> before_reading_again{};
  bool forgets = false;  // takes commits and shows nothing of them
  bool copies_forget = false;
  Sets sets{};  // commits add members to them

  void write(const Rule& rule) {
    rules_.insert(rules_.begin(), rule);
    ++generation_;
  }
  void write_instead(const Rule& rule) {
    rules_.clear();
    write(rule);
  }
  [[nodiscard]] const std::vector<Rule>& rules() const { return rules_; }
  [[nodiscard]] const std::vector<TableId>& read_again() const { return read_again_; }

  Result<State> read() override {
    State state;
    ensure_chain(state.iptables, "filter", "INPUT").rules = rules_;
    state.sets = sets;
    return state;
  }
  Result<std::string> difference_from(const State& wanted, const Sighting*) override {
    if (before_reading_back) std::exchange(before_reading_back, {})();
    TRY(auto state, read());
    return difference(state, wanted);
  }
  [[nodiscard]] std::shared_ptr<const Sighting> sighting() const override { return nullptr; }
  Result<void> finish_reading() override { return {}; }
  Result<Generation> read_again(std::span<const TableId> tables, State& state) override {
    if (before_reading_again) std::exchange(before_reading_again, {})();
    read_again_.assign(tables.begin(), tables.end());
    log_.emplace_back("read again");
    TRY(state, read());
    return Generation(generation_);
  }
  Result<std::string> save_with_counters(Family) override { return std::string(); }
  Result<Sets> read_sets() override { return sets; }
  void learn_rules(const State&, std::shared_ptr<const Sighting>) override {}
  void foresee(std::span<const Commit>, Foresight) override {}
  Result<Generation> generation() override {
    if (before_generation) before_generation();
    return Generation(generation_);
  }
  Result<bool> only_we_wrote(Generation since, std::size_t commits) override {
    return generation_ == *since + commits;
  }
  Result<Committed> commit(const Commit& commit, Generation generation) override {
    if (const auto* members = std::get_if<SetCommit>(&commit)) {
      log_.emplace_back("commit sets");
      add_members(*members);
      if (after_commit) after_commit();
      return Committed::kDone;
    }
    if (generation != generation_) return Committed::kStale;
    log_.emplace_back("commit");
    for (const auto& line : std::get<TableCommit>(commit).lines) {
      if (forgets) break;
      if (line.kind == TableLine::Kind::kInsert)
        rules_.insert(rules_.begin() + static_cast<std::ptrdiff_t>(line.at - 1), line.rule);
      else
        std::erase(rules_, line.rule);
    }
    ++generation_;
    if (after_commit) after_commit();
    return Committed::kDone;
  }
  Result<std::unique_ptr<Kernel>> copy(const State& state) override {
    log_.emplace_back("rehearse");
    auto copied =
        std::make_unique<ChainInMemory>(nowhere_, find_chain(state.iptables, "filter", "INPUT")->rules);
    copied->sets = state.sets;
    copied->forgets = copies_forget;
    return copied;
  }

  Result<Facts> facts() override { return Facts(); }
  Result<std::optional<Docker>> docker() override { return std::nullopt; }
  Result<AllFacts> all_facts() override { return AllFacts(); }
  Result<std::vector<SpelledLine>> spell(const SpellRequest&) override { return fail("not asked here"); }
  Result<SpelledSet> spell_set(const Set&) override { return fail("not asked here"); }
  Result<void> run(std::span<const std::string>) override { return fail("not asked here"); }
  [[nodiscard]] Backend backend() const override { return Backend::kNft; }
  Result<std::unique_ptr<Hold>> hold_writers() override { return nullptr; }
  std::vector<std::string> other_writers() override { return {"rival (pid 7)"}; }

 private:
  void add_members(const SetCommit& commit) {
    for (const auto& line : commit.lines)
      for (auto& set : sets) {
        auto words = split(line, ' ');
        if (!forgets && words[0] == "add" && words[1] == set.name) set.members.emplace_back(words[2]);
      }
  }

  Log& log_;
  Log nowhere_;
  std::vector<Rule> rules_;
  std::vector<TableId> read_again_;
  std::uint32_t generation_ = 1;
};

}  // namespace pyfw
