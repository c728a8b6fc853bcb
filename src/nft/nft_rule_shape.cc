#include "nft/nft_rule_shape.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/contains.h"
#include "netlink/netfilter_socket.h"

namespace pyfw {
namespace {

using Bytes = std::span<const std::uint8_t>;

bool all_zero(Bytes bytes) {
  return std::ranges::all_of(bytes, [](auto byte) { return byte == 0; });
}

// The value inside an operand of cmp, bitwise, range or immediate; empty where there is none.
Bytes value_of(const nlattr* data) {
  NetlinkAttributes<NFTA_DATA_MAX + 1> attributes(data);
  const auto* value = attributes[NFTA_DATA_VALUE];
  if (value == nullptr) return {};
  auto payload = payload_of(*value);
  return {reinterpret_cast<const std::uint8_t*>(payload.data()), payload.size()};
}

struct Payload {
  std::uint32_t base = 0;
  std::uint32_t offset = 0;
  std::uint32_t length = 0;
  std::uint32_t to_register = 0;
};

struct Meta {
  std::uint32_t key = 0;
  std::uint32_t from_register = 0;
  std::uint32_t to_register = 0;
};

struct Compared {
  std::uint32_t operation = 0;
  Bytes value;

  [[nodiscard]] bool is_equality() const { return operation == NFT_CMP_EQ || operation == NFT_CMP_NEQ; }
};

// The rate as iptables keeps it, a hundred microseconds a packet, and as it then writes it.
bool is_rate_of_iptables(std::uint64_t rate, std::uint64_t unit) {
  constexpr std::uint64_t kScale = 10'000;
  constexpr std::array<std::uint64_t, 4> kUnits = {86'400, 3'600, 60, 1};
  if (rate == 0 || rate > kScale * unit || !contains(kUnits, unit)) return false;
  auto period = kScale * unit / rate;
  std::size_t i = 1;
  while (i < kUnits.size() && period <= kScale * kUnits[i] &&
         kScale * kUnits[i] / period >= kScale * kUnits[i] % period)
    ++i;
  return unit == kUnits[i - 1] && rate == kScale * unit / period;
}

// Reads a rule from its first expression to its last. Each part of a rule is a function that reads it if it
// comes next, and is false where it begins so and goes on otherwise.
class RuleReader {
 public:
  RuleReader(Family family, const nlattr& expressions) : family_(family), left_(payload_of(expressions)) {
    next();
  }

  bool is_whole() {
    unsigned address = family_ == Family::kIpv4 ? 12 : 8;
    unsigned bytes = address_bits(family_) / 8;
    if (!interface(NFT_META_IIFNAME) || !interface(NFT_META_OIFNAME) || !protocol() ||
        !this->address(address) || !this->address(address + bytes) || !fragment() || !matches())
      return false;
    if (name_ != "counter") return false;
    next();
    return action() && name_.empty();
  }

 private:
  void next() {
    name_ = {};
    data_ = nullptr;
    const auto* next = take_attribute(left_);
    if (next == nullptr) return;
    NetlinkAttributes<NFTA_EXPR_MAX + 1> expression(next);
    name_ = expression.text(NFTA_EXPR_NAME);
    data_ = expression[NFTA_EXPR_DATA];
    if (name_ == "payload") {
      NetlinkAttributes<NFTA_PAYLOAD_LEN + 1> payload(data_);
      payload_ = {.base = payload.number(NFTA_PAYLOAD_BASE),
                  .offset = payload.number(NFTA_PAYLOAD_OFFSET),
                  .length = payload.number(NFTA_PAYLOAD_LEN),
                  .to_register = payload.number(NFTA_PAYLOAD_DREG)};
      // What writes into the packet is another expression.
      if (payload[NFTA_PAYLOAD_DREG] == nullptr) name_ = "?";
    } else if (name_ == "meta") {
      NetlinkAttributes<NFTA_META_SREG + 1> meta(data_);
      meta_ = {.key = meta.number(NFTA_META_KEY),
               .from_register = meta.number(NFTA_META_SREG),
               .to_register = meta.number(NFTA_META_DREG)};
      if (meta[NFTA_META_DREG] == nullptr) name_ = "meta set";
    } else if (name_.empty()) {
      // What has no name is no end either.
      name_ = "?";
    }
  }

  [[nodiscard]] bool is_meta(std::uint32_t key) const { return name_ == "meta" && meta_.key == key; }
  // The register that the meta expression loads, which then lies behind us.
  std::uint32_t load_meta() {
    auto to_register = meta_.to_register;
    next();
    return to_register;
  }

  [[nodiscard]] bool is_payload(std::uint32_t base, std::uint32_t offset) const {
    return name_ == "payload" && payload_.base == base && payload_.offset == offset;
  }
  Payload load_payload() {
    auto payload = payload_;
    next();
    return payload;
  }

