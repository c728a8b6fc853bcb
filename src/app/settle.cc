#include "app/settle.h"

#include <fmt/format.h>

#include "app/print.h"
#include "engine/undo.h"
#include "sys/boot_clock.h"
#include "sys/journal.h"

namespace pyfw {

Result<void> settle_before(LiveHost& host, const World& world) {
  TRY(auto pending, read_pending(*host.store));
  BootClock clock;
  switch (waiting_of(pending, clock)) {
    case Waiting::kNone: return {};
    case Waiting::kInTime:
      if (!pending->is_applied)
        return fail(fmt::format("an apply was ended before it was done; it undoes itself at {}",
                                pending->deadline_text),
                    "`pyfw rollback` undoes it now");
      return fail(
          fmt::format("a change waits for its confirm, and undoes itself at {}", pending->deadline_text),
          "first `pyfw confirm` it, or undo it by `pyfw rollback`");
    case Waiting::kOverdue: break;
  }
  print_note("a change was never confirmed; undoing it first");
  // Which backend holds the rules may look otherwise by now.
  auto kernel = live_kernel(pending->backend, world);
  TRY(auto undone, undo_pending(*pending, *kernel, *host.store, {}));
  for (const auto& remark : undone.remarks) print_note(remark);
  note_in_journal(fmt::format("undid change {}, which was not confirmed", pending->id));
  return {};
}

}  // namespace pyfw
