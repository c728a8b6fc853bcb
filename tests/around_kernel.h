// A kernel around another one, which it leaves as it is: a test overrides what it is after.
//
//   Result<Committed> commit(const Commit& commit, Generation generation) override {
//     note(name_of(commit));
//     return AroundKernel::commit(commit, generation);
//   }

#pragma once

#include <memory>

#include "engine/kernel.h"

namespace pyfw {

class AroundKernel : public Kernel {
 public:
  explicit AroundKernel(std::unique_ptr<Kernel> inner) : inner_(std::move(inner)) {}

  Result<State> read() override { return inner_->read(); }
  Result<void> finish_reading() override { return inner_->finish_reading(); }
  Result<Generation> read_again(std::span<const TableId> tables, State& state) override {
    return inner_->read_again(tables, state);
  }
  Result<std::string> save_with_counters(Family family) override {
    return inner_->save_with_counters(family);
  }
  Result<Sets> read_sets() override { return inner_->read_sets(); }
  Result<std::string> difference_from(const State& wanted, const Sighting* of_copy) override {
    return inner_->difference_from(wanted, of_copy);
  }
  [[nodiscard]] std::shared_ptr<const Sighting> sighting() const override { return inner_->sighting(); }
  Result<Facts> facts() override { return inner_->facts(); }
  Result<std::optional<Docker>> docker() override { return inner_->docker(); }
  Result<AllFacts> all_facts() override { return inner_->all_facts(); }
  Result<std::vector<SpelledLine>> spell(const SpellRequest& request) override {
    return inner_->spell(request);
  }
  Result<SpelledSet> spell_set(const Set& set) override { return inner_->spell_set(set); }
  Result<void> run(std::span<const std::string> command) override { return inner_->run(command); }
  [[nodiscard]] Backend backend() const override { return inner_->backend(); }
  Result<Generation> generation() override { return inner_->generation(); }
  Result<bool> only_we_wrote(Generation since, std::size_t commits) override {
    return inner_->only_we_wrote(since, commits);
  }
  Result<Committed> commit(const Commit& commit, Generation generation) override {
    return inner_->commit(commit, generation);
  }
  void learn_rules(const State& state, std::shared_ptr<const Sighting> of_copy) override {
    inner_->learn_rules(state, std::move(of_copy));
  }
  void foresee(std::span<const Commit> commits, Foresight foresight) override {
    inner_->foresee(commits, foresight);
  }
  // What is done in a copy, nobody sees.
  Result<std::unique_ptr<Kernel>> copy(const State& state) override { return inner_->copy(state); }
  Result<std::unique_ptr<Hold>> hold_writers() override { return inner_->hold_writers(); }
  std::vector<std::string> other_writers() override { return inner_->other_writers(); }

 private:
  std::unique_ptr<Kernel> inner_;
};

}  // namespace pyfw
