// All that rules can look at of a packet, of its connection and of where it is, as variables of a Bdd.
// Numbers are their bits; addresses and interface names are cut into classes by what rules ask of them. First
// everything is asked that will ever be asked; then it is settled, and sets of packets are nodes.
//
//   Looks looks(Family::kIpv4);
//   auto lan = looks.ask(Look::kSource, {span_of(*Prefix::parse("10.0.0.0/8"))});
//   looks.settle();
//   auto packets = looks.bdd().both(looks.node(lan), looks.number_in({.field = NumberField::kTtl, …}));

#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "ext/conditions.h"
#include "prove/bdd.h"
#include "prove/classes.h"
#include "prove/spans.h"
#include "shadow/name_classes.h"

namespace pyfw {

// In the order of the variables: what decides most comes first, so that diagrams stay small.
enum class Look : std::uint8_t {
  kOut,
  kIn,
  kDestination,
  kSource,
  kProtocol,
  kFragment,
  kDestinationPort,
  kSourcePort,
  kHasConnection,
  kCtState,
  kTcpFlags,
  kIcmp,
  kMark,
  kConnmark,
  kPhysicalIn,
  kPhysicalOut,
  kIsBridged,
  kPacketType,
  kOriginalDestination,
  kOriginalSource,
  kReplyDestination,
  kReplySource,
  kOriginalDestinationPort,
  kOriginalSourcePort,
  kReplyDestinationPort,
  kReplySourcePort,
  kCtStatus,
  kCtDirection,
  kCtProtocol,
  kTcpOptions,
  kTtl,
  kTos,
  kLength,
  kSocket,
  kHasOwner,
  kUid,
  kGid,
  kHasMac,
  kMac,
  kSourceIsEui64,
};
inline constexpr std::size_t kLooks = static_cast<std::size_t>(Look::kSourceIsEui64) + 1;

Look look_of(AddressField field);
Look look_of(InterfaceField field);

// Some of them.
struct LookSet {
  std::uint64_t bits = 0;

  LookSet& add(Look look) {
    bits |= std::uint64_t{1} << static_cast<unsigned>(look);
    return *this;
  }
  LookSet& add(const LookSet& other) {
    bits |= other.bits;
    return *this;
  }
  [[nodiscard]] bool has(Look look) const { return (bits >> static_cast<unsigned>(look) & 1U) != 0; }
  [[nodiscard]] bool empty() const { return bits == 0; }
  bool operator==(const LookSet&) const = default;
};
static_assert(kLooks <= 64);

// Whether interfaces are looked at first, or after addresses and ports: where many rules each take what comes
// in by any interface but one, what they ask for else has to tell them apart first.
enum class NamesAre : std::uint8_t { kFirst, kLast };

class Looks {
 public:
  explicit Looks(Family family, NamesAre names = NamesAre::kFirst, std::size_t most_nodes = Bdd::kMostNodes);

  // Whether an address is in one of the spans.
  struct Question {
    Look look = Look::kSource;
    std::size_t number = 0;
  };
  Question ask(Look address, Spans spans);
  // Whether a name fits.
  void ask(const InterfaceIs& asked);
  void settle();

  // The numbers of the classes for which the answer is yes, ascending.
  [[nodiscard]] std::vector<std::uint32_t> numbers(const Question& question) const {
    return addresses_.at(question.look).inside(question.number);
  }
  [[nodiscard]] std::vector<std::uint32_t> numbers(const InterfaceIs& asked) const {
    return names_.at(look_of(asked.field)).inside(asked.name, asked.is_prefix);
  }
  // From the lowest that some of the packets have to the highest. Of none it means nothing.
  NumberRange numbers_of(Bdd::Node packets, Look look);

  // The packets for which the answer is yes, inverted or not.
  Bdd::Node node(const Question& question);
  Bdd::Node fits(const InterfaceIs& asked);
  Bdd::Node number_in(const NumberIn& asked);
  // Of that the two parts, where it is not for packets that have no such number too: which number, and those
  // that have one. The second is the same for all rules, and so is what it makes of a protocol.
  Bdd::Node is_number(const NumberIn& asked);
  Bdd::Node has_number(NumberField field);
  Bdd::Node mac_is(const Mac& mac);
  // Those that come in, or go out, by some interface.
  Bdd::Node is_somewhere(Look name);
  // Of what is one bit.
  Bdd::Node holds(Look look) { return variable(look, 0); }
  // Bit n of a number, from the lowest.
  Bdd::Node variable(Look look, unsigned bit);
  // What is neither: one variable for each question that only the kernel can answer.
  Bdd::Node free_variable() { return bdd_.variable(variables_++); }

  // Every packet that there can be; connections, sockets and classes are as they can be together.
  [[nodiscard]] Bdd::Node everything() const { return everything_; }
  // What is left of the packets when nobody knows any more what those are.
  Bdd::Node whatever(Bdd::Node packets, const LookSet& looks);
  Bdd::Node whatever(Bdd::Node packets, Look look, unsigned bit);
  // And when what free variables stand for has to be asked anew.
  Bdd::Node whatever_is_free(Bdd::Node packets) { return bdd_.whatever(packets, settled_, variables_); }

  [[nodiscard]] Family family() const { return family_; }
  Bdd& bdd() { return bdd_; }
  [[nodiscard]] std::uint32_t variable_count() const { return variables_; }

  // The number of a class, or of bits, that a packet has there: a value of all variables.
  [[nodiscard]] std::uint64_t value_of(const std::vector<bool>& packet, Look look) const;
  // And the other way round.
  void set(std::vector<bool>& packet, Look look, std::uint64_t value) const;
  [[nodiscard]] Ip address_of(const std::vector<bool>& packet, Look look) const;
  [[nodiscard]] const std::string& name_of(const std::vector<bool>& packet, Look look) const;

 private:
  struct Block {
    std::uint32_t first = 0;  // variable
    unsigned bits = 0;
    unsigned stride = 1;  // from one bit's variable to the next one's
  };
  [[nodiscard]] const Block& block(Look look) const { return blocks_[static_cast<std::size_t>(look)]; }
  [[nodiscard]] std::uint32_t number_of(Look look, unsigned bit) const {
    return block(look).first + (block(look).bits - 1 - bit) * block(look).stride;
  }
  void lay_out();
  [[nodiscard]] unsigned bits_of(Look look) const;
  [[nodiscard]] std::vector<Bdd::Node> bits_of(NumberField field);
  Bdd::Node present(NumberField field);
  Bdd::Node of_protocols(std::initializer_list<std::uint8_t> protocols);
  Bdd::Node in_ranges(const NumberIn& asked);
  Bdd::Node in_range(NumberField field, std::uint32_t mask, const NumberRange& range);
  Bdd::Node value_is(Look look, std::uint64_t value);
  Bdd::Node possible_connections();

  Family family_;
  NamesAre names_are_;
  Bdd bdd_;
  std::map<Look, Classes> addresses_;
  std::map<Look, NameClasses> names_;
  std::array<Block, kLooks> blocks_{};
  std::map<std::pair<Look, std::size_t>, Bdd::Node> known_;
  std::map<NumberField, Bdd::Node> present_;
  std::map<std::tuple<NumberField, std::uint32_t, std::uint32_t, std::uint32_t>, Bdd::Node> numbers_;
  Bdd::Node everything_ = Bdd::kAll;
  std::uint32_t variables_ = 0;
  std::uint32_t settled_ = 0;  // how many of them are of looks
};

}  // namespace pyfw
