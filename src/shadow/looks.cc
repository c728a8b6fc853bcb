#include "shadow/looks.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <utility>

#include "net/protocol.h"
#include "prove/packet_space.h"

namespace pyfw {
namespace {

constexpr std::array kAddresses = {Look::kSource,         Look::kDestination,
                                   Look::kOriginalSource, Look::kOriginalDestination,
                                   Look::kReplySource,    Look::kReplyDestination};
constexpr std::array kNames = {Look::kIn, Look::kOut, Look::kPhysicalIn, Look::kPhysicalOut};

Look look_of(NumberField field) {
  switch (field) {
    case NumberField::kProtocol: return Look::kProtocol;
    case NumberField::kFragment: return Look::kFragment;
    case NumberField::kSourcePort: return Look::kSourcePort;
    case NumberField::kDestinationPort: return Look::kDestinationPort;
    case NumberField::kTcpFlags: return Look::kTcpFlags;
    case NumberField::kTcpOptions: return Look::kTcpOptions;
    case NumberField::kIcmp: return Look::kIcmp;
    case NumberField::kTtl: return Look::kTtl;
    case NumberField::kTos: return Look::kTos;
    case NumberField::kLength: return Look::kLength;
    case NumberField::kMark: return Look::kMark;
    case NumberField::kPacketType: return Look::kPacketType;
    case NumberField::kPhysicalInterfaces: return Look::kPhysicalIn;
    case NumberField::kCtState: return Look::kCtState;
    case NumberField::kCtStatus: return Look::kCtStatus;
    case NumberField::kCtDirection: return Look::kCtDirection;
    case NumberField::kCtProtocol: return Look::kCtProtocol;
    case NumberField::kOriginalSourcePort: return Look::kOriginalSourcePort;
    case NumberField::kOriginalDestinationPort: return Look::kOriginalDestinationPort;
    case NumberField::kReplySourcePort: return Look::kReplySourcePort;
    case NumberField::kReplyDestinationPort: return Look::kReplyDestinationPort;
    case NumberField::kConnmark: return Look::kConnmark;
    case NumberField::kSocket: return Look::kSocket;
    case NumberField::kUid: return Look::kUid;
    case NumberField::kGid: return Look::kGid;
    case NumberField::kSourceIsEui64: return Look::kSourceIsEui64;
  }
  std::unreachable();
}

}  // namespace

Look look_of(AddressField field) {
  switch (field) {
    case AddressField::kSource: return Look::kSource;
    case AddressField::kDestination: return Look::kDestination;
    case AddressField::kOriginalSource: return Look::kOriginalSource;
    case AddressField::kOriginalDestination: return Look::kOriginalDestination;
    case AddressField::kReplySource: return Look::kReplySource;
    case AddressField::kReplyDestination: return Look::kReplyDestination;
  }
  std::unreachable();
}

Look look_of(InterfaceField field) {
  switch (field) {
    case InterfaceField::kIn: return Look::kIn;
    case InterfaceField::kOut: return Look::kOut;
    case InterfaceField::kPhysicalIn: return Look::kPhysicalIn;
    case InterfaceField::kPhysicalOut: return Look::kPhysicalOut;
  }
  std::unreachable();
}

Looks::Looks(Family family, NamesAre names, std::size_t most_nodes)
    : family_(family), names_are_(names), bdd_(most_nodes) {
  auto last = span_of(Prefix{.ip = ip_of(family, Point{}), .length = 0}).last;
  for (auto look : kAddresses) addresses_.emplace(look, Classes(last));
  for (auto look : kNames) names_.emplace(look, NameClasses());
}

Looks::Question Looks::ask(Look address, Spans spans) {
  return {.look = address, .number = addresses_.at(address).add(std::move(spans))};
}

void Looks::ask(const InterfaceIs& asked) {
  names_.at(look_of(asked.field)).add(asked.name, asked.is_prefix);
}

unsigned Looks::bits_of(Look look) const {
  auto for_classes = [](std::uint32_t count) { return static_cast<unsigned>(std::bit_width(count - 1)); };
  if (auto found = addresses_.find(look); found != addresses_.end())
    return for_classes(found->second.count());
  if (auto found = names_.find(look); found != names_.end()) return for_classes(found->second.count());
  switch (look) {
    case Look::kFragment:
    case Look::kHasConnection:
    case Look::kIsBridged:
    case Look::kCtDirection:
    case Look::kSocket:
    case Look::kHasOwner:
    case Look::kHasMac:
    case Look::kSourceIsEui64: return 1;
    case Look::kPacketType: return 2;
    case Look::kProtocol:
    case Look::kTcpFlags:
    case Look::kTcpOptions:
    case Look::kTtl:
    case Look::kTos:
    case Look::kCtState:
    case Look::kCtStatus:
    case Look::kCtProtocol: return 8;
    case Look::kMac: return 48;
    case Look::kLength:  // with BIG TCP it is more than 16 bits hold
    case Look::kMark:
    case Look::kConnmark:
    case Look::kUid:
    case Look::kGid: return 32;
    default: return 16;
  }
}

void Looks::lay_out() {
  std::array<Look, kLooks> order{};
  for (std::size_t i = 0; i < kLooks; ++i) order[i] = static_cast<Look>(i);
  if (names_are_ == NamesAre::kLast)
    std::rotate(order.begin(), order.begin() + 2, std::ranges::find(order, Look::kHasConnection));
  for (auto look : order) {
    auto bits = bits_of(look);
    auto& at = blocks_[static_cast<std::size_t>(look)];
    at = {.first = variables_, .bits = bits};
    // Where one mark is copied to the other, their bits must be near each other, or no diagram could hold it.
    if (look == Look::kMark) at.stride = 2;
    if (look == Look::kConnmark) at = {.first = block(Look::kMark).first + 1, .bits = bits, .stride = 2};
    variables_ += bits;
  }
  settled_ = variables_;
}

void Looks::settle() {
  for (auto& [look, classes] : addresses_) classes.cut();
  lay_out();
  auto only_classes = [&](Look look, std::uint32_t count) {
    std::vector<std::uint32_t> all(count);
    std::iota(all.begin(), all.end(), 0);
    everything_ = bdd_.both(everything_, bdd_.one_of(all, block(look).first, block(look).bits));
  };
  for (const auto& [look, classes] : addresses_) only_classes(look, classes.count());
  for (const auto& [look, names] : names_) only_classes(look, names.count());
  everything_ = bdd_.both(everything_, possible_connections());
  everything_ = bdd_.without(everything_, bdd_.without(holds(Look::kHasOwner), holds(Look::kSocket)));
}

// One state of five; what has no connection is not translated, and what has one is neither INVALID nor
// UNTRACKED.
Bdd::Node Looks::possible_connections() {
  auto some = Bdd::kNone;
  for (auto state : {kStateInvalid, kStateEstablished, kStateRelated, kStateNew, kStateUntracked})
    for (std::uint32_t translated : {0U, 0U + kStateSnat, 0U + kStateDnat, 0U + kStateSnat + kStateDnat}) {
      auto is_state = value_is(Look::kCtState, state | translated);
      bool may_lack = translated == 0;
      bool may_have = state != kStateInvalid && state != kStateUntracked;
      if (may_lack && !may_have) is_state = bdd_.without(is_state, holds(Look::kHasConnection));
      if (may_have && !may_lack) is_state = bdd_.both(is_state, holds(Look::kHasConnection));
      if (may_have || may_lack) some = bdd_.either(some, is_state);
    }
  return some;
}

Bdd::Node Looks::variable(Look look, unsigned bit) { return bdd_.variable(number_of(look, bit)); }

Bdd::Node Looks::value_is(Look look, std::uint64_t value) {
  const auto& at = block(look);
  if (value >> at.bits != 0) return Bdd::kNone;
  return bdd_.one_value(value, at.first, at.bits, at.stride);
}

Bdd::Node Looks::mac_is(const Mac& mac) {
  std::uint64_t value = 0;
  for (auto byte : mac) value = value << 8U | byte;
  return value_is(Look::kMac, value);
}

Bdd::Node Looks::node(const Question& question) {
  auto [known, is_new] = known_.try_emplace({question.look, question.number}, Bdd::kNone);
  if (is_new) {
    const auto& at = block(question.look);
    known->second = bdd_.one_of(addresses_.at(question.look).inside(question.number), at.first, at.bits);
  }
  return known->second;
}

Bdd::Node Looks::fits(const InterfaceIs& asked) {
  auto look = look_of(asked.field);
  auto inside = names_.at(look).inside(asked.name, asked.is_prefix);
  auto out = bdd_.one_of(inside, block(look).first, block(look).bits);
  return asked.inverted ? bdd_.opposite(out) : out;
}

Bdd::Node Looks::is_somewhere(Look name) {
  auto nowhere = NameClasses::kNowhere;
  return bdd_.opposite(bdd_.one_of(std::span(&nowhere, 1), block(name).first, block(name).bits));
}

std::vector<Bdd::Node> Looks::bits_of(NumberField field) {
  if (field == NumberField::kPhysicalInterfaces)
    return {is_somewhere(Look::kPhysicalIn),
            bdd_.either(is_somewhere(Look::kPhysicalOut), holds(Look::kIsBridged))};
  auto look = look_of(field);
  std::vector<Bdd::Node> out;
  for (unsigned bit = 0; bit < block(look).bits; ++bit) out.push_back(variable(look, bit));
  return out;
}

Bdd::Node Looks::of_protocols(std::initializer_list<std::uint8_t> protocols) {
  auto some = Bdd::kNone;
  for (auto protocol : protocols) some = bdd_.either(some, value_is(Look::kProtocol, protocol));
  return bdd_.without(some, holds(Look::kFragment));
}

// As read_number() has it (ext/read_field.h).
Bdd::Node Looks::present(NumberField field) {
  switch (field) {
    case NumberField::kSourcePort:
    case NumberField::kDestinationPort: return of_protocols({kTcp, kUdp, kUdplite, kSctp, kDccp});
    case NumberField::kTcpFlags:
    case NumberField::kTcpOptions: return of_protocols({kTcp});
    case NumberField::kIcmp: return of_protocols({kIcmp, kIcmp6});
    case NumberField::kUid:
    case NumberField::kGid: return holds(Look::kHasOwner);
    case NumberField::kSourceIsEui64: return holds(Look::kHasMac);
    case NumberField::kCtStatus:
    case NumberField::kCtDirection:
    case NumberField::kCtProtocol:
    case NumberField::kOriginalSourcePort:
    case NumberField::kOriginalDestinationPort:
    case NumberField::kReplySourcePort:
    case NumberField::kReplyDestinationPort:
    case NumberField::kConnmark: return holds(Look::kHasConnection);
    default: return Bdd::kAll;
  }
}

Bdd::Node Looks::in_range(NumberField field, std::uint32_t mask, const NumberRange& range) {
  bool is_one = range.first == range.last;
  bool is_plain = mask == ~0U && field != NumberField::kPhysicalInterfaces;
  if (is_one && is_plain) return value_is(look_of(field), range.first);
  auto bits = bits_of(field);
  // Bits above its own are 0 in every number.
  std::uint64_t above = ~std::uint64_t{0} << bits.size();
  if ((range.first & above) != 0 || range.first > range.last) return Bdd::kNone;
  bool has_end = (range.last & above) == 0;
  auto at_least = Bdd::kAll;
  auto at_most = Bdd::kAll;
  auto same = Bdd::kAll;
  for (unsigned bit = 0; bit < bits.size(); ++bit) {
    auto is_set = (mask >> bit & 1U) != 0 ? bits[bit] : Bdd::kNone;
    auto is_clear = bdd_.opposite(is_set);
    bool first = (range.first >> bit & 1U) != 0;
    bool last = (range.last >> bit & 1U) != 0;
    if (is_one) {
      same = bdd_.both(first ? is_set : is_clear, same);
      continue;
    }
    at_least = first ? bdd_.both(is_set, at_least) : bdd_.either(is_set, at_least);
    if (has_end) at_most = last ? bdd_.either(is_clear, at_most) : bdd_.both(is_clear, at_most);
  }
  return is_one ? same : bdd_.both(at_least, at_most);
}

Bdd::Node Looks::in_ranges(const NumberIn& asked) {
  auto inside = Bdd::kNone;
  auto add = [&](const NumberRange& range) {
    auto [known, is_new] =
        numbers_.try_emplace({asked.field, asked.mask, range.first, range.last}, Bdd::kNone);
    if (is_new) known->second = in_range(asked.field, asked.mask, range);
    inside = bdd_.either(inside, known->second);
  };
  add(asked.range);
  for (const auto& range : asked.more) add(range);
  return inside;
}

Bdd::Node Looks::is_number(const NumberIn& asked) {
  auto inside = in_ranges(asked);
  return asked.inverted ? bdd_.opposite(inside) : inside;
}

Bdd::Node Looks::has_number(NumberField field) {
  auto [known, is_new] = present_.try_emplace(field, Bdd::kAll);
  if (is_new) known->second = present(field);
  return known->second;
}

Bdd::Node Looks::number_in(const NumberIn& asked) {
  auto inside = is_number(asked);
  auto is_there = has_number(asked.field);
  return asked.if_absent ? bdd_.either(inside, bdd_.opposite(is_there)) : bdd_.both(inside, is_there);
}

Bdd::Node Looks::whatever(Bdd::Node packets, Look look, unsigned bit) {
  auto number = number_of(look, bit);
  return bdd_.whatever(packets, number, number + 1);
}

Bdd::Node Looks::whatever(Bdd::Node packets, const LookSet& looks) {
  for (std::size_t i = 0; i < kLooks; ++i) {
    auto look = static_cast<Look>(i);
    if (looks.has(look))
      for (unsigned bit = 0; bit < block(look).bits; ++bit) packets = whatever(packets, look, bit);
  }
  return packets;
}

std::uint64_t Looks::value_of(const std::vector<bool>& packet, Look look) const {
  std::uint64_t out = 0;
  for (auto bit = block(look).bits; bit-- > 0;)
    out = out << 1U | static_cast<std::uint64_t>(packet[number_of(look, bit)]);
  return out;
}

void Looks::set(std::vector<bool>& packet, Look look, std::uint64_t value) const {
  for (unsigned bit = 0; bit < block(look).bits; ++bit)
    packet[number_of(look, bit)] = (value >> bit & 1U) != 0;
}

NumberRange Looks::numbers_of(Bdd::Node packets, Look look) {
  const auto& at = block(look);
  auto end = at.first + at.bits;
  packets = bdd_.whatever(bdd_.whatever(packets, 0, at.first), end, variables_);
  NumberRange out;
  for (auto [number, prefers] : {std::pair(&out.first, false), {&out.last, true}}) {
    auto left = packets;
    for (auto variable = at.first; variable < end; ++variable) {
      bool is_set = prefers;
      if (left > Bdd::kAll && bdd_.variable_of(left) == variable) {
        auto preferred = prefers ? bdd_.high(left) : bdd_.low(left);
        is_set = (preferred != Bdd::kNone) == prefers;
        left = is_set ? bdd_.high(left) : bdd_.low(left);
      }
      *number = *number << 1U | static_cast<std::uint32_t>(is_set);
    }
  }
  return out;
}

Ip Looks::address_of(const std::vector<bool>& packet, Look look) const {
  const auto& classes = addresses_.at(look);
  return ip_of(family_, classes.first_of(static_cast<std::uint32_t>(value_of(packet, look))));
}

const std::string& Looks::name_of(const std::vector<bool>& packet, Look look) const {
  return names_.at(look).name_of(static_cast<std::uint32_t>(value_of(packet, look)));
}

}  // namespace pyfw
