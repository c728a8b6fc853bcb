#include "engine/apply.h"

#include <fmt/format.h>

#include "base/contains.h"
#include "engine/ownership.h"
#include "keep/snapshots.h"
#include "show/totals.h"

namespace pyfw {
namespace {

Result<void> refuse_other_wishes(const std::optional<Record>& record, const ApplyRequest& request) {
  if (!record || record->wishes == request.wishes || request.replaces) return {};
  if (record->rules.empty() && record->policies.empty() && record->chains.empty() && record->sets.empty())
    return {};
  auto named = [](const std::string& path) { return path.empty() ? "the default places" : path; };
  return bad_input(fmt::format("last time the wishes came from {}, now from {}", named(record->wishes),
                               named(request.wishes)),
                   "with --replace, what only the former wish goes");
}

// Where rules_equal finds nothing to take away, nobody has yet said that it may.
void forget_new_leave(const std::optional<Record>& before, Record& record) {
  std::erase_if(record.adopted, [&](const ChainId& id) { return !before || !contains(before->adopted, id); });
}

// What runs from here on knows the wishes as they were read first, whoever edits the files meanwhile.
class Apply {
 public:
  Apply(Kernel& kernel, Store& store, const Clock& clock, const StartHolder& start_holder,
        const ApplyRequest& request, const AnnounceStage& announce)
      : kernel_(kernel),
        store_(store),
        clock_(clock),
        start_holder_(start_holder),
        request_(request),
        announce_(announce) {}

  Result<Applied> run(const ReadWishes& read_wishes, const ShowPlan& show) {
    TRY(auto seen, kernel_.generation());
    TRY(auto outlook, look_with_record(read_wishes, kernel_, store_, request_, announce_));
    if (show) show(outlook);
    Applied applied;
    if (outlook.is_recorded) {
      applied.first = std::move(outlook);
      return applied;
    }
    auto wanted = record_of(outlook, request_.wishes);
    if (!request_.adopts) forget_new_leave(outlook.record, wanted);
    if (outlook.way.empty()) {
      if (outlook.record != wanted) TRY_VOID(store_.write(kRecordName, write_record(wanted)));
      applied.first = std::move(outlook);
      return applied;
    }
    wanted.is_confirmed = !request_.confirm_within_ms;
    before_ = outlook.record;
    summary_ = totals_of(describe(outlook.live.state, outlook.desired));
    wanted_ = wanted;
    applied.first = outlook;
    auto enforced =
        enforce(std::move(outlook), seen, kernel_,
                {.look_again = [&] { return look_anew(applied.first); },
                 .remember = [&](const Change& change, const State& live) { return remember(change, live); },
                 .announce = announce_});
    if (!enforced) return std::unexpected(take_back(std::move(enforced).error()));
    if (pending_ && clock_.now() >= pending_->deadline)
      return std::unexpected(
          take_back(Error{.message = "this took longer than --confirm-within allows: give it more time"}));
    auto record = record_at_the_end(std::move(enforced->outlook));
    if (record != written_) TRY_VOID(store_.write(kRecordName, write_record(record)));
    if (pending_) {
      // A connection proves something only if it was opened after the last commit.
      pending_->armed_at = clock_.now();
      pending_->is_applied = true;
      TRY_VOID(keep_pending(store_, *pending_));
      applied.pending = pending_;
    }
    if (snapshot_) applied.snapshot = snapshot_->id;
    applied.unrehearsed = std::move(enforced->unrehearsed);
    applied.remarks = std::move(enforced->remarks);
    return applied;
  }

 private:
  Result<Outlook> look_anew(const Outlook& first) {
    return look([&first]() -> Result<Wishes> { return first.wishes; }, kernel_,
                {.manner = Manner::kGuarded, .record = before_, .adopts = true});
  }

  // What others wrote meanwhile may hold a set or a chain that was to go: it stays pyfw's.
  [[nodiscard]] Record record_at_the_end(Outlook last) const {
    last.record = before_ ? united(*before_, wanted_) : wanted_;
    auto record = record_of(last, request_.wishes);
    forget_new_leave(last.record, record);
    record.is_confirmed = wanted_.is_confirmed;
    return record;
  }

