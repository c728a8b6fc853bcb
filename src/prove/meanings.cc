#include "prove/meanings.h"

#include <algorithm>
#include <utility>

#include "base/overloaded.h"
#include "ext/set_element.h"
#include "prove/asked_field.h"
#include "prove/asked_set.h"

namespace pyfw {
namespace {

using Kind = Meanings::Asked::Kind;

Field field_of(AddressField field) {
  return field == AddressField::kSource ? Field::kSource : Field::kDestination;
}

using Of = Meanings::Asked::Of;

// The same condition of the packet itself: a new connection's original direction is what the packet was when
// it arrived, and its reply is what the packet is by now, turned round.
Of turn_to_packet(AddressField& field) {
  switch (field) {
    case AddressField::kSource:
    case AddressField::kDestination: return Of::kPacket;
    case AddressField::kOriginalSource: field = AddressField::kSource; return Of::kOriginal;
    case AddressField::kOriginalDestination: field = AddressField::kDestination; return Of::kOriginal;
    case AddressField::kReplySource: field = AddressField::kDestination; return Of::kReply;
    case AddressField::kReplyDestination: field = AddressField::kSource; return Of::kReply;
  }
  return Of::kPacket;
}

Of turn_to_packet(NumberField& field) {
  switch (field) {
    case NumberField::kCtProtocol: field = NumberField::kProtocol; return Of::kOriginal;
    case NumberField::kOriginalSourcePort: field = NumberField::kSourcePort; return Of::kOriginal;
    case NumberField::kOriginalDestinationPort: field = NumberField::kDestinationPort; return Of::kOriginal;
    case NumberField::kReplySourcePort: field = NumberField::kDestinationPort; return Of::kReply;
    case NumberField::kReplyDestinationPort: field = NumberField::kSourcePort; return Of::kReply;
    default: return Of::kPacket;
  }
}

Of turn_to_packet(Condition& condition) {
  return std::visit(Overloaded{[](AddressIn& asked) { return turn_to_packet(asked.field); },
                               [](AddressMasked& asked) { return turn_to_packet(asked.field); },
                               [](NumberIn& asked) { return turn_to_packet(asked.field); },
                               [](auto&) { return Of::kPacket; }},
                    condition.kind);
}

// The fields that a condition looks at which is no question of one field.
std::vector<Field> fields_of(const Condition& condition) {
  using Fields = std::vector<Field>;
  return std::visit(Overloaded{
                        [](const AddressTypeIs& asked) {
                          Fields fields = {field_of(asked.field)};
                          if (asked.limit == AddressTypeIs::Limit::kInInterface)
                            fields.insert(fields.begin(), Field::kInInterface);
                          return fields;
                        },
                        [](const auto&) { return Fields{}; },
                    },
                    condition.kind);
}

}  // namespace

Meanings::Meanings(PacketSpace& space, const Surroundings& surroundings, std::span<const Set> sets,
                   std::vector<std::string> interfaces)
    : space_(space), surroundings_(surroundings), sets_(sets), interfaces_(std::move(interfaces)) {
  std::vector<PointSpan> ported;
  for (auto protocol : {kTcp, kUdp, kUdplite, kSctp, kDccp}) ported.push_back(span_of(protocol, protocol));
  ported_ = space_.ask(Field::kProtocol, std::move(ported));
  tcp_ = space_.ask(Field::kProtocol, {span_of(kTcp, kTcp)});
  icmp_ = space_.ask(Field::kProtocol, {span_of(kIcmp, kIcmp), span_of(kIcmp6, kIcmp6)});
  fragment_ = space_.ask(Field::kFragment, {span_of(1, 1)});
  for (std::size_t i = 0; i < interfaces_.size(); ++i) space_.ask(Field::kInInterface, {span_of(i, i)});
}

Meanings::Asked Meanings::learn(const Condition& condition) {
  if (const auto* interface = std::get_if<InterfaceIs>(&condition.kind);
      interface != nullptr && interface->field == InterfaceField::kIn)
    return learn_interface(condition);
  auto of_packet = condition;
  auto of = turn_to_packet(of_packet);
  if (auto asked = asked_field(of_packet))
    return {.kind = Kind::kQuestion,
            .condition = &condition,
            .question = space_.ask(asked->field, std::move(asked->spans)),
            .of = of,
            .inverted = asked->inverted,
            .if_absent = asked->if_absent};
  if (const auto* set = std::get_if<InSet>(&condition.kind))
    if (auto asked = learn_set(*set, condition)) return *asked;
  if (const auto* any = std::get_if<AnyOf>(&condition.kind)) {
    Asked out{.kind = Kind::kAnyOf, .condition = &condition, .inverted = any->inverted};
    for (const auto& part : any->conditions) out.parts.push_back(learn(part));
    return out;
  }
  auto fields = fields_of(condition);
  if (fields.empty()) return {.kind = Kind::kKnown, .condition = &condition};
  return {.kind = Kind::kProbed, .condition = &condition, .fields = std::move(fields)};
}

Meanings::Asked Meanings::learn_interface(const Condition& condition) {
  std::vector<PointSpan> spans;
  Encounter encounter;
  for (std::size_t i = 0; i < interfaces_.size(); ++i) {
    encounter.in_interface = interfaces_[i];
    if (holds(condition, encounter, surroundings_) == Answer::kYes) spans.push_back(span_of(i, i));
  }
  return {.kind = Kind::kQuestion,
          .condition = &condition,
          .question = space_.ask(Field::kInInterface, std::move(spans))};
}

std::optional<Meanings::Asked> Meanings::learn_set(const InSet& asked, const Condition& condition) {
  const auto* set = find_set(sets_, asked.name);
  if (set == nullptr || asked.dimensions == 0) return std::nullopt;
  auto [known, is_new] = addresses_.try_emplace({asked.name, asked.return_nomatch});
  if (is_new) known->second = addresses_in(*set, asked.return_nomatch);
  if (!known->second) return std::nullopt;
  auto field = (asked.sources & 1U) != 0 ? Field::kSource : Field::kDestination;
  // A set of the other family has none of these packets.
  bool is_ours = layout_of(*set).family == space_.family();
  return Asked{.kind = Kind::kQuestion,
               .condition = &condition,
               .question = space_.ask(field, is_ours ? *known->second : std::vector<PointSpan>()),
               .inverted = asked.inverted};
}

Meanings::Meaning Meanings::everywhere(Answer answer) const {
  return {.holds = answer == Answer::kYes ? Bdd::kAll : Bdd::kNone,
          .depends = answer == Answer::kDepends ? Bdd::kAll : Bdd::kNone};
}

Meanings::Meaning Meanings::node(const Asked& asked, const Here& here) {
  switch (asked.kind) {
    case Kind::kQuestion: return {.holds = question_node(asked, here)};
    case Kind::kProbed: return probe(asked, here);
    case Kind::kAnyOf: return any_of(asked, here);
    case Kind::kKnown: break;
  }
  return everywhere(holds(*asked.condition, here.known, surroundings_));
}

Bdd::Node Meanings::has_field(Field field) {
  auto& bdd = space_.bdd();
  auto whole_of = [&](const PacketSpace::Question& protocol) {
    return bdd.without(space_.node(protocol), space_.node(fragment_));
  };
  switch (field) {
    case Field::kSourcePort:
    case Field::kDestinationPort: return whole_of(ported_);
    case Field::kTcpFlags:
    case Field::kTcpOptions: return whole_of(tcp_);
    case Field::kIcmp: return whole_of(icmp_);
    default: return Bdd::kAll;
  }
}

// Where the value is one of those that are asked for, whether or not the packet has such a field.
Bdd::Node Meanings::inside_node(const Asked& asked, const Here& here) {
  const auto& changed = here.changed_to(asked.question.field);
  if (!changed || asked.of == Of::kOriginal) return space_.node(asked.question);
  return contains(asked.question, *changed) ? Bdd::kAll : Bdd::kNone;
}

bool Meanings::contains(const PacketSpace::Question& question, Point value) const {
  const auto& classes = space_.classes(question.field);
  return std::ranges::binary_search(classes.inside(question.number), classes.class_of(value));
}

Bdd::Node Meanings::question_node(const Asked& asked, const Here& here) {
  if (asked.of != Of::kPacket || here.changed_to(asked.question.field))
    return make_question_node(asked, here);
  auto key = std::uint64_t{asked.question.number} << 8U |
             static_cast<std::uint64_t>(asked.question.field) << 2U | (asked.inverted ? 2U : 0U) |
             (asked.if_absent ? 1U : 0U);
  auto [known, is_new] = questions_.try_emplace(key, Bdd::kNone);
  if (is_new) known->second = make_question_node(asked, here);
  return known->second;
}

Bdd::Node Meanings::make_question_node(const Asked& asked, const Here& here) {
  auto& bdd = space_.bdd();
  auto all = Bdd::kAll;
  if (asked.of != Of::kPacket && !here.known.connection) return asked.if_absent ? all : Bdd::kNone;
  auto inside = bdd.both(inside_node(asked, here), all);
  auto there = has_field(asked.question.field);
  // A connection without ports has zeros there.
  if (asked.of != Of::kPacket) {
    inside = bdd.both(inside, there);
    if (contains(asked.question, Point{})) inside = bdd.either(inside, bdd.without(all, there));
    there = all;
  }
  auto yes = asked.inverted ? bdd.without(there, inside) : bdd.both(there, inside);
  return asked.if_absent ? bdd.either(yes, bdd.without(all, there)) : yes;
}

Meanings::Meaning Meanings::probe(const Asked& asked, const Here& here) {
  auto encounter = here.known;
  return probe_field(asked, 0, encounter, here);
}

Meanings::Meaning Meanings::probe_field(const Asked& asked, std::size_t which, Encounter& encounter,
                                        const Here& here) {
  if (which == asked.fields.size()) {
    auto answer = holds(*asked.condition, encounter, surroundings_);
    return {.holds = answer == Answer::kYes ? Bdd::kAll : Bdd::kNone,
            .depends = answer == Answer::kDepends ? Bdd::kAll : Bdd::kNone};
  }
  auto field = asked.fields[which];
  if (const auto& changed = here.changed_to(field)) {
    put_value(field, *changed, interfaces_, encounter);
    return probe_field(asked, which + 1, encounter, here);
  }
  const auto& classes = space_.classes(field);
  // By what is left to ask, so that thousands of classes with one answer are one node.
  std::map<std::pair<Bdd::Node, Bdd::Node>, std::vector<std::uint32_t>> by_answer;
  for (std::uint32_t i = 0; i < classes.count(); ++i) {
    put_value(field, classes.first_of(i), interfaces_, encounter);
    auto rest = probe_field(asked, which + 1, encounter, here);
    by_answer[{rest.holds, rest.depends}].push_back(i);
  }
  auto& bdd = space_.bdd();
  Meaning out;
  for (const auto& [rest, some] : by_answer) {
    auto values = space_.classes_node(field, some);
    out.holds = bdd.either(out.holds, bdd.both(values, rest.first));
    out.depends = bdd.either(out.depends, bdd.both(values, rest.second));
  }
  return out;
}

Meanings::Meaning Meanings::any_of(const Asked& asked, const Here& here) {
  auto& bdd = space_.bdd();
  Meaning out;
  for (const auto& part : asked.parts) {
    auto meaning = node(part, here);
    out.holds = bdd.either(out.holds, meaning.holds);
    out.depends = bdd.either(out.depends, meaning.depends);
  }
  out.depends = bdd.without(out.depends, out.holds);
  if (asked.inverted) out.holds = bdd.without(bdd.without(Bdd::kAll, out.holds), out.depends);
  return out;
}

}  // namespace pyfw
