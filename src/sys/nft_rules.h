// The rules of nftables by their handles, and the generation that tells whether anyone wrote meanwhile.
//
//   TRY(auto nft, NftRules::open());
//   TRY(auto generation, nft.generation());
//   …                                                 // iptables-save
//   TRY(auto handles, nft.handles_of_chain(Family::kIpv4, "filter", "INPUT"));
//   TRY(bool done, nft.delete_rules(Family::kIpv4, "filter", {{{"INPUT", handles[2]}}}, generation));

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "net/ip.h"
#include "sys/netfilter_socket.h"

namespace pyfw {

struct RuleHandle {
  std::string chain;
  std::uint64_t handle = 0;

  bool operator==(const RuleHandle&) const = default;
};

class NftRules {
 public:
  // In the network namespace of the calling thread; no table comes to be by any of this.
  static Result<NftRules> open();

  // A commit that changes something makes it greater by one. What is read after this is of this generation or
  // a later one.
  Result<std::uint32_t> generation();

  // In the order of the rules: the n-th is that of the n-th `-A` line of iptables-save. None where there is
  // no such chain.
  Result<std::vector<std::uint64_t>> handles_of_chain(Family family, const std::string& table,
                                                      const std::string& chain);

  // Deletes all of them or none, in one commit. False where someone has written since `generation`, and
  // nothing is done.
  Result<bool> delete_rules(Family family, const std::string& table, std::span<const RuleHandle> rules,
                            std::uint32_t generation);

 private:
  explicit NftRules(NetfilterSocket socket) : socket_(std::move(socket)) {}

  // Without waiting for a commit that is under way.
  Result<std::uint32_t> current_generation();
  // Whether that is the generation, and no commit is under way.
  Result<bool> is_settled_at(std::uint32_t generation);

  NetfilterSocket socket_;
};

}  // namespace pyfw
