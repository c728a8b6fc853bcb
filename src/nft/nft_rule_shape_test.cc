#include "nft/nft_rule_shape.h"

#include <gtest/gtest.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <cstring>
#include <functional>
#include <vector>

#include "netlink/netfilter_socket.h"

namespace pyfw {
namespace {

// The attribute NFTA_RULE_EXPRESSIONS as bytes, which a test may spoil.
class Expressions {
 public:
  Expressions() : nest_(mnl_attr_nest_start(mnl_nlmsg_put_header(page_.data()), NFTA_RULE_EXPRESSIONS)) {}

  Expressions& add(const char* name, const std::function<void(nlmsghdr*)>& fill) {
    auto* element = mnl_attr_nest_start(header(), NFTA_LIST_ELEM);
    mnl_attr_put_strz(header(), NFTA_EXPR_NAME, name);
    auto* data = mnl_attr_nest_start(header(), NFTA_EXPR_DATA);
    fill(header());
    mnl_attr_nest_end(header(), data);
    mnl_attr_nest_end(header(), element);
    return *this;
  }

  std::vector<char> bytes() {
    mnl_attr_nest_end(header(), nest_);
    const char* begin = reinterpret_cast<const char*>(nest_);
    return {begin, begin + nest_->nla_len};
  }

 private:
  nlmsghdr* header() { return reinterpret_cast<nlmsghdr*>(page_.data()); }

  alignas(nlmsghdr) std::array<char, 4096> page_{};
  nlattr* nest_;
};

void put_value(nlmsghdr* header, std::uint16_t type, std::string_view value) {
  auto* nest = mnl_attr_nest_start(header, type);
  mnl_attr_put(header, NFTA_DATA_VALUE, value.size(), value.data());
  mnl_attr_nest_end(header, nest);
}

// -s 10.0.0.0/9 -p tcp -m tcp --dport 80 -j ACCEPT, or with another comparison of the port
std::vector<char> a_rule(std::uint32_t comparison = NFT_CMP_EQ) {
  auto put = [](nlmsghdr* header, std::uint16_t type, std::uint32_t number) {
    mnl_attr_put_u32(header, type, htobe32(number));
  };
  auto payload = [&](std::uint32_t base, std::uint32_t offset, std::uint32_t length) {
    return [=](nlmsghdr* header) {
      put(header, NFTA_PAYLOAD_DREG, NFT_REG_1);
      put(header, NFTA_PAYLOAD_BASE, base);
      put(header, NFTA_PAYLOAD_OFFSET, offset);
      put(header, NFTA_PAYLOAD_LEN, length);
    };
  };
  auto cmp = [&](std::uint32_t operation, std::string_view value) {
    return [=](nlmsghdr* header) {
      put(header, NFTA_CMP_SREG, NFT_REG_1);
      put(header, NFTA_CMP_OP, operation);
      put_value(header, NFTA_CMP_DATA, value);
    };
  };
  using namespace std::string_view_literals;
  return Expressions()
      .add("meta",
           [&](nlmsghdr* header) {
             put(header, NFTA_META_KEY, NFT_META_L4PROTO);
             put(header, NFTA_META_DREG, NFT_REG_1);
           })
      .add("cmp", cmp(NFT_CMP_EQ, "\x06"))
      .add("payload", payload(NFT_PAYLOAD_NETWORK_HEADER, 12, 4))
      .add("bitwise",
           [&](nlmsghdr* header) {
             put(header, NFTA_BITWISE_SREG, NFT_REG_1);
             put(header, NFTA_BITWISE_DREG, NFT_REG_1);
             put(header, NFTA_BITWISE_LEN, 4);
             put_value(header, NFTA_BITWISE_MASK, "\xff\x80\0\0"sv);
             put_value(header, NFTA_BITWISE_XOR, "\0\0\0\0"sv);
           })
      .add("cmp", cmp(NFT_CMP_EQ, "\x0a\0\0\0"sv))
      .add("payload", payload(NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2))
      .add("cmp", cmp(comparison, "\0\x50"sv))
      .add("counter", [](nlmsghdr*) {})
      .add("immediate",
           [&](nlmsghdr* header) {
             put(header, NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT);
             auto* data = mnl_attr_nest_start(header, NFTA_IMMEDIATE_DATA);
             auto* verdict = mnl_attr_nest_start(header, NFTA_DATA_VERDICT);
             put(header, NFTA_VERDICT_CODE, NF_ACCEPT);
             mnl_attr_nest_end(header, verdict);
             mnl_attr_nest_end(header, data);
           })
      .bytes();
}

bool is_shaped(const std::vector<char>& bytes) {
  return is_shaped_by_iptables(Family::kIpv4, *reinterpret_cast<const nlattr*>(bytes.data()));
}

TEST(NftRuleShape, KnowsWhatIptablesWrites) {
  EXPECT_TRUE(is_shaped(a_rule()));
  EXPECT_FALSE(is_shaped(a_rule(NFT_CMP_GTE)));
  EXPECT_FALSE(is_shaped_by_iptables(Family::kIpv6, *reinterpret_cast<const nlattr*>(a_rule().data())));
}

TEST(NftRuleShape, ARuleWithoutExpressionsIsNotOfIptables) { EXPECT_FALSE(is_shaped(Expressions().bytes())); }

RC_GTEST_PROP(NftRuleShape, SpoiltBytesAreReadWithoutLeavingThem, ()) {
  auto bytes = a_rule();
  for (auto [at, value] : *rc::gen::container<std::vector<std::pair<std::size_t, char>>>(rc::gen::pair(
           rc::gen::inRange<std::size_t>(sizeof(nlattr), bytes.size()), rc::gen::arbitrary<char>())))
    bytes[at] = value;
  // Ends anywhere, and the sanitizer sees who reads on.
  auto size = *rc::gen::inRange<std::size_t>(sizeof(nlattr), bytes.size() + 1);
  std::vector<char> cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
  reinterpret_cast<nlattr*>(cut.data())->nla_len = static_cast<std::uint16_t>(size);
  is_shaped(cut);
}

}  // namespace
}  // namespace pyfw
