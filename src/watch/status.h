// Where the wishes stand: which hold, what they have matched, what the daemon has done. `pyfw status` shows
// it.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/look.h"
#include "keep/daemon_note.h"
#include "keep/history.h"
#include "watch/rule_counters.h"

namespace pyfw {

struct WishStatus {
  enum class Kind { kRule, kPolicy, kSet };
  Kind kind = Kind::kRule;
  ChainId chain{};      // of a rule or a policy
  std::string name;     // of a rule its text where it has none, of a policy DROP, of a set its name
  std::string place{};  // "wishes.yaml:12:9"
  bool holds = true;
  std::string left_out{};  // of a rule: why it does not stand in its chain for now
  // Of a rule that stands there: what it has counted since it was put there.
  std::optional<Counters> counted{};

  bool operator==(const WishStatus&) const = default;
};

struct Status {
  std::string why_none{};  // why there are no wishes: nothing was applied yet
  std::string wishes{};    // where they came from: a path, or empty for the default places
  std::vector<WishStatus> each{};
  std::string drift{};    // what would have to be done, in words
  std::string trouble{};  // why it can't be told what holds: a damaged record, no iptables
  // Why some of it is held otherwise than it is wished, beside what is said of each wish.
  std::vector<std::string> remarks{};
  std::string pending{};  // of a change that waits for its confirm, in words
  std::optional<DaemonNote> daemon{};
  bool daemon_runs = false;
  History history{};
  // Why what the daemon has told of itself, and of its repairs, can't be read; else empty.
  std::string daemon_trouble{};
  std::string history_trouble{};

  [[nodiscard]] bool is_known() const { return trouble.empty(); }
  [[nodiscard]] bool has_drifted() const { return !drift.empty(); }
};

// Of each rule, policy and set that is wished. `outlook` is of the wishes that were applied last.
std::vector<WishStatus> status_of(const Outlook& outlook, const RuleCounters& counters);
// "wishes.yaml:12:9: no chain or target is called 'THEIRS'"
std::string one_line(const Error& error);
// Of what is said of no rule.
std::vector<std::string> remarks_of(const Outlook& outlook);

}  // namespace pyfw
