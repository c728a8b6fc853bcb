// The rules of nftables by their handles, and the generation that tells whether anyone wrote meanwhile.
//
//   TRY(auto nft, NftRules::open());
//   TRY(auto generation, nft.generation());
//   …                                                 // iptables-save
//   TRY(auto handles, nft.handles_of_chain(Family::kIpv4, "filter", "INPUT"));
//   TRY(bool done, nft.delete_rules(Family::kIpv4, "filter", {{{"INPUT", handles[2]}}}, generation));

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "net/ip.h"
#include "netlink/netfilter_socket.h"
#include "nft/nft_batch.h"
#include "nft/nft_image.h"

namespace pyfw {

struct RuleHandle {
  std::string chain;
  std::uint64_t handle = 0;

  bool operator==(const RuleHandle&) const = default;
};

// A chain of iptables by the handles of its rules. As long as the table lives, a handle is given twice only
// to a rule that replaces another one in its place (`iptables -R`); so what each looks like is told too.
struct ChainOfHandles {
  std::string name;
  std::optional<std::string> policy;  // of a builtin one
  std::vector<std::uint64_t> rules;
  std::vector<std::uint64_t> prints{};  // of the rules: a hash of their bytes, without counters
  std::vector<Counters> counters{};     // of the rules

  [[nodiscard]] std::uint64_t print(std::size_t i) const { return i < prints.size() ? prints[i] : 0; }
  // Whatever they have counted.
  bool operator==(const ChainOfHandles& other) const {
    return name == other.name && policy == other.policy && rules == other.rules && prints == other.prints;
  }
};

struct TableOfHandles {
  std::uint64_t handle = 0;  // of the table: another one when it was deleted and made anew
  std::vector<ChainOfHandles> chains{};
};

class NftRules {
 public:
  // In the network namespace of the calling thread; no table comes to be by any of this.
  static Result<NftRules> open();

  // A commit that changes something makes it greater by one. What is read after this is of this generation or
  // a later one.
  Result<std::uint32_t> generation();

  // The same, without waiting for a commit that is under way: some of its rules may not be there yet.
  Result<std::uint32_t> newest_generation();

  // In the order of the rules: the n-th is that of the n-th `-A` line of iptables-save. None where there is
  // no such chain.
  Result<std::vector<std::uint64_t>> handles_of_chain(Family family, const std::string& table,
                                                      const std::string& chain);

  // Does not see to it that nobody writes meanwhile: ask for the generation before and after.
  // Without chains where there is no such table.
  Result<TableOfHandles> table_by_handles(Family family, const std::string& table);

  // A rule by its handle, as an image of a chain that has only this one; none where it is gone.
  Result<std::optional<NftChainImage>> rule_bytes(Family family, const std::string& table,
                                                  const std::string& chain, std::uint64_t handle);

  // The names of its chains.
  Result<std::vector<std::string>> chains_of(Family family, const std::string& table);

  // Sends a change. False where someone has written since the
  // generation that it carries, and nothing is done.
  Result<bool> commit(NftBatch batch);

  // Deletes all of them or none, in one commit. False where someone has written since `generation`, and
  // nothing is done.
  Result<bool> delete_rules(Family family, const std::string& table, std::span<const RuleHandle> rules,
                            std::uint32_t generation);

 private:
  explicit NftRules(NetfilterSocket socket) : socket_(std::move(socket)) {}

  // Whether that is the generation, and no commit is under way.
  Result<bool> is_settled_at(std::uint32_t generation);

  NetfilterSocket socket_;
};

}  // namespace pyfw