  // Each takes its expression, if it is one on that register.
  bool compare(std::uint32_t of_register, Compared& compared) {
    if (name_ != "cmp") return false;
    NetlinkAttributes<NFTA_CMP_MAX + 1> attributes(data_);
    if (attributes.number(NFTA_CMP_SREG) != of_register) return false;
    compared = {.operation = attributes.number(NFTA_CMP_OP), .value = value_of(attributes[NFTA_CMP_DATA])};
    next();
    return !compared.value.empty();
  }
  // Only a mask, without anything to xor.
  bool mask(std::uint32_t of_register, std::size_t length, Bytes& mask) {
    if (name_ != "bitwise") return false;
    NetlinkAttributes<NFTA_BITWISE_MAX + 1> attributes(data_);
    mask = value_of(attributes[NFTA_BITWISE_MASK]);
    auto flipped = value_of(attributes[NFTA_BITWISE_XOR]);
    bool fits = attributes.number(NFTA_BITWISE_SREG) == of_register &&
                attributes.number(NFTA_BITWISE_DREG) == of_register &&
                attributes.number(NFTA_BITWISE_OP) == NFT_BITWISE_BOOL && mask.size() == length &&
                flipped.size() == length && all_zero(flipped);
    next();
    return fits;
  }

  bool interface(std::uint32_t key) {
    if (!is_meta(key)) return true;
    auto loaded = load_meta();
    // `-i +` is loaded, and compared with nothing.
    if (name_ != "cmp") return true;
    Compared name;
    if (!compare(loaded, name) || !name.is_equality()) return false;
    // nft fills a name up with zeros. iptables ends it with one, or with none for `eth+`.
    auto zero = std::ranges::find(name.value, 0);
    auto characters = zero - name.value.begin();
    bool is_prefix = zero == name.value.end();
    return characters > 0 &&
           (is_prefix ? characters <= 14 : characters <= 15 && zero + 1 == name.value.end());
  }

  bool protocol() {
    std::uint32_t loaded = 0;
    if (is_meta(NFT_META_L4PROTO)) {
      loaded = load_meta();
    } else if (family_ == Family::kIpv4 && is_payload(NFT_PAYLOAD_NETWORK_HEADER, 9) &&
               payload_.length == 1) {
      // As older versions wrote it.
      loaded = load_payload().to_register;
    } else {
      return true;
    }
    Compared protocol;
    if (!compare(loaded, protocol) || !protocol.is_equality() || protocol.value.size() != 1) return false;
    protocol_ = protocol.value[0];
    return protocol_ != 0;
  }

  bool address(unsigned offset) {
    auto size = address_bits(family_) / 8;
    if (!is_payload(NFT_PAYLOAD_NETWORK_HEADER, offset)) return true;
    auto header = load_payload();
    Bytes mask;
    if (name_ == "bitwise" && (header.length != size || !this->mask(header.to_register, size, mask)))
      return false;
    Compared address;
    if (!compare(header.to_register, address) || !address.is_equality()) return false;
    if (address.value.size() != header.length || header.length > size) return false;
    for (std::size_t i = 0; i < mask.size(); ++i)
      if ((address.value[i] & ~mask[i]) != 0) return false;
    return mask.empty() || !all_zero(mask);
  }

  bool fragment() {
    if (family_ != Family::kIpv4 || !is_payload(NFT_PAYLOAD_NETWORK_HEADER, 6)) return true;
    auto header = load_payload();
    Bytes mask;
    if (header.length != 2 || !this->mask(header.to_register, 2, mask) || mask[0] != 0x1f || mask[1] != 0xff)
      return false;
    Compared offset;
    return compare(header.to_register, offset) && offset.is_equality() && offset.value.size() == 2 &&
           all_zero(offset.value);
  }

  bool matches() {
    while (true) {
      if (name_ == "match") {
        next();
      } else if (name_ == "limit") {
        if (!limit()) return false;
      } else if (is_meta(NFT_META_MARK)) {
        if (!mark()) return false;
      } else if (name_ == "payload") {
        if (!transport()) return false;
      } else {
        return true;
      }
    }
  }

  bool limit() {
    NetlinkAttributes<NFTA_LIMIT_MAX + 1> attributes(data_);
    next();
    return attributes.number(NFTA_LIMIT_TYPE) == NFT_LIMIT_PKTS && attributes.number(NFTA_LIMIT_FLAGS) == 0 &&
           attributes.number(NFTA_LIMIT_BURST) >= 1 && attributes.number(NFTA_LIMIT_BURST) <= 10'000 &&
           is_rate_of_iptables(attributes.long_number(NFTA_LIMIT_RATE),
                               attributes.long_number(NFTA_LIMIT_UNIT));
  }

