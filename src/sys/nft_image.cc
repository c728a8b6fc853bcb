#include "sys/nft_image.h"

#include <fmt/format.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include <system_error>

#include "base/contains.h"
#include "nf/ruleset.h"
#include "sys/netfilter_socket.h"

namespace pyfw {
namespace {

// Each with its length before it, so that two never look like two others.
void append(std::string_view bytes, std::string& image) {
  auto size = static_cast<std::uint32_t>(bytes.size());
  image.append(reinterpret_cast<const char*>(&size), sizeof size);
  image += bytes;
}

void append_expressions(const nlattr& expressions, std::string& image) {
  auto list = payload_of(expressions);
  while (const auto* element = take_attribute(list)) {
    NetlinkAttributes<NFTA_EXPR_DATA + 1> expression(element);
    auto name = expression.text(NFTA_EXPR_NAME);
    append(name, image);
    if (name != "counter" && expression[NFTA_EXPR_DATA] != nullptr)
      append(payload_of(*expression[NFTA_EXPR_DATA]), image);
  }
}

void append_rule(const nlmsghdr& message, std::string& image) {
  NetlinkAttributes<NFTA_RULE_USERDATA + 1> rule(message, sizeof(nfgenmsg));
  if (rule[NFTA_RULE_EXPRESSIONS] != nullptr) append_expressions(*rule[NFTA_RULE_EXPRESSIONS], image);
  append(rule[NFTA_RULE_USERDATA] != nullptr ? payload_of(*rule[NFTA_RULE_USERDATA]) : "", image);
}

class Reader {
 public:
  Reader(Family family, NetfilterSocket socket) : family_(family), socket_(std::move(socket)) {}

  Result<NftImage> read() {
    TRY_VOID(ask(
        dump(NFT_MSG_GETCHAIN), [&] { chains_.clear(); },
        [&](const nlmsghdr& message) { note_chain(message); }));
    NftImage image;
    for (const auto& chain : chains_) {
      std::string rules;
      // A chain at a time: one dump of a table is quadratic in its rules.
      if (chain.is_used)
        TRY_VOID(ask(
            dump(NFT_MSG_GETRULE).add(NFTA_RULE_TABLE, chain.table).add(NFTA_RULE_CHAIN, chain.name),
            [&] { rules.clear(); }, [&](const nlmsghdr& message) { append_rule(message, rules); }));
      if (rules.empty() && chain.accepts && is_builtin(chain.table, chain.name)) continue;
      image[{chain.table, chain.name}] = (chain.accepts ? "accept" : "drop") + rules;
    }
    return image;
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
};

}  // namespace

Result<NftImage> read_nft_image(Family family) {
  TRY(auto socket, NetfilterSocket::open());
  return Reader(family, std::move(socket)).read();
}

}  // namespace pyfw
