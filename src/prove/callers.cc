#include "prove/callers.h"

#include <algorithm>

#include "base/contains.h"
#include "prove/sides.h"

namespace pyfw {
namespace {

bool works(const FlowVerdict& verdict) { return verdict.outcome == FlowOutcome::kWorks; }

class CallersFinder {
 public:
  CallersFinder(Reach& reach, const std::vector<Region>& regions)
      : space_(reach.space()), reach_(reach), regions_(regions), fields_(free_of_callers()) {
    std::erase(fields_, Field::kSource);
  }

  std::vector<Callers> find() {
    for (const auto& region : regions_) {
      if (region.verdict.outcome == FlowOutcome::kDepends) continue;
      auto& side = works(region.verdict) ? works_ : fails_;
      side = space_.bdd().either(side, region.packets);
    }
    auto sides = sides_of(reach_, regions_, works);
    add(sides.always, true);
    add(sides.sometimes, false);
    return std::move(out_);
  }

 private:
  void add(Bdd::Node packets, bool is_certain) {
    for (const auto& [rest, classes] : space_.split_by(packets, Field::kSource)) {
      auto these = space_.bdd().both(packets, space_.classes_node(Field::kSource, classes));
      Callers callers{.sources = values_of(space_, Field::kSource, classes)};
      callers.conditions = conditions_of(space_, rest, reach_.lasting(), fields_);
      if (!is_certain) callers.questions = questions_about(these);
      const auto* region = region_of(these, is_certain);
      if (region == nullptr) continue;  // the diagram is full
      callers.example =
          reach_.example(region->example, reach_.plainest_of(space_.bdd().both(these, region->packets)));
      out_.push_back(std::move(callers));
    }
  }

  std::vector<OpenQuestion> questions_about(Bdd::Node these) {
    std::vector<OpenQuestion> out;
    auto add = [&](const OpenQuestion& question) {
      bool is_known = std::ranges::any_of(out, [&](const OpenQuestion& known) {
        return known.rule == question.rule && known.on == question.on;
      });
      if (!is_known) out.push_back(question);
    };
    for (auto side : {works_, fails_})
      for (auto variable : space_.free_in(space_.bdd().both(side, these)))
        if (const auto* question = reach_.question_of(variable); question != nullptr) add(*question);
    for (const auto& region : regions_)
      if (region.verdict.outcome == FlowOutcome::kDepends && space_.bdd().meet(region.packets, these))
        for (const auto& question : region.verdict.questions) add(question);
    return out;
  }

  // One of theirs, that works where any does.
  const Region* region_of(Bdd::Node these, bool is_certain) const {
    const Region* other = nullptr;
    for (const auto& region : regions_) {
      if (!space_.bdd().meet(region.packets, these)) continue;
      if (region.verdict.outcome == FlowOutcome::kWorks) return &region;
      if (!is_certain && region.verdict.outcome == FlowOutcome::kDepends) other = &region;
    }
    return other;
  }

  PacketSpace& space_;
  Reach& reach_;
  const std::vector<Region>& regions_;
  std::vector<Field> fields_;
  Bdd::Node works_ = Bdd::kNone;
  Bdd::Node fails_ = Bdd::kNone;
  std::vector<Callers> out_;
};

// What the host's own processes can do is one flow.
Called own_callers(const TracedHost& host, const Arrival& like) {
  auto trace = trace_flow(host, like);
  auto outcome = trace.verdict.outcome;
  if (outcome != FlowOutcome::kWorks && outcome != FlowOutcome::kDepends) return {};
  Callers callers{.questions = trace.verdict.questions, .example = like};
  bool may_work =
      outcome == FlowOutcome::kWorks || std::ranges::any_of(trace.branches, [](const FlowTrace& branch) {
        auto way = branch.verdict.outcome;
        return way == FlowOutcome::kWorks || way == FlowOutcome::kDepends;
      });
  if (!may_work) return {};
  return {.callers = {std::move(callers)}};
}

}  // namespace

std::vector<Field> free_of_callers() {
  return {Field::kSource, Field::kSourcePort, Field::kTtl, Field::kTos, Field::kLength, Field::kTcpOptions};
}

Result<Called> callers_of(Reach& reach, const TracedHost& host, const Arrival& like) {
  if (like.in_interface.empty()) return own_callers(host, like);
  auto asked = reach.coming_in_by(like.in_interface);
  auto& space = reach.space();
  asked = space.bdd().without(asked, reach.from(like.packet.destination));
  Called out{.asked = values_of(space, Field::kSource, space.classes_in(asked, Field::kSource))};
  TRY(auto regions, reach.ways(like, space.bdd().both(asked, reach.lasting())));
  out.callers = CallersFinder(reach, regions).find();
  TRY_VOID(space.bdd().check());
  return out;
}

}  // namespace pyfw
