#include "engine/dockers_jump.h"

#include <algorithm>
#include <vector>

namespace pyfw {
namespace {

constexpr const char* kTable = "filter";
constexpr const char* kDockerUser = "DOCKER-USER";

// Docker's own text.
const Rule& jump() {
  static const Rule kJump{"-j DOCKER-USER"};
  return kJump;
}

ChainId forward_of(Family family) { return {.family = family, .table = kTable, .chain = "FORWARD"}; }

bool jumps_there(const Chain* chain) {
  return chain != nullptr &&
         std::ranges::any_of(chain->rules, [](const Rule& rule) { return target_of(rule) == kDockerUser; });
}

std::vector<Family> families_without_jump(const Wishes& wishes, const State& state) {
  std::vector<Family> families;
  for (auto family : kFamilies)
    if (wishes.chains.contains({.family = family, .table = kTable, .chain = kDockerUser}) &&
        !jumps_there(find_chain(state, forward_of(family))))
      families.push_back(family);
  return families;
}

// To the planner it is a rule that comes, like pyfw's.
void take_for_new(Desired& desired, const ChainId& id) {
  const auto* chain = find_chain(desired.state, id);
  if (chain == nullptr) return;
  auto& foreign = desired.foreign.try_emplace(id, chain->rules.size(), true).first->second;
  for (std::size_t at = 0; at < chain->rules.size(); ++at)
    if (chain->rules[at] == jump()) foreign[at] = false;
  if (auto matched = desired.matched.find(id); matched != desired.matched.end())
    matched->second.erase(jump().text);
}

}  // namespace

Result<Course> with_dockers_jump(Course course, const Outlook& first, Kernel& kernel) {
  // A wish may jump there itself.
  auto families = families_without_jump(first.wishes, course.desired.state);
  if (families.empty()) return course;
  // As if Docker had put it there: where it stands beside the wishes, they say themselves.
  auto live = course.live;
  for (auto family : families) {
    auto& rules = ensure_chain(ruleset_of(live, family), kTable, "FORWARD").rules;
    rules.insert(rules.begin(), jump());
  }
  TRY(auto with_jump, look_again(first, std::move(live), kernel));
  course.desired = std::move(with_jump.desired);
  for (auto family : families) take_for_new(course.desired, forward_of(family));
  course.way = find_way(course.live, course.desired, kernel.backend());
  return course;
}

}  // namespace pyfw
