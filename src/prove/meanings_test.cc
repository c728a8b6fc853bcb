#include "prove/meanings.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "ext/encounters_for_tests.h"
#include "prove/asked_field.h"

namespace pyfw {
namespace {

template <typename Number>
Number any(Number first, Number end) {
  return *rc::gen::inRange(first, end);
}

const std::vector<std::string> kInterfaces = {"eth0", "eth1", "docker0"};

Ip address(unsigned last) { return Ip::parse("10.0.0." + std::to_string(last)).value(); }

// 10.0.0.4 is the host's own on every interface, 10.0.0.8 on eth0; nobody knows of 10.0.0.9.
class SomeSurroundings : public Surroundings {
 public:
  explicit SomeSurroundings(std::span<const Set> sets) : sets_(sets) {}
  [[nodiscard]] std::optional<AddressType> address_type(const Ip& ip,
                                                        std::string_view interface) const override {
    if (ip == address(9)) return std::nullopt;
    bool is_own = ip == address(4) || (ip == address(8) && (interface.empty() || interface == "eth0"));
    return is_own ? kTypeLocal : kTypeUnicast;
  }
  [[nodiscard]] std::optional<bool> passes_rpfilter(const WayBack& /*back*/) const override { return {}; }
  [[nodiscard]] const SetIndex& sets() const override { return sets_; }

