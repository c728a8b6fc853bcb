// What nftables holds in the tables of iptables, byte for byte as the kernel tells it, without the counters:
// two network namespaces in which it is the same have the same rules, and iptables-save shows the same of
// them. Where rules name sets, or their matches keep a state, it may differ though the rules are the same.

#pragma once

#include <linux/netlink.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "net/ip.h"
#include "plan/commit.h"

namespace pyfw {

// A rule as the kernel tells it: the attributes NFTA_RULE_EXPRESSIONS and NFTA_RULE_USERDATA without their
// own headers, with counters of zero.
struct NftRuleBytes {
  std::string_view expressions;
  std::string_view userdata;
};

struct NftChainImage {
  bool accepts = true;
  std::string bytes;                // of all rules, one behind the other
  std::vector<std::size_t> ends{};  // in there: for each rule where its expressions end, and its userdata
  // Of the rules, and no part of what it looks like.
  std::vector<std::uint64_t> handles{};
  std::vector<Counters> counters{};

  [[nodiscard]] std::size_t size() const { return handles.size(); }
  [[nodiscard]] NftRuleBytes rule(std::size_t i) const;
  [[nodiscard]] std::uint64_t print(std::size_t i) const;  // a hash of its bytes
  void clear();                                            // of all rules
  bool operator==(const NftChainImage& other) const {
    return accepts == other.accepts && ends == other.ends && bytes == other.bytes;
  }
};

// Adds the rule that the kernel's answer to NFT_MSG_GETRULE holds.
void append_rule(const nlmsghdr& message, NftChainImage& image);

// By table and chain. Builtin chains that nobody has touched are left out.
using NftImage = std::map<std::pair<std::string, std::string>, NftChainImage>;

// In the network namespace of the calling thread. Fails where the kernel does not answer, or others write
// faster than it can be read.
Result<NftImage> read_nft_image(Family family);

// Whether it looks like that, without keeping what is read.
Result<bool> looks_like(const NftImage& image, Family family);

}  // namespace pyfw
