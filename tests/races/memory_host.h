// A host in memory, with a rival that writes between any two of our calls: thousands of races in the time of
// one with a real kernel, and each can be had again by its seed.

#pragma once

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <utility>

#include "deeds.h"
#include "engine/kernel.h"

namespace pyfw::races {

// The rules and sets of one network namespace, counted as nftables counts: each write is a generation.
class MemoryHost {
 public:
  explicit MemoryHost(unsigned seed);

  State state{};
  std::uint32_t generation = 1;
  // Of a hundred moments in which a rival may write, in how many it does.
  unsigned busy = 0;

  void let_rival_write();
  [[nodiscard]] const Standing& standing() const { return deeds_.standing(); }
  [[nodiscard]] std::int64_t writes() const { return writes_; }

 private:
  void write();
  void carry_out_here(const Edit& edit);

  std::mt19937 random_;
  Deeds deeds_;
  std::int64_t writes_ = 0;
};

// Of that host. A commit of a table is done all at once where the generation is right; else nothing is. As
// with iptables-restore, the rival may write between the look at the generation and the commit.
class MemoryKernel final : public Kernel {
 public:
  explicit MemoryKernel(std::shared_ptr<MemoryHost> host) : host_(std::move(host)) {}

  // How many writes of the rival there were when the last commit of rules began, or at the last look if there
  // was none: pyfw knows of them.
  [[nodiscard]] std::int64_t convinced_at() const { return convinced_at_; }

  Result<State> read() override;
  Result<void> finish_reading() override { return {}; }
  Result<Generation> read_again(std::span<const TableId> tables, State& state) override;
  Result<std::string> save_with_counters(pyfw::Family) override { return std::string(); }
  Result<Sets> read_sets() override;
  Result<std::string> difference_from(const State& wanted, const Sighting* of_copy) override;
  [[nodiscard]] std::shared_ptr<const Sighting> sighting() const override { return nullptr; }
  Result<Facts> facts() override { return Facts(); }
  Result<std::optional<Docker>> docker() override { return std::nullopt; }
  Result<AllFacts> all_facts() override { return AllFacts(); }
  Result<std::vector<SpelledLine>> spell(const SpellRequest& request) override;
  Result<SpelledSet> spell_set(const Set& set) override;
  Result<void> run(std::span<const std::string> command) override;
  [[nodiscard]] Backend backend() const override { return Backend::kNft; }
  Result<Generation> generation() override;
  Result<bool> only_we_wrote(Generation since, std::size_t commits) override;
  Result<Committed> commit(const Commit& commit, Generation generation) override;
  void learn_rules(const State& /*state*/, std::shared_ptr<const Sighting> /*of_copy*/) override {}
  void foresee(std::span<const Commit> /*commits*/, Foresight /*foresight*/) override {}
  Result<std::unique_ptr<Kernel>> copy(const State& state) override;
  Result<std::unique_ptr<Hold>> hold_writers() override { return nullptr; }
  std::vector<std::string> other_writers() override { return {"rival (pid 7)"}; }

 private:
  void note_seen();

  std::shared_ptr<MemoryHost> host_;
  std::int64_t convinced_at_ = 0;
  bool has_written_rules_ = false;
};

}  // namespace pyfw::races
