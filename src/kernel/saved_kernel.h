// A state from files in place of the live one.

#pragma once

#include "engine/kernel.h"
#include "engine/same_state.h"
#include "host/state_document.h"

namespace pyfw {

// Spelling still asks the kernel where it can be asked, of the files' rules too; nothing can be changed.
class SavedKernel : public Kernel {
 public:
  explicit SavedKernel(HostState host) : host_(std::move(host)) {}

  Result<State> read() override;
  Result<void> finish_reading() override { return {}; }
  Result<std::string> difference_from(const State& wanted, const Sighting*) override {
    return difference(host_.state, wanted);
  }
  [[nodiscard]] std::shared_ptr<const Sighting> sighting() const override { return nullptr; }
  Result<Generation> read_again(std::span<const TableId>, State&) override { return Generation(); }
  Result<std::string> save_with_counters(Family) override { return std::string(); }
  Result<Sets> read_sets() override { return host_.state.sets; }
  Result<Facts> facts() override { return host_.facts; }
  Result<std::optional<Docker>> docker() override { return host_.facts.docker; }
  Result<AllFacts> all_facts() override { return AllFacts{.facts = host_.facts, .other_rules = host_.other}; }
  Result<std::vector<SpelledLine>> spell(const SpellRequest& request) override;
  Result<SpelledSet> spell_set(const Set& set) override;
  Result<void> run(std::span<const std::string> command) override;
  [[nodiscard]] Backend backend() const override { return Backend::kLegacy; }
  Result<Generation> generation() override { return Generation(); }
  Result<bool> only_we_wrote(Generation, std::size_t) override { return true; }
  Result<Committed> commit(const Commit& commit, Generation generation) override;
  void learn_rules(const State&, std::shared_ptr<const Sighting>) override {}
  void foresee(std::span<const Commit>, Foresight) override {}
  Result<std::unique_ptr<Kernel>> copy(const State& state) override;
  Result<std::unique_ptr<Hold>> hold_writers() override { return nullptr; }
  std::vector<std::string> other_writers() override { return {}; }

 private:
  HostState host_;
  bool is_spelled_ = false;
};

}  // namespace pyfw
