#include "nft/nft_image.h"

#include <fmt/format.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include <algorithm>
#include <bit>
#include <functional>
#include <system_error>

#include "base/contains.h"
#include "netlink/netfilter_socket.h"
#include "nf/ruleset.h"

namespace pyfw {
namespace {

// What an expression counts is set to zero where it stands, and told.
void take_counter(const nlattr& expression, std::string_view expressions, std::string& image, std::size_t at,
                  Counters& counters) {
  NetlinkAttributes<NFTA_EXPR_DATA + 1> parts(&expression);
  if (parts.text(NFTA_EXPR_NAME) != "counter") return;
  NetlinkAttributes<NFTA_COUNTER_PACKETS + 1> counter(parts[NFTA_EXPR_DATA]);
  counters = {.packets = counter.long_number(NFTA_COUNTER_PACKETS),
              .bytes = counter.long_number(NFTA_COUNTER_BYTES)};
  for (auto type : {NFTA_COUNTER_BYTES, NFTA_COUNTER_PACKETS}) {
    if (counter[type] == nullptr) continue;
    auto number = payload_of(*counter[type]);
    std::ranges::fill_n(
        image.begin() + static_cast<std::ptrdiff_t>(at) + (number.data() - expressions.data()),
        static_cast<std::ptrdiff_t>(number.size()), '\0');
  }
}

class Reader {
 public:
  Reader(Family family, NetfilterSocket socket) : family_(family), socket_(std::move(socket)) {}

  Result<NftImage> read() {
    TRY_VOID(read_chains());
    NftImage image;
    for (const auto& chain : chains_) {
      NftChainImage rules{.accepts = chain.accepts, .bytes = {}};
      TRY_VOID(read_rules(
          chain, [&] { rules = {.accepts = chain.accepts, .bytes = {}}; },
          [&](const nlmsghdr& message) { append_rule(message, rules); }));
      if (rules.size() != 0 || says_something(chain)) image[{chain.table, chain.name}] = std::move(rules);
    }
    return image;
  }

  Result<bool> is_like(const NftImage& image) {
    TRY_VOID(read_chains());
    std::size_t chains = 0;
    for (const auto& chain : chains_) {
      auto found = image.find({chain.table, chain.name});
      const auto* wanted = found == image.end() ? nullptr : &found->second;
      if (wanted != nullptr && wanted->accepts != chain.accepts) return false;
      std::size_t rules = 0;
      bool is_same = true;
      TRY_VOID(read_rules(
          chain,
          [&] {
            rules = 0;
            is_same = true;
          },
          [&](const nlmsghdr& message) {
            is_same = is_same && wanted != nullptr && rules < wanted->size() &&
                      is_rule(message, wanted->rule(rules));
            ++rules;
          }));
      if (!is_same || rules != (wanted == nullptr ? 0 : wanted->size())) return false;
      if (wanted == nullptr && says_something(chain)) return false;
      chains += wanted == nullptr ? 0 : 1;
    }
    return chains == image.size();
  }

 private:
  struct NftChain {
    std::string table;
    std::string name;
    bool accepts = true;
    bool is_used = false;
  };

  [[nodiscard]] NetfilterRequest dump(std::uint8_t message) const {
    return {NFNL_SUBSYS_NFTABLES, message, nfproto(family_), NLM_F_DUMP};
  }

  Result<void> read_chains() {
    return ask(
        dump(NFT_MSG_GETCHAIN), [&] { chains_.clear(); },
        [&](const nlmsghdr& message) { note_chain(message); });
  }

  // A chain at a time: one dump of a table is quadratic in its rules.
  Result<void> read_rules(const NftChain& chain, const std::function<void()>& begin,
                          const NetfilterSocket::OnAnswer& each) {
    if (!chain.is_used) return {};
    return ask(dump(NFT_MSG_GETRULE).add(NFTA_RULE_TABLE, chain.table).add(NFTA_RULE_CHAIN, chain.name),
               begin, each);
  }

  // Without any rule in it.
  static bool says_something(const NftChain& chain) {
    return !chain.accepts || !is_builtin(chain.table, chain.name);
  }

  bool is_rule(const nlmsghdr& message, const NftRuleBytes& wanted) {
    one_.clear();
    append_rule(message, one_);
    auto rule = one_.rule(0);
    return rule.expressions == wanted.expressions && rule.userdata == wanted.userdata;
  }

  Result<void> ask(NetfilterRequest request, const std::function<void()>& begin,
                   const NetfilterSocket::OnAnswer& each) {
    int error = socket_.ask_until_whole(request, begin, each);
    if (error != 0) return fail(fmt::format("nftables: {}", std::generic_category().message(error)));
    return {};
  }

  void note_chain(const nlmsghdr& message) {
    NetlinkAttributes<NFTA_CHAIN_MAX + 1> attributes(message, sizeof(nfgenmsg));
    NftChain chain{.table = std::string(attributes.text(NFTA_CHAIN_TABLE)),
                   .name = std::string(attributes.text(NFTA_CHAIN_NAME)),
                   .is_used = attributes.number(NFTA_CHAIN_USE) != 0};
    if (!contains(table_names(), chain.table)) return;
    if (attributes[NFTA_CHAIN_POLICY] != nullptr)
      chain.accepts = attributes.number(NFTA_CHAIN_POLICY) == NF_ACCEPT;
    chains_.push_back(std::move(chain));
  }

  Family family_;
  NetfilterSocket socket_;
  std::vector<NftChain> chains_;
  NftChainImage one_;  // used again and again
};

}  // namespace

void append_rule(const nlmsghdr& message, NftChainImage& image) {
  NetlinkAttributes<NFTA_RULE_USERDATA + 1> rule(message, sizeof(nfgenmsg));
  image.handles.push_back(rule.long_number(NFTA_RULE_HANDLE));
  auto& counters = image.counters.emplace_back();
  if (rule[NFTA_RULE_EXPRESSIONS] != nullptr) {
    auto expressions = payload_of(*rule[NFTA_RULE_EXPRESSIONS]);
    auto at = image.bytes.size();
    image.bytes += expressions;
    auto list = expressions;
    while (const auto* expression = take_attribute(list))
      take_counter(*expression, expressions, image.bytes, at, counters);
  }
  image.ends.push_back(image.bytes.size());
  if (rule[NFTA_RULE_USERDATA] != nullptr) image.bytes += payload_of(*rule[NFTA_RULE_USERDATA]);
  image.ends.push_back(image.bytes.size());
}

NftRuleBytes NftChainImage::rule(std::size_t i) const {
  std::string_view all = bytes;
  auto begin = i == 0 ? 0 : ends[2 * i - 1];
  return {.expressions = all.substr(begin, ends[2 * i] - begin),
          .userdata = all.substr(ends[2 * i], ends[2 * i + 1] - ends[2 * i])};
}

std::uint64_t NftChainImage::print(std::size_t i) const {
  auto [expressions, userdata] = rule(i);
  std::hash<std::string_view> hash;
  return hash(expressions) ^ std::rotl(hash(userdata), 1);
}

void NftChainImage::clear() {
  bytes.clear();
  ends.clear();
  handles.clear();
  counters.clear();
}

Result<NftImage> read_nft_image(Family family) {
  TRY(auto socket, NetfilterSocket::open());
  return Reader(family, std::move(socket)).read();
}

Result<bool> looks_like(const NftImage& image, Family family) {
  TRY(auto socket, NetfilterSocket::open());
  return Reader(family, std::move(socket)).is_like(image);
}

}  // namespace pyfw
