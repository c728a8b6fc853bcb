#include "changed_flows.h"

#include <fmt/format.h>

#include "ask/ends.h"
#include "ask/flow_changes.h"
#include "prove/difference.h"

namespace pyfw::proofs {
namespace {

Result<std::vector<Changed>> changes_between(const Scene& before, const Scene& after, Family family) {
  Difference difference(before.traced, before.state.state.sets, after.traced, after.state.state.sets, family,
                        Senders::kOthers, Compared::kNew);
  std::vector<Changed> out;
  auto some = *Ip::parse(family == Family::kIpv4 ? "0.0.0.0" : "::");
  for (const auto& entry : entries_of(before.state.facts))
    for (auto protocol : {kTcp, kUdp, family == Family::kIpv4 ? kIcmp : kIcmp6}) {
      TRY(auto changed, difference.of({.packet = first_packet(some, protocol, 0), .in_interface = entry}));
      out.insert(out.end(), changed.begin(), changed.end());
    }
  return out;
}

// As a fate says where NAT has led it: "10.0.17.2:80", of what works.
bool is_fate(const Fate& fate, const Played& played) {
  if (fate.outcome != played.outcome) return false;
  if (fate.outcome != FlowOutcome::kWorks || fate.to.empty() || !played.reached) return true;
  return fate.to.contains(played.reached->destination.to_string());
}

bool is_certain(const Fates& fates) {
  return fates.size() == 1 && fates.begin()->outcome != FlowOutcome::kDepends;
}

Result<std::string> contradiction(std::string_view when, const Fate& fate, const Arrival& request,
                                  LiveHost& host) {
  TRY(auto played, host.play(request));
  if (is_fate(fate, played)) return std::string();
  return fmt::format("{} by {}: {} it is said to be {}, and {}", differential::in_words(request.packet),
                     request.in_interface, when, words_of(fate), in_words(played));
}

}  // namespace

Result<JudgedChanges> judge_changes(LiveHost& before, LiveHost& after) {
  JudgedChanges out;
  for (auto family : kFamilies) {
    TRY(auto changes, changes_between(before.scene(), after.scene(), family));
    for (const auto& change : changes) {
      if (!is_certain(change.before) || !is_certain(change.after)) continue;
      ++out.changes;
      TRY(auto first, contradiction("before", *change.before.begin(), change.example, before));
      TRY(auto then, contradiction("afterwards", *change.after.begin(), change.example, after));
      for (auto& text : {first, then})
        if (!text.empty()) out.contradictions.push_back(text);
    }
  }
  return out;
}

}  // namespace pyfw::proofs
