// For tests of this room: what look() would find, from texts in the kernel's spelling, without a kernel.

#pragma once

#include <optional>
#include <string>
#include <utility>

#include "engine/look.h"
#include "engine/ownership.h"
#include "engine/prune.h"
#include "wish/wishes_for_tests.h"

namespace pyfw {

inline ChainId filter_chain(std::string chain) {
  return {.family = Family::kIpv4, .table = "filter", .chain = std::move(chain)};
}

// `wishes` is what stands below pyfw_wishes.
inline Outlook outlook_on(const std::string& wishes, const State& live, std::optional<Record> record = {}) {
  Outlook outlook;
  outlook.wishes = wishes_from({"pyfw_wishes: " + wishes}).value();
  outlook.written = write_rules(outlook.wishes, {.facts = Facts{}}).value();
  outlook.live.state = live;
  auto sets = write_sets(outlook.wishes, live).value();
  auto found = resolve(outlook.wishes, outlook.written, sets, live);
  outlook.desired = std::move(found.desired);
  if (record) outlook.messages = prune(*record, outlook.wishes, outlook.written, outlook.desired);
  outlook.record = std::move(record);
  return outlook;
}

inline Record record_of(const Outlook& outlook, const std::string& wishes) {
  return record_of(outlook, outlook.live.state, outlook.desired.state, wishes);
}

inline std::vector<std::string> rules_in(const State& state, const ChainId& id) {
  std::vector<std::string> texts;
  if (const auto* chain = find_chain(state, id); chain != nullptr)
    for (const auto& rule : chain->rules) texts.push_back(rule.text);
  return texts;
}

}  // namespace pyfw
