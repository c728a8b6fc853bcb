#include "trace/sieve.h"

#include <bit>
#include <cstring>
#include <string_view>

#include "trace/bits.h"

namespace pyfw {
namespace {

enum Word : std::size_t { kSourceWord, kDestinationWord, kHeaderWord, kInterfaceWord };

// The header's word: eight bits of protocol, sixteen of port, eight of state.
constexpr unsigned kProtocolShift = 24;
constexpr unsigned kPortShift = 8;

// FNV-1a, folded to what there is room for.
std::uint32_t hash_of(std::string_view name) {
  std::uint32_t hash = 2166136261U;
  for (char c : name) hash = (hash ^ static_cast<std::uint8_t>(c)) * 16777619U;
  return (hash ^ hash >> 16U) & 0xffffU;
}

// IPv4 fits; of IPv6 only whole addresses can be told apart.
std::uint32_t word_of(const Ip& ip) {
  auto bits = bits_of(ip);
  auto folded = bits.high ^ bits.low;
  auto upper = static_cast<std::uint32_t>(folded >> 32U);
  return ip.family() == Family::kIpv4 ? upper : upper ^ static_cast<std::uint32_t>(folded);
}

std::uint32_t state_bit(CtState state) { return 1U << static_cast<unsigned>(state); }

// The same of CtStateBit's.
std::uint32_t state_bits(std::uint32_t asked) {
  std::uint32_t out = 0;
  if ((asked & kStateInvalid) != 0) out |= state_bit(CtState::kInvalid);
  if ((asked & kStateNew) != 0) out |= state_bit(CtState::kNew);
  if ((asked & kStateEstablished) != 0) out |= state_bit(CtState::kEstablished);
  if ((asked & kStateRelated) != 0) out |= state_bit(CtState::kRelated);
  if ((asked & kStateUntracked) != 0) out |= state_bit(CtState::kUntracked);
  return out;
}

// The bits that all of a range have the same.
std::uint32_t common_bits(std::uint32_t first, std::uint32_t last) {
  return first == last ? ~0U : ~(~0U >> static_cast<unsigned>(std::countl_zero(first ^ last)));
}

struct Wanted {
  SieveKey values{};
  SieveKey masks{};

  void want(Word word, std::uint32_t value, std::uint32_t mask) {
    // Two conditions on one field: the first is enough.
    if ((masks[word] & mask) != 0) return;
    values[word] |= value & mask;
    masks[word] |= mask;
  }
};

void want(Wanted& wanted, const AddressIn& asked) {
  if (asked.inverted || asked.if_absent) return;
  if (asked.field != AddressField::kSource && asked.field != AddressField::kDestination) return;
  auto word = asked.field == AddressField::kSource ? kSourceWord : kDestinationWord;
  if (asked.first == asked.last) return wanted.want(word, word_of(asked.first), ~0U);
  if (asked.first.family() != Family::kIpv4) return;
  wanted.want(word, word_of(asked.first), common_bits(word_of(asked.first), word_of(asked.last)));
}

void want(Wanted& wanted, const NumberIn& asked) {
  if (!asked.more.empty()) return;
  if (asked.field == NumberField::kCtState) {
    // Every packet has a state. Any of these; a translated packet may be one of the last two in every state.
    bool is_any_of = !asked.inverted && asked.range == NumberRange{.first = 1, .last = ~0U};
    if (is_any_of && (asked.mask & (kStateSnat | kStateDnat)) == 0)
      wanted.want(kHeaderWord, 0, 0xffU & ~state_bits(asked.mask));
    return;
  }
  if (asked.if_absent || asked.inverted || asked.mask != ~0U) return;
  auto value = asked.range.first;
  auto common = common_bits(value, asked.range.last);
  if (asked.field == NumberField::kProtocol)
    return wanted.want(kHeaderWord, value << kProtocolShift, (common & 0xffU) << kProtocolShift);
  if (asked.field == NumberField::kDestinationPort)
    return wanted.want(kHeaderWord, value << kPortShift, (common & 0xffffU) << kPortShift);
}

void want(Wanted& wanted, const InterfaceIs& asked) {
  if (asked.inverted || asked.is_prefix) return;
  auto hash = hash_of(asked.name);
  if (asked.field == InterfaceField::kIn) return wanted.want(kInterfaceWord, hash << 16U, 0xffff0000U);
  if (asked.field == InterfaceField::kOut) return wanted.want(kInterfaceWord, hash, 0xffffU);
}

template <typename Other>
void want(Wanted& /*wanted*/, const Other& /*asked*/) {}

}  // namespace

SieveKey sieve_key(const Encounter& encounter) {
  const auto& packet = encounter.packet;
  SieveKey key{};
  key[kSourceWord] = word_of(packet.source);
  key[kDestinationWord] = word_of(packet.destination);
  key[kHeaderWord] = static_cast<std::uint32_t>(packet.protocol) << kProtocolShift |
                     static_cast<std::uint32_t>(packet.destination_port) << kPortShift |
                     state_bit(encounter.state);
  key[kInterfaceWord] = hash_of(encounter.in_interface) << 16U | hash_of(encounter.out_interface);
  return key;
}

SieveKey sieve_mask(const SieveOpen& open) {
  SieveKey mask{};
  mask.fill(~0U);
  if (open.source) mask[kSourceWord] = 0;
  if (open.destination) mask[kDestinationWord] = 0;
  if (open.destination_port) mask[kHeaderWord] = ~(0xffffU << kPortShift);
  return mask;
}

void Sieve::add(const CompiledRule& rule) {
  Wanted wanted;
  for (const auto& condition : rule.conditions)
    std::visit([&](const auto& asked) { want(wanted, asked); }, condition.kind);
  auto at = size_++ % kWidth;
  if (at == 0) lanes_.emplace_back();
  for (std::size_t word = 0; word < kSieveWords; ++word) {
    lanes_.back().values[word][at / 4][at % 4] = wanted.values[word];
    lanes_.back().masks[word][at / 4][at % 4] = wanted.masks[word];
  }
}

std::uint32_t Sieve::hits(const Lane& lane, const SieveKey& key, const SieveKey& mask) {
  std::array<Four, 2> misses{};
  for (std::size_t word = 0; word < kSieveWords; ++word)
    for (std::size_t half = 0; half < 2; ++half)
      misses[half] |= (key[word] ^ lane.values[word][half]) & lane.masks[word][half] & mask[word];
  // In most lanes nothing may match; one look at all eight says so.
  auto is_hit = (misses[0] == 0) | (misses[1] == 0);
  std::array<std::uint64_t, 2> any{};
  std::memcpy(any.data(), &is_hit, sizeof any);
  std::uint32_t out = 0;
  if ((any[0] | any[1]) == 0) return out;
  for (std::size_t i = 0; i < kWidth; ++i) out |= static_cast<std::uint32_t>(misses[i / 4][i % 4] == 0) << i;
  return out;
}

std::size_t Sieve::next(const SieveKey& key, std::size_t from) const {
  return next(key, sieve_mask({}), from);
}

std::size_t Sieve::next(const SieveKey& key, const SieveKey& mask, std::size_t from) const {
  auto first = from / kWidth;
  for (auto lane = first; lane < lanes_.size(); ++lane) {
    auto found = hits(lanes_[lane], key, mask);
    if (lane == first) found &= ~0U << from % kWidth;
    if (found != 0) return lane * kWidth + static_cast<std::size_t>(std::countr_zero(found));
  }
  return size_;
}

}  // namespace pyfw
