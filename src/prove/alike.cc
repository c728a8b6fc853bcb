#include "prove/alike.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/contains.h"
#include "prove/field_values.h"
#include "prove/host_questions.h"
#include "prove/nat_choices.h"

namespace pyfw {

// One telling, under way.
struct AlikeFinder::Walk {
  const Packet& request;
  const PacketSpace::OnePacket& packet;
  const std::vector<bool>& answers;  // that it was told with
  Alike out{};
  std::vector<bool> supposed{};  // of all questions so far
  bool is_error = false;         // an ICMP error, which has the request in it
  LegRole role = LegRole::kRequest;
  std::size_t leg = 0;
  std::vector<std::uint64_t> jumps{};  // of this leg, before each of its steps and after the last
  std::vector<Slot> changed{};         // of the request, by targets: they are the same for all by now
  std::vector<PointSpan> chosen{};     // from which NAT took an address so far, for each packet by itself
  // Until there the steps are those of a chain that was summed up.
  enum class Skip : std::uint8_t { kNothing, kToChain, kToHook } skip = Skip::kNothing;
  ChainIndex skip_to = 0;
};

namespace {

using Is = Origin::Is;

bool is_original(Slot slot) {
  return Slot::kOriginalSource <= slot && slot <= Slot::kOriginalDestinationPort;
}

bool is_of_tuple(Slot slot) { return Slot::kOriginalSource <= slot && slot <= Slot::kReplyDestinationPort; }

bool goes_back(LegRole role) { return role == LegRole::kAnswer || role == LegRole::kRefusal; }

// Which of the request's ends a slot shows, as long as no NAT changed it. Of docker-proxy's own connections
// nothing stems from the request.
std::optional<Field> end_of(Slot slot, LegRole role) {
  if (role != LegRole::kRequest && !goes_back(role)) return {};
  auto field = field_of(slot);
  return goes_back(role) && !is_of_tuple(slot) ? turned(field) : field;
}

// Whether it may be what NAT put in that end's place: answers are expected there.
bool may_be_translated(Slot slot, const Encounter& encounter, Field end) {
  const auto& connection = encounter.connection;
  if (!connection || is_original(slot)) return false;
  bool is_source = end == Field::kSource || end == Field::kSourcePort;
  if (is_source ? !connection->has_snat : !connection->has_dnat) return false;
  const auto& reply = connection->reply;
  auto value = value_of(slot, encounter);
  if (is_port(end)) return value.low == (is_source ? reply.destination_port : reply.source_port);
  return value == point_of(is_source ? reply.destination : reply.source);
}

bool is_of_chain(StepKind kind) {
  return kind == StepKind::kPassed || kind == StepKind::kMatched || kind == StepKind::kReturned ||
         kind == StepKind::kPolicy;
}

}  // namespace

Alike AlikeFinder::find(const Told& told, const PacketSpace::OnePacket& packet,
                        const std::vector<bool>& answers, std::size_t story) {
  constexpr std::size_t kMostLegs = 8;
  const auto& legs = told.trace.legs;
  Walk walk{.request = legs.front().packet, .packet = packet, .answers = answers};
  walk.out.packets = Bdd::kAll;
  for (const auto& leg : legs) {
    auto number = static_cast<std::size_t>(&leg - legs.data());
    walk.leg = story * kMostLegs + number;
    walk.role = leg.role;
    walk.is_error =
        leg.role == LegRole::kRefusal && (leg.packet.protocol == kIcmp || leg.packet.protocol == kIcmp6);
    if (leg.packet.family() != space_.family()) {
      if (!is_the_same_for_all(leg, walk)) break;
      continue;
    }
    walk.jumps = jumps_of(leg.path);
    if (!answer_questions(leg, walk) || !follow(leg, walk)) break;
  }
  return std::move(walk.out);
}

// docker-proxy opens connections of the other family, too: all that is in them is its own. What hangs on a
// match there is not followed.
bool AlikeFinder::is_the_same_for_all(const Leg& leg, Walk& walk) {
  for (const auto& question : leg.path.questions) {
    walk.supposed.push_back(question.supposed);
    walk.out.untold = question;
  }
  return leg.path.questions.empty();
}

bool AlikeFinder::lose(const RuleRef& rule, Bdd::Node untold, Walk& walk) const {
  walk.out.packets = space_.bdd().both(walk.out.packets, untold);
  walk.out.untold = OpenQuestion{.rule = rule, .on = "what this rule sees of the packet"};
  return false;
}

Bdd::Node AlikeFinder::variable_for(const OpenQuestion& question) {
  auto key = fmt::format("{} {} {} {}", question.on, question.value, question.rule ? question.rule->chain : 0,
                         question.rule ? static_cast<int>(question.rule->rule) : -1);
  auto [known, is_new] = variables_.try_emplace(std::move(key), Bdd::kNone);
  if (is_new) {
    known->second = space_.free_variable();
    questions_[space_.bdd().variable_of(known->second)] = question;
  }
  return known->second;
}

const OpenQuestion* AlikeFinder::question_of(std::uint32_t variable) const {
  if (const auto* question = sums_.question_of(variable); question != nullptr) return question;
  auto found = questions_.find(variable);
  return found == questions_.end() ? nullptr : &found->second;
}

// Whether the story supposed of each open question what the packet says of it.
bool AlikeFinder::answer_questions(const Leg& leg, Walk& walk) {
  auto& bdd = space_.bdd();
  const auto& path = leg.path;
  std::size_t view = 0;
  for (const auto& question : path.questions) {
    auto number = walk.supposed.size();
    bool was_given = number < walk.answers.size() && walk.answers[number];
    walk.supposed.push_back(question.supposed);
    // Where nothing is left to be asked it is a statement.
    if (question.supposed && !was_given) continue;
    while (view + 1 < path.views.size() && path.views[view + 1].step <= question.step) ++view;
    bool is_match = false;
    if (question.rule && question.value.empty() && !path.views.empty()) {
      const auto& compiled = host_.rules[question.rule->chain][question.rule->rule].compiled;
      is_match = !path.views[view].clouds.empty() ||
                 std::ranges::any_of(compiled.uncertain,
                                     [&](const UncertainMatch& match) { return match.text == question.on; });
    }
    // A match's meaning comes with the rules; of all else there is a variable.
    Bdd::Node yes = Bdd::kNone;
    if (is_match) {
      auto matched = sums_.match(*question.rule, place(path.views[view], walk.jumps[question.step], walk));
      if (bdd.contains(matched.untold, walk.packet)) return lose(*question.rule, matched.untold, walk);
      yes = matched.yes;
    } else {
      yes = variable_for(question);
    }
    bool expected = bdd.contains(yes, walk.packet);
    if (expected != question.supposed) {
      walk.supposed.back() = expected;
      walk.out.answers = walk.supposed;
      return false;
    }
    if (!is_match) walk.out.packets = bdd.both(walk.out.packets, expected ? yes : bdd.opposite(yes));
  }
  return true;
}

bool AlikeFinder::follow(const Leg& leg, Walk& walk) {
  const auto& path = leg.path;
  if (path.views.empty()) return true;
  walk.skip = Walk::Skip::kNothing;
  std::size_t view = 0;
  auto here = place(path.views[0], 0, walk);
  for (std::size_t i = 0; i < path.steps.size(); ++i) {
    bool moved = false;
    while (view + 1 < path.views.size() && path.views[view + 1].step <= i) {
      ++view;
      moved = true;
    }
    if (moved) here = place(path.views[view], 0, walk);
    here.jumps = walk.jumps[i];
    auto chosen = walk.chosen.size();
    if (!step(path, i, here, walk)) return false;
    if (walk.chosen.size() != chosen) here = place(path.views[view], 0, walk);
  }
  return true;
}

bool AlikeFinder::step(const Path& path, std::size_t number, const Here& here, Walk& walk) {
  auto& bdd = space_.bdd();
  const auto& step = path.steps[number];
  if (!is_of_chain(step.kind)) {
    walk.skip = Walk::Skip::kNothing;
    if (step.kind != StepKind::kChain || !sums_.only_decides(step.chain)) return true;
    walk.skip = Walk::Skip::kToHook;
    return meet_sum(step.chain, here, walk);
  }
  if (walk.skip == Walk::Skip::kToHook) return true;
  if (walk.skip == Walk::Skip::kToChain) {
    if (step.chain != walk.skip_to) return true;
    walk.skip = Walk::Skip::kNothing;
  }
  if (step.kind == StepKind::kMatched) return take_matched(path, number, here, walk);
  if (step.kind != StepKind::kPassed) return true;
  const auto& any = sums_.match_any(step.chain, step.rule, step.last, here);
  if (bdd.contains(any.untold, walk.packet)) return lose({step.chain, step.rule}, any.untold, walk);
  if (bdd.contains(any.yes, walk.packet)) {
    walk.out.contradiction =
        fmt::format("rules {} to {} of {} {} should not all be passed", step.rule + 1, step.last + 1,
                    host_.chains[step.chain].table, host_.chains[step.chain].name);
    return false;
  }
  walk.out.packets = bdd.without(walk.out.packets, bdd.either(any.yes, any.untold));
  return true;
}

// What becomes of the packet in a chain that only decides.
bool AlikeFinder::meet_sum(ChainIndex chain, const Here& here, Walk& walk) {
  auto& bdd = space_.bdd();
  const auto& sum = sums_.of(chain, here);
  if (bdd.contains(sum.untold, walk.packet)) return lose({chain, 0}, sum.untold, walk);
  auto take = [&](Bdd::Node ones) {
    if (!bdd.contains(ones, walk.packet)) return false;
    walk.out.packets = bdd.both(walk.out.packets, ones);
    return true;
  };
  if (take(sum.back)) {
    if (walk.skip != Walk::Skip::kToHook) walk.skip = Walk::Skip::kToChain;
    return true;
  }
  walk.skip = Walk::Skip::kToHook;
  if (take(sum.accepted) || take(sum.dropped) || std::ranges::any_of(sum.rejected, take)) return true;
  walk.out.contradiction = fmt::format("nothing becomes of the packet in {} {}", host_.chains[chain].table,
                                       host_.chains[chain].name);
  return false;
}

bool AlikeFinder::take_matched(const Path& path, std::size_t number, const Here& here, Walk& walk) {
  auto& bdd = space_.bdd();
  const auto& step = path.steps[number];
  RuleRef ref{.chain = step.chain, .rule = step.rule};
  auto matched = sums_.match(ref, here);
  if (bdd.contains(matched.untold, walk.packet)) return lose(ref, matched.untold, walk);
  if (!bdd.contains(matched.yes, walk.packet)) {
    walk.out.contradiction = fmt::format("rule {} of {} {} should not match", step.rule + 1,
                                         host_.chains[step.chain].table, host_.chains[step.chain].name);
    return false;
  }
  walk.out.packets = bdd.both(walk.out.packets, matched.yes);
  const auto& rule = host_.rules[ref.chain][ref.rule];
  note_change(rule.compiled.target, walk);
  if (auto chosen = chosen_from(rule.compiled.target)) walk.chosen.push_back(*chosen);
  const auto* jump = std::get_if<JumpTo>(&rule.compiled.target);
  if (jump == nullptr || jump->is_goto || rule.to == kNoChain || !sums_.only_decides(rule.to)) return true;
  walk.skip_to = ref.chain;
  auto there = here;
  there.jumps = jumps_after(here.jumps, ref);
  return meet_sum(rule.to, there, walk);
}

// What is made of a field's value is the same for all only where they have the same value.
void AlikeFinder::note_change(const Target& target, Walk& walk) {
  if (walk.role != LegRole::kRequest) return;
  auto field = field_made_of_itself(target);
  if (field && contains(freedom_.free, *field)) {
    auto alike = space_.like(*field, value_of(*field, walk.request));
    walk.out.packets = space_.bdd().both(walk.out.packets, alike);
  }
  if (std::holds_alternative<ChangeTtl>(target)) walk.changed.push_back(Slot::kTtl);
  if (std::holds_alternative<ChangeTos>(target)) walk.changed.push_back(Slot::kTos);
  if (std::holds_alternative<ChangeTcp>(target)) walk.changed.push_back(Slot::kTcpOptions);
}

std::vector<std::uint64_t> AlikeFinder::jumps_of(const Path& path) const {
  struct Jump {
    std::uint64_t before;
    bool is_goto;
  };
  std::vector<Jump> stack;
  std::uint64_t now = 0;
  std::vector<std::uint64_t> out;
  auto come_back = [&] {
    while (!stack.empty()) {
      auto jump = stack.back();
      stack.pop_back();
      now = jump.before;
      if (!jump.is_goto) break;
    }
  };
  for (const auto& step : path.steps) {
    // A chain begins anew, also where the one before ended in a user chain.
    if (!is_of_chain(step.kind)) {
      stack.clear();
      now = 0;
    }
    out.push_back(now);
    if (step.kind == StepKind::kReturned) come_back();
    if (step.kind != StepKind::kMatched) continue;
    const auto& target = host_.rules[step.chain][step.rule].compiled.target;
    if (std::holds_alternative<pyfw::Return>(target)) come_back();
    if (const auto* jump = std::get_if<JumpTo>(&target)) {
      stack.push_back({.before = now, .is_goto = jump->is_goto});
      now = jumps_after(now, {.chain = step.chain, .rule = step.rule});
    }
  }
  out.push_back(now);
  return out;
}

Here AlikeFinder::place(const View& view, std::uint64_t jumps, Walk& walk) const {
  Here here{.known = view.packet, .clouds = view.clouds, .leg = walk.leg, .jumps = jumps};
  for (std::size_t i = 0; i < kSlots; ++i) {
    auto slot = static_cast<Slot>(i);
    auto field = field_of(slot);
    here.origins[i] = is_address(field) || is_port(field) ? origin_of_end(slot, here.known, walk)
                                                          : origin_of(slot, here.known, walk);
  }
  return here;
}

bool AlikeFinder::is_free(Field field) const { return contains(freedom_.free, field); }

Origin AlikeFinder::origin_of(Slot slot, const Encounter& encounter, const Walk& walk) const {
  auto field = field_of(slot);
  if (!is_free(field)) return {};
  if (walk.is_error && slot == Slot::kLength) return {.is = Is::kCantBeTold, .field = field};
  if (walk.role != LegRole::kRequest || contains(walk.changed, slot)) return {};
  bool is_less = slot == Slot::kTtl && value_of(slot, encounter).low + 1 == walk.request.ttl;
  return {.is = is_less ? Is::kOneLess : Is::kField, .field = field};
}

// Values tell where they come from: an example's are chosen so that no constant is the same by chance, but
// for those that are the only one of their class. Where one of these could come from elsewhere as well, the
// way is followed for it alone.
Origin AlikeFinder::origin_of_end(Slot slot, const Encounter& encounter, Walk& walk) const {
  if (!has(encounter, slot)) return {};
  auto value = value_of(slot, encounter);
  auto field = field_of(slot);
  auto ends = std::array{field, turned(field)};
  // Also where it chose an end or a constant by chance.
  bool may_be_chosen =
      is_address(field) && !is_original(slot) && std::ranges::any_of(walk.chosen, [&](const PointSpan& span) {
        return span.first <= value && value <= span.last;
      });
  if (may_be_chosen && (is_free(ends[0]) || is_free(ends[1]))) return {.is = Is::kCantBeTold, .field = field};
  const auto& constants = is_port(field) ? freedom_.ports : freedom_.addresses;
  auto own = end_of(slot, walk.role);
  if (own == ends[1]) std::ranges::reverse(ends);
  auto has_it = [&](Field end) { return value_of(end, walk.request) == value; };
  for (auto end : ends) {
    if (!is_free(end) || !has_it(end)) continue;
    bool is_its_own = end == own && !may_be_translated(slot, encounter, end);
    bool may_be_other = constants.contains(value) || has_it(turned(end));
    if (is_its_own || !may_be_other) return {.is = Is::kField, .field = end};
    walk.out.packets = space_.bdd().both(walk.out.packets, space_.like(end, value));
    if (space_.classes(end).is_alone(value)) return {};
    return {.is = Is::kField, .field = end};
  }
  if (constants.contains(value) || (!is_free(ends[0]) && !is_free(ends[1]))) return {};
  // The same for all that are alike, or what NAT makes of each.
  return {.is = Is::kCantBeTold, .field = field};
}

}  // namespace pyfw
