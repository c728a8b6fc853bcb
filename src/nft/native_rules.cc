#include "nft/native_rules.h"

#include <fmt/format.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/contains.h"
#include "netlink/netfilter_socket.h"
#include "nf/ruleset.h"
#include "nft/nft_base_chain.h"
#include "nft/nft_rule_shape.h"

namespace pyfw {
namespace {

struct NftChain {
  std::string table;
  std::string name;
  std::optional<std::uint32_t> hook;  // only of a base chain
  std::int32_t priority = 0;
  std::string type;
  bool is_bound = false;  // to the rule that jumps to it, as nft does for `jump { … }`
  bool is_used = false;   // by rules of its own, or such as jump to it
};

bool is_as_iptables_makes_it(const NftChain& chain) {
  if (chain.is_bound) return false;
  if (!is_builtin(chain.table, chain.name)) return !chain.hook;
  return chain.hook && chain.hook == hook_of(chain.name) && chain.type == type_of(chain.table, chain.name) &&
         chain.priority == priority_of(chain.table, chain.name);
}

NftChain chain_from(const nlmsghdr& message) {
  NetlinkAttributes<NFTA_CHAIN_MAX + 1> attributes(message, sizeof(nfgenmsg));
  NftChain chain{.table = std::string(attributes.text(NFTA_CHAIN_TABLE)),
                 .name = std::string(attributes.text(NFTA_CHAIN_NAME)),
                 .hook = {},
                 .type = std::string(attributes.text(NFTA_CHAIN_TYPE)),
                 .is_bound = (attributes.number(NFTA_CHAIN_FLAGS) & NFT_CHAIN_BINDING) != 0,
                 .is_used = attributes.number(NFTA_CHAIN_USE) != 0};
  if (attributes[NFTA_CHAIN_HOOK] != nullptr) {
    NetlinkAttributes<NFTA_HOOK_MAX + 1> hook(attributes[NFTA_CHAIN_HOOK]);
    chain.hook = hook.number(NFTA_HOOK_HOOKNUM);
    chain.priority = static_cast<std::int32_t>(hook.number(NFTA_HOOK_PRIORITY));
  }
  return chain;
}

bool is_of_iptables(std::string_view table) { return contains(table_names(), table); }

class Tables {
 public:
  Tables(Family family, NetfilterSocket socket) : family_(family), socket_(std::move(socket)) {}

  Result<HandlesOfChains> check() {
    if (!has_any()) return HandlesOfChains();
    auto chains = this->chains();
    for (const auto& chain : chains) TRY_VOID(check_rules(chain));
    for (const auto& chain : chains)
      if (!is_as_iptables_makes_it(chain))
        return hidden(chain.table, fmt::format("the chain '{}'", chain.name));
    TRY_VOID(check_none_of(NFT_MSG_GETSET, NFTA_SET_TABLE, NFTA_SET_NAME, "set or map"));
    TRY_VOID(check_none_of(NFT_MSG_GETOBJ, NFTA_OBJ_TABLE, NFTA_OBJ_NAME, "object"));
    TRY_VOID(check_none_of(NFT_MSG_GETFLOWTABLE, NFTA_FLOWTABLE_TABLE, NFTA_FLOWTABLE_NAME, "flowtable"));
    TRY_VOID(check_awake());
    return std::move(handles_);
  }

 private:
  NetfilterRequest dump(std::uint8_t message) const {
    return {NFNL_SUBSYS_NFTABLES, message, nfproto(family_), NLM_F_DUMP};
  }

  // A part of nftables that the kernel does not have is empty.
  void ask(NetfilterRequest request, const std::function<void()>& begin,
           const NetfilterSocket::OnAnswer& each) {
    (void)socket_.ask_until_whole(request, begin, each);
  }

  bool has_any() {
    bool any = false;
    ask(
        dump(NFT_MSG_GETTABLE), [&] { dormant_.clear(); },
        [&](const nlmsghdr& message) {
          NetlinkAttributes<NFTA_TABLE_MAX + 1> attributes(message, sizeof(nfgenmsg));
          auto name = attributes.text(NFTA_TABLE_NAME);
          if (!is_of_iptables(name)) return;
          any = true;
          if ((attributes.number(NFTA_TABLE_FLAGS) & NFT_TABLE_F_DORMANT) != 0) dormant_ = name;
        });
    return any;
  }

  std::vector<NftChain> chains() {
    std::vector<NftChain> chains;
    ask(
        dump(NFT_MSG_GETCHAIN), [&] { chains.clear(); },
        [&](const nlmsghdr& message) {
          auto chain = chain_from(message);
          if (is_of_iptables(chain.table)) chains.push_back(std::move(chain));
        });
    return chains;
  }

  // A chain at a time: one dump of a table is quadratic in its rules.
  Result<void> check_rules(const NftChain& chain) {
    if (!chain.is_used) return {};
    auto& handles = handles_[{chain.table, chain.name}];
    std::size_t native = 0;
    ask(
        dump(NFT_MSG_GETRULE).add(NFTA_RULE_TABLE, chain.table).add(NFTA_RULE_CHAIN, chain.name),
        [&] {
          handles.clear();
          native = 0;
        },
        [&](const nlmsghdr& message) {
          NetlinkAttributes<NFTA_RULE_EXPRESSIONS + 1> rule(message, sizeof(nfgenmsg));
          handles.push_back(rule.long_number(NFTA_RULE_HANDLE));
          if (native == 0 && !is_shaped(rule[NFTA_RULE_EXPRESSIONS])) native = handles.size();
        });
    if (native == 0) return {};
    return fail(
        fmt::format("table '{}' of {} holds rules that iptables can't show: rule {} of chain '{}'",
                    chain.table, program_of(family_), native, chain.name),
        "they were written by nft itself: see `nft list ruleset`, and move them to a table of their own");
  }

  [[nodiscard]] bool is_shaped(const nlattr* expressions) const {
    return expressions != nullptr && is_shaped_by_iptables(family_, *expressions);
  }

  Result<void> check_none_of(std::uint8_t message, int table, int name, std::string_view kind) {
    std::string of_table;
    std::string found;
    ask(
        dump(message), [] {},
        [&](const nlmsghdr& answer) {
          NetlinkAttributes<4> attributes(answer, sizeof(nfgenmsg));
          if (!is_of_iptables(attributes.text(table))) return;
          of_table = attributes.text(table);
          found = attributes.text(name);
        });
    if (of_table.empty()) return {};
    return hidden(of_table, fmt::format("the {} '{}'", kind, found));
  }

  [[nodiscard]] Result<void> check_awake() const {
    if (dormant_.empty()) return {};
    return fail(
        fmt::format("table '{}' of {} is dormant: no packet meets its rules", dormant_, program_of(family_)),
        fmt::format("wake it: nft add table {} {}", family_ == Family::kIpv4 ? "ip" : "ip6", dormant_));
  }

  [[nodiscard]] std::unexpected<Error> hidden(std::string_view table, std::string_view what) const {
    return fail(
        fmt::format("table '{}' of {} holds what iptables can't show: {}", table, program_of(family_), what),
        "it was made by nft itself: see `nft list ruleset`, and move it to a table of its own");
  }

  Family family_;
  NetfilterSocket socket_;
  std::string dormant_;
  HandlesOfChains handles_;
};

}  // namespace

Result<HandlesOfChains> refuse_native_rules(Family family) {
  auto socket = NetfilterSocket::open();
  // Where the kernel can't be asked there is no nftables.
  if (!socket) return HandlesOfChains();
  return Tables(family, std::move(*socket)).check();
}

}  // namespace pyfw
