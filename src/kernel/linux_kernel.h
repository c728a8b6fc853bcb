// The real kernel, through iptables, ip6tables and ipset.

#pragma once

#include <future>
#include <list>
#include <memory>
#include <set>

#include "engine/kernel.h"
#include "host/state_document.h"
#include "kernel/known_bytes.h"
#include "kernel/known_rules.h"
#include "kernel/read_saved.h"
#include "kernel/rule_texts.h"
#include "kernel/scratch.h"
#include "kernel/waiting_restore.h"
#include "nft/native_rules.h"
#include "nft/nft_image.h"
#include "nft/nft_rules.h"
#include "nft/nft_write_log.h"
#include "nft/nft_writers.h"

namespace pyfw {

// Fails where we are not root, who alone can read and change the firewall.
Result<void> require_root();

struct NftSighting : Sighting {
  std::vector<NftImage> images;  // IPv4, IPv6
};

class LinuxKernel : public Kernel {
 public:
  // The kernel of this network namespace, by the programs of that backend.
  explicit LinuxKernel(Backend backend) : backend_(backend) {}

  Result<State> read() override;
  Result<std::string> difference_from(const State& wanted, const Sighting* of_copy) override;
  [[nodiscard]] std::shared_ptr<const Sighting> sighting() const override { return see(); }
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
  [[nodiscard]] Backend backend() const override { return backend_; }
  Result<Generation> generation() override;
  Result<bool> only_we_wrote(Generation since, std::size_t commits) override;
  Result<Committed> commit(const Commit& commit, Generation generation) override;
  void learn_rules(const State& state, std::shared_ptr<const Sighting> of_copy) override;
  void foresee(std::span<const Commit> commits, Foresight foresight) override;
  Result<std::unique_ptr<Kernel>> copy(const State& state) override;
  Result<std::unique_ptr<Hold>> hold_writers() override;
  std::vector<std::string> other_writers() override;

 private:
  using Handles = std::vector<std::uint64_t>;

  LinuxKernel(Backend backend, Scratch scratch) : backend_(backend), scratch_(std::move(scratch)) {}

  Result<Outcome> execute(const std::vector<std::string>& argv, std::string_view input = {}) const;
  [[nodiscard]] RunProgram here() const;
  Result<Saved> save_rules(Family family, const std::string& table = {}) const;
  Result<Saved> save_sets() const;
  Result<Ruleset> read_rules(Family family, const std::string& table = {}) const;
  // False where some rule was never seen before.
  Result<bool> take_known(std::span<const TableId> tables, State& state);
  Result<void> learn(std::span<const TableId> tables);
  // False where the rules are too many, or can't be told in that way (rule_texts.h).
  Result<bool> learn_by_bytes(const TableId& id);
  std::shared_ptr<const NftSighting> see() const;  // null where there is nothing to see
  [[nodiscard]] bool looks_like(const NftSighting& sighting) const;
  void keep_counters(TableCommit& commit, Generation generation);
  void read_counters(const TableId& id);
  // What the look for rules of nft itself has seen on the way.
  struct Looked {
    std::optional<std::uint32_t> at{};  // as KnownHandles::since; none where others wrote meanwhile
    std::map<Family, HandlesOfChains> handles{};
  };
  Result<Looked> refuse_native() const;
  Result<Committed> commit_table(TableCommit commit, Generation generation);
  Result<Committed> commit_sets(const SetCommit& commit, Generation generation);
  Result<void> restore(const TableCommit& commit);
  Result<Outcome> run_restore(const std::string& program, const std::string& input);
  void note_own_write(const std::string& program);
  void start_restores(std::span<const Commit> commits, Foresight foresight);
  void look_at_copy(std::span<const Commit> commits);
  // None where not all is known that it takes: iptables-restore has to do it then.
  Result<std::optional<Committed>> commit_by_bytes(const TableCommit& commit, std::uint32_t generation);
  Result<std::optional<TableOfHandles>> handles_for(const TableCommit& commit, std::uint32_t generation);
  // The handles of a chain, where they were asked for or seen since the generation was that.
  std::optional<Handles> known_handles(const TableId& table, const std::string& chain,
                                       std::uint32_t generation);
  void learn_handles(std::span<const Commit> commits);
  Result<Handles> handles_of_chain(const TableId& table, const std::string& chain) const;
  Result<Handles> seen_handles(const TableId& table, const std::string& chain, std::uint32_t since) const;
  // None where the chain has another number of rules by now.
  Result<std::optional<std::vector<RuleHandle>>> handles_of(const HandleCommit& commit,
                                                            std::uint32_t generation);
  Result<Committed> delete_by_handle(const HandleCommit& commit, Generation generation);
  Result<NftRules*> nft_rules();

  Backend backend_;
  std::optional<Scratch> scratch_{};  // none is the namespace that we are in
  std::string lock_file_{};           // that iptables-legacy shall take while we hold the host's
  std::optional<NftRules> nft_{};
  struct Waiting {
    std::string program;
    WaitingRestore restore;
  };
  std::list<Waiting> waiting_{};
  // Of chains as they were when a way began. `since` is the generation less our own commits until then: as
  // long as that stays the same, nobody else wrote.
  struct KnownHandles {
    TableId table;
    std::string chain;
    std::uint32_t since = 0;
    std::shared_future<Result<Handles>> handles;  // none where looked_ has them
  };
  std::list<KnownHandles> known_handles_{};
  std::set<TableId> changed_{};  // by us, since handles were asked for
  std::future<Result<Looked>> looking_{};
  Looked looked_{};
  std::uint32_t own_commits_ = 0;
  std::optional<NftWriters> writers_{};
  NftWriteLog write_log_{};  // since we listen
  std::map<std::string, SpelledSet> spelled_sets_{};
  KnownRules known_rules_{};
  RuleTexts rule_texts_{};
  KnownBytes known_bytes_{};
  // The last quick look, and the generation at which it was the truth.
  std::map<TableId, TableOfHandles> seen_tables_{};
  std::optional<std::uint32_t> seen_tables_at_{};
  State loaded_{};  // what a copy began with
  std::shared_ptr<const NftSighting> copy_look_{};
  std::optional<std::uint32_t> copy_look_since_{};  // as KnownHandles::since
  std::map<TableId, std::string> foreseen_counters_{};
};

}  // namespace pyfw
