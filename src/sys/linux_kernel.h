// The real kernel, through iptables, ip6tables and ipset.

#pragma once

#include <memory>

#include "engine/kernel.h"
#include "host/state_document.h"
#include "sys/nft_rules.h"
#include "sys/nft_writers.h"
#include "sys/scratch.h"

namespace pyfw {

// Fails where we are not root, who alone can read and change the firewall.
Result<void> require_root();

class LinuxKernel : public Kernel {
 public:
  // The kernel of this network namespace, by the programs of that backend.
  explicit LinuxKernel(Backend backend) : backend_(backend) {}

  Result<State> read() override;
  Result<Facts> facts() override;
  Result<std::vector<SpelledLine>> spell(const SpellRequest& request) override;
  Result<SpelledSet> spell_set(const Set& set) override;
  Result<void> run(std::span<const std::string> command) override;
  [[nodiscard]] Backend backend() const override { return backend_; }
  Result<Generation> generation() override;
  Result<Committed> commit(const Commit& commit, Generation generation) override;
  Result<std::unique_ptr<Kernel>> copy(const State& state) override;
  Result<std::unique_ptr<Hold>> hold_writers() override;
  std::vector<std::string> other_writers() override;

 private:
  LinuxKernel(Backend backend, Scratch scratch) : backend_(backend), scratch_(std::move(scratch)) {}

  Result<Outcome> execute(const std::vector<std::string>& argv, std::string_view input = {}) const;
  Result<void> load(const State& state);
  Result<Ruleset> read_rules(Family family);
  Result<Sets> read_sets();
  void keep_counters(TableCommit& commit) const;
  Result<void> refuse_native();
  Result<Committed> commit_table(TableCommit commit, Generation generation);
  Result<Committed> commit_sets(const SetCommit& commit);
  Result<void> restore(const TableCommit& commit);
  Result<Committed> delete_by_handle(const HandleCommit& commit, Generation generation);
  Result<NftRules*> nft_rules();

  Backend backend_;
  std::optional<Scratch> scratch_{};  // none is the namespace that we are in
  std::string lock_file_{};           // that iptables-legacy shall take while we hold the host's
  std::optional<NftRules> nft_{};
  std::optional<NftWriters> writers_{};
  std::vector<std::string> own_writes_{};  // the programs of our own commits since we listen
};

}  // namespace pyfw