 private:
  SetIndex sets_;
};

bool flip() { return any(0, 2) == 0; }

NumberRange some_range() {
  auto first = any(0U, 12U);
  return {.first = first, .last = any(first, 12U)};
}

Condition some_condition(int depth = 0) {
  switch (any(0, depth == 0 ? 8 : 7)) {
    case 0: {
      auto first = any(0U, 10U);
      return {AddressIn{.field = static_cast<AddressField>(any(0, 6)),
                        .inverted = flip(),
                        .if_absent = flip(),
                        .first = address(first),
                        .last = address(any(first, 10U))}};
    }
    case 1: {
      constexpr std::array kFieldsAsked = {NumberField::kProtocol,
                                           NumberField::kSourcePort,
                                           NumberField::kDestinationPort,
                                           NumberField::kTcpFlags,
                                           NumberField::kIcmp,
                                           NumberField::kMark,
                                           NumberField::kCtState,
                                           NumberField::kCtProtocol,
                                           NumberField::kOriginalSourcePort,
                                           NumberField::kOriginalDestinationPort,
                                           NumberField::kReplySourcePort,
                                           NumberField::kReplyDestinationPort,
                                           NumberField::kConnmark,
                                           NumberField::kUid};
      return {NumberIn{.field = kFieldsAsked[static_cast<std::size_t>(any(0, 14))],
                       .inverted = flip(),
                       .if_absent = flip(),
                       .range = some_range()}};
    }
    case 2:
      return {InterfaceIs{.field = flip() ? InterfaceField::kIn : InterfaceField::kOut,
                          .inverted = flip(),
                          .is_prefix = flip(),
                          .name = flip() ? "eth" : "eth0"}};
    case 3:
      return {InSet{.name = flip() ? "a" : "unheard-of",
                    .inverted = flip(),
                    .dimensions = 1,
                    .sources = static_cast<std::uint8_t>(any(0, 2))}};
    case 4:
      return {AddressTypeIs{.field = flip() ? AddressField::kSource : AddressField::kDestination,
                            .inverted = flip(),
                            .limit = static_cast<AddressTypeIs::Limit>(any(0, 3)),
                            .types = kTypeLocal}};
    case 5: return {Unknowable{.reason = "chance"}};
    case 6: return {Never{}};
    default: break;
  }
  AnyOf out{.inverted = flip(), .conditions = {}};
  for (int i = any(0, 4); i > 0; --i) out.conditions.push_back(some_condition(depth + 1));
  return {out};
}

// A new connection's first packet, as it arrived.
Encounter some_encounter(bool is_tracked) {
  constexpr std::array kProtocols = {kTcp, kUdp, kIcmp, kGre};
  auto encounter = web_request();
  auto& packet = encounter.packet;
  packet.source = address(any(0U, 12U));
  packet.destination = address(any(0U, 12U));
  packet.protocol = kProtocols[static_cast<std::size_t>(any(0, 4))];
  if (has_ports(packet.protocol)) {
    packet.source_port = any<std::uint16_t>(0, 12);
    packet.destination_port = any<std::uint16_t>(0, 12);
  } else {
    packet.source_port = packet.destination_port = 0;
  }
  packet.tcp_flags = any<std::uint8_t>(0, 12);
  packet.icmp_type = 0;
  packet.icmp_code = any<std::uint8_t>(0, 12);
  encounter.in_interface = kInterfaces[static_cast<std::size_t>(any(0, 3))];
  encounter.connection.reset();
  if (!is_tracked) return encounter;
  CtTuple original{.source = packet.source,
                   .destination = packet.destination,
                   .protocol = packet.protocol,
                   .source_port = packet.source_port,
                   .destination_port = packet.destination_port};
  encounter.connection = Connection{.original = original, .reply = {}};
  return encounter;
}

void set_reply(Encounter& encounter) {
  if (!encounter.connection) return;
  const auto& packet = encounter.packet;
  encounter.connection->reply = {.source = packet.destination,
                                 .destination = packet.source,
                                 .protocol = packet.protocol,
                                 .source_port = packet.destination_port,
                                 .destination_port = packet.source_port};
}

Bdd::Node node_of(PacketSpace& space, const Encounter& arrived) {
  auto node = space.everything();
  for (std::size_t i = 0; i < kFields; ++i) {
    auto field = static_cast<Field>(i);
    auto value = value_of(field, arrived.packet);
    if (field == Field::kInInterface)
      value = Point{.low = static_cast<std::uint64_t>(std::ranges::find(kInterfaces, arrived.in_interface) -
                                                      kInterfaces.begin())};
    if (!value) continue;
    auto of_class = space.classes(field).class_of(*value);
    node = space.bdd().both(node, space.classes_node(field, std::span(&of_class, 1)));
  }
  return node;
}

RC_GTEST_PROP(MeaningsOf, AConditionHoldsForThePacketsForWhichTheTracerSaysSo, ()) {
  std::vector<Set> sets = {{.name = "a",
                            .type = "hash:net",
                            .header = "family inet hashsize 1024 maxelem 65536",
                            .members = {"10.0.0.0/29", "10.0.0.4 nomatch", "10.0.0.11"}}};
  SomeSurroundings surroundings(sets);
  PacketSpace space(Family::kIpv4);
  Meanings meanings(space, surroundings, sets, kInterfaces);
  auto condition = some_condition();
  auto asked = meanings.learn(condition);
  for (auto field : {Field::kSource, Field::kDestination})
    for (unsigned last : {4U, 8U, 9U}) space.ask(field, {{point_of(address(last)), point_of(address(last))}});
  space.settle();
  bool is_tracked = flip();
  bool is_translated = flip();
  Here here{.known = web_request()};
  here.known.out_interface = flip() ? "" : "eth1";
  here.known.mark = any(0U, 12U);
  if (!is_tracked) here.known.connection.reset();
  if (is_translated) {
    here.changed[static_cast<std::size_t>(Field::kDestination)] = point_of(address(any(0U, 12U)));
    here.changed[static_cast<std::size_t>(Field::kDestinationPort)] =
        Point{.low = any(std::uint64_t{0}, std::uint64_t{12})};
  }
  auto meaning = meanings.node(asked, here);
  RC_ASSERT(!space.bdd().meet(meaning.holds, meaning.depends));
  for (int i = 0; i < 10; ++i) {
    auto encounter = some_encounter(is_tracked);
    auto packet = node_of(space, encounter);
    encounter.out_interface = here.known.out_interface;
    encounter.mark = here.known.mark;
    for (auto field : {Field::kDestination, Field::kDestinationPort})
      if (const auto& changed = here.changed_to(field);
          changed && (field == Field::kDestination || has_ports(encounter.packet.protocol)))
        put_value(field, *changed, kInterfaces, encounter);
    set_reply(encounter);
    auto answer = holds(condition, encounter, surroundings);
    RC_ASSERT(space.bdd().meet(meaning.holds, packet) == (answer == Answer::kYes));
    RC_ASSERT(space.bdd().meet(meaning.depends, packet) == (answer == Answer::kDepends));
  }
}

}  // namespace
}  // namespace pyfw
