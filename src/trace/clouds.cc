#include "trace/clouds.h"

#include <algorithm>

namespace pyfw {

bool is_under(const Condition& condition, const Unpredictable& cloud) {
  if (const auto* number = std::get_if<NumberIn>(&condition.kind))
    return cloud.changes_mark && number->field == NumberField::kMark;
  if (const auto* set = std::get_if<InSet>(&condition.kind))
    return !cloud.set.empty() && set->name == cloud.set;
  if (const auto* any = std::get_if<AnyOf>(&condition.kind))
    return std::ranges::any_of(any->conditions, [&](const Condition& one) { return is_under(one, cloud); });
  return false;
}

namespace {

const Unpredictable* cloud_over(const Journey& journey, const Condition& condition) {
  for (const auto* cloud : journey.clouds)
    if (is_under(condition, *cloud)) return cloud;
  return nullptr;
}

}  // namespace

const Unpredictable* cloud_over(const Journey& journey, const CompiledRule& rule) {
  const Unpredictable* found = nullptr;
  for (const auto& condition : rule.conditions) {
    if (const auto* cloud = cloud_over(journey, condition); cloud != nullptr) {
      found = cloud;
    } else if (holds(condition, journey.now, journey.host.surroundings) == Answer::kNo) {
      return nullptr;
    }
  }
  return found;
}

}  // namespace pyfw
