// The real kernel, through iptables, ip6tables and ipset; what takes too long beside others who write,
// through nftables itself.

#pragma once

#include <future>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/kernel.h"
#include "host/state_document.h"
#include "kernel/chain_handles.h"
#include "kernel/foreseen_counters.h"
#include "kernel/known_bytes.h"
#include "kernel/native_look.h"
#include "kernel/netns.h"
#include "kernel/nft_sighting.h"
#include "kernel/quick_look.h"
#include "kernel/table_restores.h"
#include "nft/nft_rules.h"
#include "nft/nft_write_log.h"
#include "nft/nft_writers.h"

namespace pyfw {

// Fails where we are not root, who alone can read and change the firewall.
Result<void> require_root();

class LinuxKernel : public Kernel {
 public:
  // The kernel of this network namespace, by the programs of that backend.
  explicit LinuxKernel(Backend backend) : netns_(backend) {}

  Result<State> read() override;
  Result<std::string> difference_from(const State& wanted, const Sighting* of_copy) override;
  [[nodiscard]] std::shared_ptr<const Sighting> sighting() const override { return see(netns_); }
  Result<void> finish_reading() override;
  Result<Generation> read_again(std::span<const TableId> tables, State& state) override;
  Result<std::string> save_with_counters(Family family) override;
  Result<Sets> read_sets() override;
  Result<Facts> facts() override;
  Result<std::optional<Docker>> docker() override;
  Result<AllFacts> all_facts() override;
  Result<std::vector<SpelledLine>> spell(const SpellRequest& request) override;
  Result<SpelledSet> spell_set(const Set& set) override;
  Result<void> run(std::span<const std::string> command) override;
  [[nodiscard]] Backend backend() const override { return netns_.backend(); }
  Result<Generation> generation() override;
  Result<bool> only_we_wrote(Generation since, std::size_t commits) override;
  Result<Committed> commit(const Commit& commit, Generation generation) override;
  void learn_rules(const State& state, std::shared_ptr<const Sighting> of_copy) override;
  void foresee(std::span<const Commit> commits, Foresight foresight) override;
  Result<std::unique_ptr<Kernel>> copy(const State& state) override;
  Result<std::unique_ptr<Hold>> hold_writers() override;
  std::vector<std::string> other_writers() override;

 private:
  LinuxKernel(Backend backend, Scratch scratch) : netns_(backend, std::move(scratch)) {}

  Result<NftRules*> nft_rules();
  // As ChainHandles has it.
  [[nodiscard]] std::uint32_t since(std::uint32_t generation) const { return generation - own_commits_; }
  Result<Committed> commit_table(TableCommit commit, Generation generation);
  // None where not all is known that it takes: iptables-restore has to do it then.
  Result<std::optional<Committed>> commit_by_bytes(const TableCommit& commit, std::uint32_t generation);
  Result<Committed> commit_sets(const SetCommit& commit, Generation generation);
  Result<Committed> delete_by_handle(const HandleCommit& commit, Generation generation);
  void learn_bytes(const State& state, const std::shared_ptr<const NftSighting>& sighting,
                   KnownBytes::Origin origin);
  void look_at_copy(std::span<const Commit> commits);
  void note_own_write(const std::string& program);

  Netns netns_;
  std::optional<NftRules> nft_{};
  std::uint32_t own_commits_ = 0;
  std::future<Result<NativeLook>> looking_{};
  std::map<std::string, SpelledSet> spelled_sets_{};
  KnownBytes known_bytes_{};
  QuickLook quick_look_{netns_, known_bytes_};
  ChainHandles handles_{netns_};
  ForeseenCounters counters_{netns_};
  TableRestores restores_{netns_};
  std::optional<NftWriters> writers_{};
  NftWriteLog write_log_{};  // since we listen
  State loaded_{};           // what a copy began with
};

}  // namespace pyfw
