// All packets of one family: each field cut into classes, and the classes' numbers as the variables of a Bdd.
// First everything is asked that will ever be asked; then the space is settled, and sets of packets are
// nodes.
//
//   PacketSpace space(Family::kIpv4);
//   auto from_lan = space.ask(Field::kSource, {span_of(*parse_prefix("10.0.0.0/8"))});
//   auto web = space.ask(Field::kDestinationPort, {{{0, 80}, {0, 80}}});
//   space.settle();
//   auto& bdd = space.bdd();
//   auto packets = bdd.both(space.node(from_lan), space.node(web));

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "net/ip.h"
#include "prove/bdd.h"
#include "prove/classes.h"

namespace pyfw {

// What packets may differ in, in the order of the variables: what decides most comes first, so that diagrams
// stay small. Protocol, flags and interfaces are those of the packets that are asked about.
enum class Field : std::uint8_t {
  kDestination,
  kSource,
  kDestinationPort,
  kSourcePort,
  kTcpOptions,
  kTtl,
  kTos,
  kLength,
};
inline constexpr std::size_t kFields = static_cast<std::size_t>(Field::kLength) + 1;
constexpr bool is_address(Field field) { return field == Field::kSource || field == Field::kDestination; }
constexpr bool is_port(Field field) {
  return field == Field::kSourcePort || field == Field::kDestinationPort;
}

Point point_of(const Ip& ip);
Ip ip_of(Family family, Point point);
PointSpan span_of(const Prefix& prefix);
constexpr PointSpan span_of(std::uint64_t first, std::uint64_t last) {
  return {.first = {0, first}, .last = {0, last}};
}

class PacketSpace {
 public:
  struct Question {
    Field field = Field::kSource;
    std::size_t number = 0;
  };

  explicit PacketSpace(Family family, std::size_t most_nodes = Bdd::kMostNodes);

  // Whether the field's value is in one of the spans.
  Question ask(Field field, std::vector<PointSpan> spans);
  void settle();

  // The packets for which the answer is yes.
  Bdd::Node node(const Question& question);
  // Where the field has one of those classes, which ascend.
  Bdd::Node classes_node(Field field, std::span<const std::uint32_t> some);
  // Those of each destination's class that are among its `rest`, which hangs on no destination.
  Bdd::Node by_destination(std::span<const Bdd::Node> rest);
  // Where no question tells the field from that value.
  Bdd::Node like(Field field, Point value);
  // Every packet. What is no packet, since a number of its is no class's, may be in a set or not: nobody asks
  // for it.
  [[nodiscard]] Bdd::Node everything() const { return everything_; }
  // What is left of the packets when nobody looks at that field.
  Bdd::Node whatever(Bdd::Node packets, Field field);

  // What is left of the packets whatever the variables are that are no field's: those that may be in there.
  Bdd::Node whatever_is_free(Bdd::Node packets) { return bdd_.whatever(packets, settled_, variables_); }
  // The variables that are no field's and that it hangs on.
  [[nodiscard]] std::vector<std::uint32_t> free_in(Bdd::Node packets) const {
    return bdd_.variables_of(packets, settled_);
  }
  // The classes of the field that have anything in there, by what is left to ask of the other fields.
  std::map<Bdd::Node, std::vector<std::uint32_t>> split_by(Bdd::Node packets, Field field);

  // One that is in both, as values of all variables. None where there is none.
  using OnePacket = std::vector<bool>;
  [[nodiscard]] std::optional<OnePacket> one_of(Bdd::Node packets, Bdd::Node others = Bdd::kAll);
  // The class of one of its fields.
  [[nodiscard]] std::uint32_t class_of(const OnePacket& packet, Field field) const;
  // The classes that the field has in one of the packets, ascending.
  std::vector<std::uint32_t> classes_in(Bdd::Node packets, Field field);

  // How many there are so far.
  [[nodiscard]] std::uint32_t variables() const { return variables_; }
  [[nodiscard]] const Classes& classes(Field field) const { return fields_[index_of(field)].classes; }
  [[nodiscard]] Family family() const { return family_; }
  Bdd& bdd() { return bdd_; }
  // A variable that is no field's: what can't be told of a match, for instance.
  Bdd::Node free_variable() { return bdd_.variable(variables_++); }

 private:
  struct Layout {
    explicit Layout(Point last) : classes(last) {}
    Classes classes;
    std::uint32_t first = 0;  // variable
    unsigned bits = 0;
    std::vector<std::optional<Bdd::Node>> nodes{};     // of the questions, as far as they were asked for
    std::vector<std::optional<Bdd::Node>> of_class{};  // and of the classes
  };
  static std::size_t index_of(Field field) { return static_cast<std::size_t>(field); }

  Family family_;
  Bdd bdd_;
  std::vector<Layout> fields_;
  Bdd::Node everything_ = Bdd::kAll;
  std::uint32_t variables_ = 0;
  std::uint32_t settled_ = 0;  // how many of them are of fields
};

}  // namespace pyfw
