#include "prove/meanings.h"

#include <algorithm>
#include <utility>

#include "base/contains.h"
#include "base/overloaded.h"
#include "ext/set_element.h"
#include "prove/asked_set.h"
#include "prove/field_values.h"
#include "trace/clouds.h"

namespace pyfw {
namespace {

// More classes than this, of all fields that a condition looks at together, are not looked at one by one.
constexpr std::size_t kMostProbes = std::size_t{1} << 20U;

// The slots that it looks at, of conditions that are no question of one.
std::vector<Slot> slots_of(const Condition& condition) {
  return std::visit(
      Overloaded{[](const AddressMasked& asked) { return std::vector{slot_of(asked.field)}; },
                 [](const AddressTypeIs& asked) { return std::vector{slot_of(asked.field)}; },
                 [](const PassesRpfilter&) { return std::vector{Slot::kSource, Slot::kDestination}; },
                 [](const auto&) { return std::vector<Slot>(); }},
      condition.kind);
}

Slot slot_of_part(const InSet& in, std::size_t part, bool is_port) {
  bool is_source = (in.sources >> part & 1U) != 0;
  if (is_port) return is_source ? Slot::kSourcePort : Slot::kDestinationPort;
  return is_source ? Slot::kSource : Slot::kDestination;
}

// Of a set that nobody knows it may be all that a part can be.
std::vector<Slot> slots_of(const SetLayout& layout, const InSet& in) {
  std::vector<Slot> out;
  for (std::size_t part = 0; part < in.dimensions; ++part)
    for (bool is_port : {false, true}) {
      bool is_known = layout.is_known && part < layout.parts.size();
      bool is_asked =
          !is_known || (is_port ? layout.parts[part] == SetPart::kPort
                                : layout.parts[part] == SetPart::kIp || layout.parts[part] == SetPart::kNet);
      if (is_asked) out.push_back(slot_of_part(in, part, is_port));
    }
  return out;
}

}  // namespace

Meanings::Meanings(PacketSpace& space, const Surroundings& surroundings, std::span<const Set> sets,
                   SetAddresses& addresses, std::vector<Field> free)
    : space_(space),
      surroundings_(surroundings),
      sets_(sets),
      free_(std::move(free)),
      addresses_(addresses) {}

bool Meanings::is_free(Field field) const { return contains(free_, field); }

std::vector<Field> Meanings::fields_for(Slot slot, bool turns) const {
  auto own = field_of(slot);
  std::vector<Field> out;
  if (is_free(own)) out.push_back(own);
  if (turns && turned(own) != own && is_free(turned(own))) out.push_back(turned(own));
  return out;
}

Meanings::Asked Meanings::learn(const Condition& condition, bool turns) {
  Asked out{.condition = &condition, .turns = turns};
  if (auto asked = asked_slot(condition)) {
    learn_question(*asked, out);
  } else if (const auto* set = std::get_if<InSet>(&condition.kind)) {
    learn_set(*set, out);
  } else if (const auto* any = std::get_if<AnyOf>(&condition.kind)) {
    out.inverted = any->inverted;
    for (const auto& part : any->conditions) out.parts.push_back(learn(part, turns));
  } else {
    out.slots = slots_of(condition);
    out.is_too_fine = std::holds_alternative<AddressMasked>(condition.kind);
  }
  return out;
}

void Meanings::learn_question(const AskedSlot& question, Asked& asked) {
  asked.slots = {question.slot};
  asked.inverted = question.inverted;
  for (auto field : fields_for(question.slot, asked.turns)) {
    asked.questions.push_back(
        {.origin = {.is = Origin::Is::kField, .field = field}, .number = space_.ask(field, question.spans)});
    if (field != Field::kTtl) continue;
    // What is that after a router took one from it.
    auto more = question.spans;
    for (auto& span : more) span = {.first = after(span.first), .last = after(span.last)};
    std::erase_if(more, [](const PointSpan& span) { return span.first.low > 0xff; });
    for (auto& span : more) span.last.low = std::min<std::uint64_t>(span.last.low, 0xff);
    asked.questions.push_back({.origin = {.is = Origin::Is::kOneLess, .field = field},
                               .number = space_.ask(field, std::move(more))});
  }
}

void Meanings::learn_set(const InSet& in, Asked& asked) {
  const auto* set = find_set(sets_, in.name);
  if (set == nullptr || in.dimensions == 0) return;
  // A set of the other family has none of these packets, whatever its members are.
  auto family = layout_of(*set).family;
  AskedSlot question{.slot = slot_of_part(in, 0, false), .inverted = in.inverted};
  if (family && *family != space_.family()) return learn_question(question, asked);
  if (const auto& known = addresses_.of(*set, in.return_nomatch); known) {
    question.spans = *known;
    return learn_question(question, asked);
  }
  if (!layout_of(*set).is_list) return learn_parts(*set, in, asked);
  for (const auto& member : set->members)
    if (const auto* listed = find_set(sets_, element_of(member)); listed != nullptr)
      learn_parts(*listed, in, asked);
}

void Meanings::learn_parts(const Set& set, const InSet& in, Asked& asked) {
  for (auto slot : slots_of(layout_of(set), in))
    if (!contains(asked.slots, slot)) asked.slots.push_back(slot);
  auto family = layout_of(set).family;
  if (family && *family != space_.family()) return;
  auto questions = parts_asked_by(set);
  if (!questions) asked.is_too_fine = true;
  for (auto& question : questions.value_or(std::vector<PartQuestion>()))
    for (auto field : fields_for(slot_of_part(in, question.part, question.is_port), asked.turns))
      space_.ask(field, question.spans);
}

Meanings::Meaning Meanings::everywhere(Answer answer) const {
  return {.holds = answer == Answer::kYes ? Bdd::kAll : Bdd::kNone,
          .depends = answer == Answer::kDepends ? Bdd::kAll : Bdd::kNone};
}

Meanings::Meaning Meanings::at(const Asked& asked, const Here& here) {
  for (const auto* cloud : here.clouds)
    if (is_under(*asked.condition, *cloud)) return everywhere(Answer::kDepends);
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
  if (origin.is == Origin::Is::kKnown || !has(here.known, slot)) return false;
  if (origin.is == Origin::Is::kCantBeTold || contains(fields_for(slot, asked.turns), origin.field))
    return true;
  auto value = value_of(slot, here.known);
  bool is_alone = space_.classes(origin.field).is_alone(value);
  auto these = is_alone ? space_.like(origin.field, value) : Bdd::kNone;
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
    put_value(field_of(asked.slots[which]), classes.first_of(i), encounter.packet);
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