  bool mark() {
    auto loaded = load_meta();
    Bytes mask;
    if (name_ == "bitwise" && !this->mask(loaded, 4, mask)) return false;
    Compared mark;
    return compare(loaded, mark) && mark.is_equality() && mark.value.size() == 4;
  }

  // Of each field there can be one in a rule: of two that iptables-nft itself writes, for `-m tcp --dport 80
  // -m tcp
  // --dport 81`, it shows the last.
  bool once(unsigned field) {
    bool first = (seen_ & field) == 0;
    seen_ |= field;
    return first;
  }

  bool transport() {
    constexpr unsigned kSourcePort = 1;
    constexpr unsigned kDestinationPort = 2;
    constexpr unsigned kFlags = 4;
    constexpr unsigned kNamedFlags = 0x3f;  // iptables has no words for ECE and CWR
    if (payload_.base != NFT_PAYLOAD_TRANSPORT_HEADER) return false;
    auto header = load_payload();
    bool is_tcp = protocol_ == IPPROTO_TCP;
    // Without its protocol, iptables-nft-save shows none of it.
    if (!is_tcp && protocol_ != IPPROTO_UDP) return false;
    if (header.offset == 0 && header.length == 2) return once(kSourcePort) && port(header.to_register);
    if (header.offset == 2 && header.length == 2) return once(kDestinationPort) && port(header.to_register);
    Compared compared;
    if (header.offset == 0 && header.length == 4)
      return once(kSourcePort) && once(kDestinationPort) && compare(header.to_register, compared) &&
             compared.is_equality() && compared.value.size() == 4;
    Bytes mask;
    return is_tcp && header.offset == 13 && header.length == 1 && once(kFlags) &&
           this->mask(header.to_register, 1, mask) && mask[0] != 0 && mask[0] <= kNamedFlags &&
           compare(header.to_register, compared) && compared.is_equality() && compared.value.size() == 1 &&
           compared.value[0] <= kNamedFlags;
  }

  bool port(std::uint32_t loaded) {
    if (name_ != "range") {
      Compared port;
      return compare(loaded, port) && port.value.size() == 2 &&
             (port.is_equality() || port.operation == NFT_CMP_LTE || port.operation == NFT_CMP_GT);
    }
    NetlinkAttributes<NFTA_RANGE_MAX + 1> range(data_);
    next();
    return range.number(NFTA_RANGE_SREG) == loaded && value_of(range[NFTA_RANGE_FROM_DATA]).size() == 2 &&
           value_of(range[NFTA_RANGE_TO_DATA]).size() == 2;
  }

  bool action() {
    if (name_ == "target") {
      next();
      return true;
    }
    if (name_ == "log") return nflog();
    if (name_ == "immediate") return verdict();
    return true;
  }

  // Without a group it would be nft's own `log`: iptables' LOG is a target.
  bool nflog() {
    NetlinkAttributes<NFTA_LOG_MAX + 1> log(data_);
    next();
    return log[NFTA_LOG_GROUP] != nullptr && log[NFTA_LOG_LEVEL] == nullptr &&
           log[NFTA_LOG_FLAGS] == nullptr && log.text(NFTA_LOG_PREFIX).size() <= 63;
  }

  bool verdict() {
    NetlinkAttributes<NFTA_IMMEDIATE_MAX + 1> immediate(data_);
    auto to_register = immediate.number(NFTA_IMMEDIATE_DREG);
    next();
    if (to_register != NFT_REG_VERDICT) return trace(to_register, value_of(immediate[NFTA_IMMEDIATE_DATA]));
    NetlinkAttributes<NFTA_DATA_MAX + 1> data(immediate[NFTA_IMMEDIATE_DATA]);
    NetlinkAttributes<NFTA_VERDICT_MAX + 1> verdict(data[NFTA_DATA_VERDICT]);
    if (verdict[NFTA_VERDICT_CODE] == nullptr) return false;
    switch (static_cast<std::int32_t>(verdict.number(NFTA_VERDICT_CODE))) {
      case NF_ACCEPT:
      case NF_DROP:
      case NFT_RETURN:
      case NFT_JUMP:
      case NFT_GOTO: return true;
      default: return false;
    }
  }

  // `-j TRACE`
  bool trace(std::uint32_t loaded, Bytes value) {
    bool fits = name_ == "meta set" && meta_.key == NFT_META_NFTRACE && meta_.from_register == loaded &&
                !all_zero(value);
    next();
    return fits;
  }

  Family family_;
  std::string_view left_;  // the expressions behind the next one
  std::string_view name_;  // of the next one; empty at the end
  const nlattr* data_ = nullptr;
  Payload payload_;  // where the next one is a payload, or a meta
  Meta meta_;
  std::uint8_t protocol_ = 0;
  unsigned seen_ = 0;
};

}  // namespace

bool is_shaped_by_iptables(Family family, const nlattr& expressions) {
  return RuleReader(family, expressions).is_whole();
}

}  // namespace pyfw
