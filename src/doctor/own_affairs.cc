#include <fmt/format.h>

#include "doctor/checks.h"

namespace pyfw {
namespace {

Advice is_damaged(const OwnAffairs& own) {
  return {.id = "state-damaged",
          .severity = Severity::kError,
          .message = "what pyfw keeps can't be used: " + own.damage,
          .why =
              "pyfw then does not know which rules are its own: what was taken out of the wishes stays, and "
              "the daemon holds nothing",
          .instead = fmt::format("{} is to belong to root, with mode 0700 and nothing in it that others can "
                                 "write; if its text is damaged, move it away and `pyfw apply --adopt`",
                                 own.state_dir)};
}

Advice is_overdue() {
  return {.id = "change-overdue",
          .severity = Severity::kError,
          .message = "a change was not confirmed in time, and is still not undone",
          .why = "the process that was to undo it is gone: rules stand that nobody has confirmed",
          .instead = "`pyfw rollback` undoes it, `pyfw confirm --force` keeps it"};
}

Advice is_waiting(const std::string& deadline) {
  return {.id = "change-waits",
          .severity = Severity::kNote,
          .message = fmt::format("a change waits for its confirm, and undoes itself at {}", deadline),
          .why = "until then neither the daemon nor the next boot holds it",
          .instead = "`pyfw confirm` from a new connection keeps it"};
}

Advice is_unconfirmed() {
  return {.id = "wishes-unconfirmed",
          .severity = Severity::kWarning,
          .message = "what was applied last was never confirmed",
          .why = "neither the daemon nor the next boot holds wishes that their owner did not confirm",
          .instead = "`pyfw apply` once more, or with --confirm-within and then `pyfw confirm`"};
}

Advice has_drifted(const std::string& drift) {
  return {.id = "wishes-drifted",
          .severity = Severity::kWarning,
          .message = fmt::format("the wishes that were applied do not hold any more: {}", drift),
          .why = "somebody changed rules since",
          .instead = "`pyfw plan` shows it, `pyfw apply` puts it back, and pyfw-watch.service keeps it so"};
}

Advice is_down(const OwnAffairs& own) {
  return {.id = "daemon-down",
          .severity = Severity::kWarning,
          .message = fmt::format("pyfw watch does not run; it last began on {}", own.daemon_since),
          .why = "nobody puts back what a restart of Docker or another program moves",
          .instead = "`systemctl status pyfw-watch.service` says why, `systemctl start` it"};
}

Advice is_idle(const std::string& standing) {
  return {.id = "daemon-idle",
          .severity = Severity::kWarning,
          .message = "pyfw watch runs, but does not just hold the wishes: " + standing,
          .why = "until that changes drift may stay",
          .instead = "`pyfw status` tells more"};
}

Advice has_failed(const std::string& failure) {
  return {.id = "repair-failed",
          .severity = Severity::kWarning,
          .message = "the last repair by pyfw watch failed: " + failure,
          .why = "what drifted is as others left it",
          .instead = "`pyfw status` shows when, `pyfw plan` what is to be done"};
}

Advice is_edited(const std::string& edited) {
  return {.id = "wishes-edited",
          .severity = Severity::kNote,
          .message = edited,
          .why = "the daemon and the next boot hold what was applied, not what stands in the files",
          .instead = "`pyfw plan`, then `pyfw apply`"};
}

}  // namespace

Findings look_at_own_affairs(const Examined& host) {
  const auto& own = host.own;
  Findings out;
  if (!own.damage.empty()) out.push_back(is_damaged(own));
  if (own.wait == OwnAffairs::Wait::kOverdue) out.push_back(is_overdue());
  if (own.wait == OwnAffairs::Wait::kInTime) out.push_back(is_waiting(own.deadline));
  if (own.has_applied && !own.is_confirmed && own.wait == OwnAffairs::Wait::kNone)
    out.push_back(is_unconfirmed());
  // While a change waits, what it did is no drift.
  if (!own.drift.empty() && own.wait == OwnAffairs::Wait::kNone) out.push_back(has_drifted(own.drift));
  if (own.has_daemon_run && !own.daemon_runs) out.push_back(is_down(own));
  if (own.daemon_runs && !own.daemon_standing.empty()) out.push_back(is_idle(own.daemon_standing));
  if (!own.last_failure.empty()) out.push_back(has_failed(own.last_failure));
  if (!own.edited.empty()) out.push_back(is_edited(own.edited));
  return out;
}

Findings look_at_unseen(const Examined& host) {
  Findings out;
  for (const auto& [what, why] : host.unseen)
    out.push_back(
        {.id = "not-looked-at",
         .severity = Severity::kNote,
         .message = fmt::format("could not look at {}: {}", what, why),
         .why = "what is wrong there is not told",
         .instead = host.is_root ? "look for the reason, and ask again" : "run `pyfw doctor` as root"});
  return out;
}

}  // namespace pyfw
