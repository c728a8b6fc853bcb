// The table of subcommands.

#pragma once

#include <array>

#include "app/apply.h"
#include "app/arm.h"
#include "app/boot.h"
#include "app/check.h"
#include "app/confirm.h"
#include "app/import.h"
#include "app/options.h"
#include "app/plan.h"
#include "app/rollback.h"
#include "app/snapshots.h"
#include "app/state.h"
#include "app/status.h"
#include "app/trace.h"
#include "app/watch.h"
#include "app/who.h"

namespace pyfw {

inline constexpr std::array kSubcommands = {
    Subcommand{"plan", "show what would change (exit status 3 if anything would)",
               kTakesFormat | kTakesHost | kTakesWishes | kTakesSavedState | kTakesStateDir | kTakesOwnership,
               run_plan},
    Subcommand{"apply", "fulfil the wishes: rehearsed, all at once, and with a way back",
               kTakesFormat | kTakesHost | kTakesWishes | kTakesStateDir | kTakesOwnership | kTakesConfirm |
                   kTakesInsist,
               run_apply},
    Subcommand{"confirm", "keep the change that waits for its confirm",
               kTakesHost | kTakesStateDir | kTakesForce, run_confirm},
    Subcommand{"rollback", "undo pyfw's own changes since a snapshot",
               kTakesFormat | kTakesHost | kTakesStateDir | kTakesId, run_rollback},
    Subcommand{"snapshots", "list the states that can be returned to",
               kTakesFormat | kTakesHost | kTakesStateDir, run_snapshots},
    Subcommand{"state", "print the rules, the sets and the facts of this host",
               kTakesStateFormat | kTakesHost | kTakesSavedState | kTakesStateDir, run_state},
    Subcommand{"trace", "follow a packet through the rules: what becomes of it, and why",
               kTakesFlow | kTakesFormat | kTakesHost | kTakesWishes | kTakesSavedState | kTakesStateDir,
               run_trace},
    Subcommand{"check", "see whether the expectations of the wishes hold (exit status 3 if one does not)",
               kTakesCheck | kTakesHost | kTakesWishes | kTakesSavedState | kTakesStateDir, run_check},
    Subcommand{"who", "show who can reach an endpoint, or each service of the host",
               kTakesEndpoint | kTakesFormat | kTakesHost | kTakesWishes | kTakesSavedState | kTakesStateDir,
               run_who},
    Subcommand{"import", "write what stands on the host as wishes, without what programs maintain themselves",
               kTakesImport | kTakesHost | kTakesSavedState | kTakesStateDir, run_import},
    Subcommand{"watch", "hold true what was applied and confirmed, whatever others do to the rules",
               kTakesHost | kTakesStateDir | kTakesFollow, run_watch},
    Subcommand{"status",
               "show whether the wishes hold, what they matched, what was repaired (exit status 3 on drift)",
               kTakesStatusFormat | kTakesHost | kTakesStateDir, run_status},
    Subcommand{"boot", "enforce what was applied and confirmed last: for the host's start",
               kTakesHost | kTakesStateDir, run_boot},
    Subcommand{"hold", "wait for a confirm, in a process of its own", kTakesHost | kTakesStateDir | kTakesId,
               run_hold, true},
};

}  // namespace pyfw