  Result<void> remember(const Change& change, const State& live) {
    if (snapshot_) {
      snapshot_->changes.push_back(change);
      TRY_VOID(update_snapshot(store_, *snapshot_));
      if (!pending_) return {};
      pending_->changes.push_back(change);
      return keep_pending(store_, *pending_);
    }
    if (announce_) announce_("snapshot");
    snapshot_ = Snapshot{.id = {},
                         .kind = SnapshotKind::kApply,
                         .time = clock_.time_of_day(clock_.now()),
                         .summary = summary_,
                         .changes = {change},
                         .record = before_};
    TRY(snapshot_->id, keep_snapshot(store_, live, *snapshot_));
    // Killed from here on, the rules that are put in are known as pyfw's.
    auto both = before_ ? united(*before_, wanted_) : wanted_;
    TRY_VOID(store_.write(kRecordName, write_record(both)));
    written_ = std::move(both);
    return request_.confirm_within_ms ? arm(change) : Result<void>();
  }

  Result<void> arm(const Change& change) {
    if (announce_) announce_("arm");
    auto now = clock_.now();
    auto deadline = now + *request_.confirm_within_ms;
    pending_ = Pending{.id = snapshot_->id,
                       .backend = kernel_.backend(),
                       .boot = clock_.boot(),
                       .armed_at = now,
                       .deadline = deadline,
                       .deadline_text = clock_.time_of_day(deadline),
                       .changes = {change},
                       .record = before_};
    TRY_VOID(keep_pending(store_, *pending_));
    auto holder = start_holder_(*pending_);
    if (!holder) {
      TRY_VOID(drop_pending(store_));
      return std::unexpected(std::move(holder).error());
    }
    pending_->holder = holder->pid;
    pending_->holder_started = holder->started;
    return keep_pending(store_, *pending_);
  }

  Error take_back(Error error) {
    if (!pending_) return error;
    auto undone = undo_pending(*pending_, kernel_, store_, announce_);
    if (!undone) {
      error.hint = fmt::format("undoing it failed too ({}); it is tried again at {}", undone.error().message,
                               pending_->deadline_text);
    } else if (!undone->first.way.empty()) {
      error.hint = "what was done has been undone";
    }
    return error;
  }

  Kernel& kernel_;
  Store& store_;
  const Clock& clock_;
  const StartHolder& start_holder_;
  const ApplyRequest& request_;
  const AnnounceStage& announce_;
  std::optional<Record> before_;
  std::string summary_;
  Record wanted_;
  Record written_;
  std::optional<Snapshot> snapshot_;
  std::optional<Pending> pending_;
};

}  // namespace

Result<Outlook> look_with_record(const ReadWishes& read_wishes, Kernel& kernel, Store& store,
                                 const ApplyRequest& request, const AnnounceStage& announce) {
  TRY(auto text, store.read(kRecordName));
  auto recall = [&](Outlook& outlook) -> Result<void> {
    if (!text) return {};
    auto record = parse_record(*text);
    if (record) {
      outlook.record = std::move(*record);
      return refuse_other_wishes(outlook.record, request);
    }
    outlook.messages.push_back(fmt::format(
        "the record of what was applied last can't be used: {}; wishes that have gone from the file "
        "since then stay on the host",
        record.error().message));
    return {};
  };
  auto is_recorded = [&](const Outlook& outlook) {
    return text && is_record_of(*text, sketch_of(outlook, request.wishes));
  };
  return look(read_wishes, kernel,
              {.manner = Manner::kGuarded,
               .record = {},
               .is_recorded = is_recorded,
               .recall = recall,
               .adopts = request.adopts},
              announce);
}

Result<Applied> apply(const ReadWishes& read_wishes, Kernel& kernel, Store& store, const Clock& clock,
                      const StartHolder& start_holder, const ApplyRequest& request,
                      const AnnounceStage& announce, const ShowPlan& show) {
  return Apply(kernel, store, clock, start_holder, request, announce).run(read_wishes, show);
}

}  // namespace pyfw
