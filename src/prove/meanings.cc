#include "prove/meanings.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/contains.h"
#include "base/overloaded.h"
#include "ext/set_element.h"
#include "net/packet.h"
#include "prove/asked_field.h"
#include "prove/asked_set.h"

namespace pyfw {
namespace {

// More classes than this, of all fields that a condition looks at together, are not looked at one by one.
constexpr std::size_t kMostProbes = std::size_t{1} << 20U;

std::optional<Slot> slot_of(AddressField field) {
  switch (field) {
    case AddressField::kSource: return Slot::kSource;
    case AddressField::kDestination: return Slot::kDestination;
    case AddressField::kOriginalSource: return Slot::kOriginalSource;
    case AddressField::kOriginalDestination: return Slot::kOriginalDestination;
    case AddressField::kReplySource: return Slot::kReplySource;
    case AddressField::kReplyDestination: return Slot::kReplyDestination;
  }
  return std::nullopt;
}

std::optional<Slot> slot_of(NumberField field) {
  switch (field) {
    case NumberField::kSourcePort: return Slot::kSourcePort;
    case NumberField::kDestinationPort: return Slot::kDestinationPort;
    case NumberField::kOriginalSourcePort: return Slot::kOriginalSourcePort;
    case NumberField::kOriginalDestinationPort: return Slot::kOriginalDestinationPort;
    case NumberField::kReplySourcePort: return Slot::kReplySourcePort;
    case NumberField::kReplyDestinationPort: return Slot::kReplyDestinationPort;
    case NumberField::kTtl: return Slot::kTtl;
    case NumberField::kTos: return Slot::kTos;
    case NumberField::kLength: return Slot::kLength;
    case NumberField::kTcpOptions: return Slot::kTcpOptions;
    default: return std::nullopt;
  }
}

// The slots that it looks at, but for those of sets and of conditions in conditions.
std::vector<Slot> slots_of(const Condition& condition) {
  auto one = [](std::optional<Slot> slot) { return slot ? std::vector{*slot} : std::vector<Slot>(); };
  return std::visit(
      Overloaded{[&](const AddressIn& asked) { return one(slot_of(asked.field)); },
                 [&](const AddressMasked& asked) { return one(slot_of(asked.field)); },
                 [&](const NumberIn& asked) { return one(slot_of(asked.field)); },
                 [&](const AddressTypeIs& asked) { return one(slot_of(asked.field)); },
                 [](const PassesRpfilter&) { return std::vector{Slot::kSource, Slot::kDestination}; },
                 [](const auto&) { return std::vector<Slot>(); }},
      condition.kind);
}

// The same condition of the packet itself: which values are asked for does not hang on whose they are.
Condition of_packet(const Condition& condition) {
  auto out = condition;
  auto source_or_destination = [](std::optional<Slot> slot) {
    bool is_source = slot == Slot::kOriginalSource || slot == Slot::kReplySource || slot == Slot::kSource;
    return is_source ? AddressField::kSource : AddressField::kDestination;
  };
  std::visit(
      Overloaded{[&](AddressIn& asked) { asked.field = source_or_destination(slot_of(asked.field)); },
                 [&](AddressMasked& asked) { asked.field = source_or_destination(slot_of(asked.field)); },
                 [](NumberIn& asked) {
                   auto slot = slot_of(asked.field);
                   if (slot && *slot < Slot::kTtl) asked.field = NumberField::kSourcePort;
                 },
                 [](auto&) {}},
      out.kind);
  return out;
}

Field own_field(Slot slot) {
  switch (slot) {
    case Slot::kSource:
    case Slot::kOriginalSource:
    case Slot::kReplyDestination: return Field::kSource;
    case Slot::kDestination:
    case Slot::kOriginalDestination:
    case Slot::kReplySource: return Field::kDestination;
    case Slot::kSourcePort:
    case Slot::kOriginalSourcePort:
    case Slot::kReplyDestinationPort: return Field::kSourcePort;
    case Slot::kDestinationPort:
    case Slot::kOriginalDestinationPort:
    case Slot::kReplySourcePort: return Field::kDestinationPort;
    case Slot::kTtl: return Field::kTtl;
    case Slot::kTos: return Field::kTos;
    case Slot::kLength: return Field::kLength;
    case Slot::kTcpOptions: return Field::kTcpOptions;
  }
  return Field::kSource;
}

Field turned(Field field) {
  switch (field) {
    case Field::kSource: return Field::kDestination;
    case Field::kDestination: return Field::kSource;
    case Field::kSourcePort: return Field::kDestinationPort;
    case Field::kDestinationPort: return Field::kSourcePort;
    default: return field;
  }
}

// Whether the packet has it at all: what it has not is the same for all packets, for they are of one
// protocol.
bool is_there(Slot slot, const Encounter& encounter) {
  const auto& packet = encounter.packet;
  bool is_whole = !packet.is_fragment;
  switch (slot) {
    case Slot::kSourcePort:
    case Slot::kDestinationPort: return is_whole && has_ports(packet.protocol);
    case Slot::kTcpOptions: return is_whole && packet.protocol == kTcp;
    case Slot::kSource:
    case Slot::kDestination:
    case Slot::kTtl:
    case Slot::kTos:
    case Slot::kLength: return true;
    default: return encounter.connection.has_value();
  }
}

bool looks_at(const Condition& condition, const Unpredictable& cloud) {
  if (const auto* number = std::get_if<NumberIn>(&condition.kind))
    return cloud.changes_mark && number->field == NumberField::kMark;
  if (const auto* set = std::get_if<InSet>(&condition.kind))
    return !cloud.set.empty() && set->name == cloud.set;
  if (const auto* any = std::get_if<AnyOf>(&condition.kind))
    return std::ranges::any_of(any->conditions, [&](const Condition& one) { return looks_at(one, cloud); });
  return false;
}

}  // namespace

Meanings::Meanings(PacketSpace& space, const Surroundings& surroundings, std::span<const Set> sets,
                   std::vector<Field> free)
    : space_(space), surroundings_(surroundings), sets_(sets), free_(std::move(free)) {}

bool Meanings::is_free(Field field) const { return contains(free_, field); }

std::vector<Field> Meanings::fields_for(Slot slot, bool turns) const {
  auto own = own_field(slot);
  std::vector<Field> out;
  if (is_free(own)) out.push_back(own);
  if (turns && turned(own) != own && is_free(turned(own))) out.push_back(turned(own));
  return out;
}

Meanings::Asked Meanings::learn(const Condition& condition, bool turns) {
  Asked out{.condition = &condition, .slots = slots_of(condition), .turns = turns};
  if (auto asked = asked_field(of_packet(condition)); asked && out.slots.size() == 1) {
    learn_question(out.slots[0], asked->spans, asked->inverted, turns, out);
  } else if (const auto* set = std::get_if<InSet>(&condition.kind)) {
    learn_set(*set, turns, out);
  } else if (const auto* any = std::get_if<AnyOf>(&condition.kind)) {
    out.inverted = any->inverted;
    for (const auto& part : any->conditions) out.parts.push_back(learn(part, turns));
  } else if (std::holds_alternative<AddressMasked>(condition.kind)) {
    out.is_too_fine = true;
  }
  return out;
}

void Meanings::learn_question(Slot slot, const std::vector<PointSpan>& spans, bool inverted, bool turns,
                              Asked& asked) {
  asked.inverted = inverted;
  for (auto field : fields_for(slot, turns)) {
    asked.questions.push_back(
        {.origin = {.is = Origin::Is::kField, .field = field}, .number = space_.ask(field, spans)});
    if (field != Field::kTtl) continue;
    // What is that after a router took one from it.
    auto more = spans;
    for (auto& span : more) span = {.first = after(span.first), .last = after(span.last)};
    std::erase_if(more, [](const PointSpan& span) { return span.first.low > 0xff; });
    for (auto& span : more) span.last.low = std::min<std::uint64_t>(span.last.low, 0xff);
    asked.questions.push_back({.origin = {.is = Origin::Is::kOneLess, .field = field},
                               .number = space_.ask(field, std::move(more))});
  }
}

void Meanings::learn_set(const InSet& in, bool turns, Asked& asked) {
  const auto* set = find_set(sets_, in.name);
  if (set == nullptr || in.dimensions == 0) return;
  auto layout = layout_of(*set);
  auto side = [&](std::size_t part) { return (in.sources >> part & 1U) != 0; };
  auto [known, is_new] = addresses_.try_emplace({in.name, in.return_nomatch});
  if (is_new) known->second = addresses_in(*set, in.return_nomatch);
  if (known->second) {
    asked.slots = {side(0) ? Slot::kSource : Slot::kDestination};
    // A set of the other family has none of these packets.
    bool is_ours = layout.family == space_.family();
    return learn_question(asked.slots[0], is_ours ? *known->second : std::vector<PointSpan>(), in.inverted,
                          turns, asked);
  }
  for (std::size_t part = 0; part < in.dimensions; ++part) {
    asked.slots.push_back(side(part) ? Slot::kSource : Slot::kDestination);
    asked.slots.push_back(side(part) ? Slot::kSourcePort : Slot::kDestinationPort);
  }
  std::ranges::sort(asked.slots);
  auto repeated = std::ranges::unique(asked.slots);
  asked.slots.erase(repeated.begin(), repeated.end());
  if (!layout.is_list) return refine(*set, in, turns, asked);
  for (const auto& member : set->members)
    if (const auto* listed = find_set(sets_, element_of(member)); listed != nullptr)
      refine(*listed, in, turns, asked);
}

// Asks of each field what the members ask of it, those together that ask the same of all else: so that two
// values of a class are in the same members' parts.
void Meanings::refine(const Set& set, const InSet& in, bool turns, Asked& asked) {
  auto layout = layout_of(set);
  if (!layout.is_known || !layout.family || *layout.family != space_.family()) return;
  auto of_mask = prefix_length_of(layout.mask, *layout.family);
  if (!of_mask) {
    asked.is_too_fine = true;
    return;
  }
  std::map<std::pair<std::size_t, std::string>, std::vector<PointSpan>> by_rest;
  for (const auto& member : set.members) {
    auto parsed = parse_element(element_of(member), layout);
    if (!parsed) return;  // nobody can tell of any packet whether it is a member
    const auto& element = parsed->element;
    std::size_t address = 0;
    for (std::size_t part = 0; part < layout.parts.size(); ++part) {
      auto rest = element;
      PointSpan span;
      if (layout.parts[part] == SetPart::kPort) {
        span = span_of(element.port, element.port);
        rest.port = 0;
      } else if (layout.parts[part] == SetPart::kIp || layout.parts[part] == SetPart::kNet) {
        span = span_of_address(element, address, *of_mask, *layout.family);
        rest.addresses[address++] = {};
      } else {
        continue;
      }
      auto key = fmt::format("{} {} {} {} {} {} {} {} {} {} {}", rest.addresses[0][0], rest.addresses[0][1],
                             rest.addresses[1][0], rest.addresses[1][1], rest.mark, rest.port, rest.protocol,
                             rest.lengths[0], rest.lengths[1], parsed->interface,
                             std::string_view(member).ends_with("nomatch"));
      by_rest[{part, std::move(key)}].push_back(span);
    }
  }
  for (auto& [key, spans] : by_rest) {
    bool is_source = (in.sources >> key.first & 1U) != 0;
    bool is_port = layout.parts[key.first] == SetPart::kPort;
    auto slot = is_port     ? (is_source ? Slot::kSourcePort : Slot::kDestinationPort)
                : is_source ? Slot::kSource
                            : Slot::kDestination;
    for (auto field : fields_for(slot, turns)) {
      ask(field, spans);
      // Address 0 is no member of hash:ip, whatever stands there.
      if (!is_port) ask(field, {PointSpan{}});
    }
  }
}

Meanings::Meaning Meanings::everywhere(Answer answer) const {
  return {.holds = answer == Answer::kYes ? Bdd::kAll : Bdd::kNone,
          .depends = answer == Answer::kDepends ? Bdd::kAll : Bdd::kNone};
}

Meanings::Meaning Meanings::at(const Asked& asked, const Here& here) {
  for (const auto* cloud : here.clouds)
    if (looks_at(*asked.condition, *cloud)) return everywhere(Answer::kDepends);
  if (!asked.parts.empty()) return any_of(asked, here);
  bool any_open = false;
  auto pinned = Bdd::kAll;
  for (auto slot : asked.slots) {
    if (!is_open(asked, slot, here, &pinned)) continue;
    if (here.origin(slot).is == Origin::Is::kCantBeTold || asked.is_too_fine) return {.is_untold = Bdd::kAll};
    any_open = true;
  }
  auto out = any_open ? of_open(asked, here) : everywhere(holds(*asked.condition, here.known, surroundings_));
  if (pinned == Bdd::kAll) return out;
  auto& bdd = space_.bdd();
  return {.holds = bdd.both(out.holds, pinned),
          .depends = bdd.both(out.depends, pinned),
          .is_untold = bdd.either(bdd.both(out.is_untold, pinned), bdd.opposite(pinned))};
}

bool Meanings::is_open(const Asked& asked, Slot slot, const Here& here, Bdd::Node* pinned) {
  const auto& origin = here.origin(slot);
  if (origin.is == Origin::Is::kKnown || !is_there(slot, here.known)) return false;
  if (origin.is == Origin::Is::kCantBeTold || contains(fields_for(slot, asked.turns), origin.field))
    return true;
  const auto& classes = space_.classes(origin.field);
  auto value = value_of(slot, here.known);
  auto of_class = classes.class_of(value);
  bool is_alone = classes.values_of(of_class) == std::vector{PointSpan{.first = value, .last = value}};
  auto these = is_alone ? space_.classes_node(origin.field, std::span(&of_class, 1)) : Bdd::kNone;
  if (pinned != nullptr) *pinned = space_.bdd().both(*pinned, these);
  return false;
}

Meanings::Meaning Meanings::of_open(const Asked& asked, const Here& here) {
  if (asked.questions.empty()) return probe(asked, here);
  auto found = std::ranges::find(asked.questions, here.origin(asked.slots[0]), &Asked::Question::origin);
  if (found == asked.questions.end()) return {.is_untold = Bdd::kAll};
  auto inside = space_.node(found->number);
  return {.holds = asked.inverted ? space_.bdd().opposite(inside) : inside};
}

Meanings::Meaning Meanings::probe(const Asked& asked, const Here& here) {
  std::size_t probes = 1;
  for (auto slot : asked.slots)
    if (is_open(asked, slot, here, nullptr)) probes *= space_.classes(here.origin(slot).field).count();
  if (probes > kMostProbes) return {.is_untold = Bdd::kAll};
  auto encounter = here.known;
  return probe_slot(asked, 0, encounter, here);
}

Meanings::Meaning Meanings::probe_slot(const Asked& asked, std::size_t which, Encounter& encounter,
                                       const Here& here) {
  if (which == asked.slots.size()) return everywhere(holds(*asked.condition, encounter, surroundings_));
  const auto& origin = here.origin(asked.slots[which]);
  if (!is_open(asked, asked.slots[which], here, nullptr))
    return probe_slot(asked, which + 1, encounter, here);
  const auto& classes = space_.classes(origin.field);
  // By what is left to ask, so that thousands of classes with one answer are one node.
  std::map<std::pair<Bdd::Node, Bdd::Node>, std::vector<std::uint32_t>> by_answer;
  for (std::uint32_t i = 0; i < classes.count(); ++i) {
    put_value(asked.slots[which], classes.first_of(i), encounter);
    auto rest = probe_slot(asked, which + 1, encounter, here);
    by_answer[{rest.holds, rest.depends}].push_back(i);
  }
  auto& bdd = space_.bdd();
  Meaning out;
  for (const auto& [rest, some] : by_answer) {
    auto values = space_.classes_node(origin.field, some);
    out.holds = bdd.either(out.holds, bdd.both(values, rest.first));
    out.depends = bdd.either(out.depends, bdd.both(values, rest.second));
  }
  return out;
}

Meanings::Meaning Meanings::any_of(const Asked& asked, const Here& here) {
  auto& bdd = space_.bdd();
  Meaning out;
  for (const auto& part : asked.parts) {
    auto meaning = at(part, here);
    out.holds = bdd.either(out.holds, meaning.holds);
    out.depends = bdd.either(out.depends, meaning.depends);
    out.is_untold = bdd.either(out.is_untold, meaning.is_untold);
  }
  out.is_untold = bdd.without(out.is_untold, out.holds);
  out.depends = bdd.without(bdd.without(out.depends, out.holds), out.is_untold);
  if (asked.inverted)
    out.holds = bdd.without(bdd.without(bdd.opposite(out.holds), out.depends), out.is_untold);
  return out;
}

}  // namespace pyfw
