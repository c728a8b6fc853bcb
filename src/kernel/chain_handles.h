// The handles of the rules of chains as they were when a way began, so that a commit which names rules by
// them has nothing to ask for in the moment when others may write.
//
// Their time is told by `since`: the generation less our own commits until then. As long as that stays the
// same, nobody else wrote.

#pragma once

#include <cstdint>
#include <future>
#include <list>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "engine/kernel.h"
#include "kernel/native_look.h"
#include "kernel/netns.h"
#include "kernel/nft_sighting.h"
#include "nft/nft_rules.h"

namespace pyfw {

class ChainHandles {
 public:
  explicit ChainHandles(const Netns& netns) : netns_(netns) {}

  // The handles of all chains at `since`, from a look at what is there.
  void take(std::shared_ptr<const NftSighting> sighting, std::uint32_t since);
  void take(NativeLook look, std::optional<std::uint32_t> since);
  // Asks for those that the commits will name: the kernel tells handles only together with whole rules, so it
  // is done while something else runs. `is_looking`: a look that has them all is under way, and will be
  // taken.
  void foresee(std::span<const Commit> commits, std::uint32_t since, bool is_looking);
  // We have changed it ourselves.
  void note_change(const TableId& table) { changed_.insert(table); }

  // The chains of a table with the handles of those in which the commit counts places.
  [[nodiscard]] Result<TableOfHandles> chains_for(const TableCommit& commit, std::uint32_t since,
                                                  NftRules& nft) const;
  // The rules that the commit deletes; none where a chain has another number of rules by now.
  [[nodiscard]] Result<std::optional<std::vector<RuleHandle>>> rules_of(const HandleCommit& commit,
                                                                        std::uint32_t since) const;

 private:
  using Handles = std::vector<std::uint64_t>;

  void foresee(const TableId& table, const std::string& chain, std::uint32_t since, bool is_seen);
  [[nodiscard]] std::optional<Handles> known(const TableId& table, const std::string& chain,
                                             std::uint32_t since) const;
  [[nodiscard]] Result<Handles> ask(const TableId& table, const std::string& chain) const;

  const Netns& netns_;
  std::set<TableId> changed_{};  // since handles were asked for
  struct Asked {
    TableId table;
    std::string chain;
    std::uint32_t since = 0;
    std::shared_future<Result<Handles>> handles;  // none where look_ has them
  };
  std::list<Asked> asked_{};
  NativeLook look_{};  // at: as `since`
  std::shared_ptr<const NftSighting> sighting_{};
  std::optional<std::uint32_t> sighted_since_{};
};

}  // namespace pyfw
