#include "engine/apply.h"

#include <fmt/format.h>

#include "engine/keep_change.h"
#include "engine/ownership.h"
#include "keep/variables.h"
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

// What runs from here on knows the wishes as they were read first, whoever edits the files meanwhile.
class Apply {
 public:
  Apply(Kernel& kernel, Store& store, const Clock& clock, const StartHolder& start_holder,
        const ApplyRequest& request, const Guard& guard, const AnnounceStage& announce)
      : kernel_(kernel),
        store_(store),
        clock_(clock),
        start_holder_(start_holder),
        request_(request),
        guard_(guard),
        announce_(announce) {}

  Result<Applied> run(const ReadWishes& read_wishes, const ShowPlan& show) {
    TRY(auto seen, kernel_.generation());
    TRY(auto outlook, look_with_record(read_wishes, kernel_, store_, request_, announce_));
    if (outlook.way.empty()) {
      if (show) show(outlook, {});
      TRY_VOID(check_expectations(outlook.wishes, outlook.live.state, outlook.desired.state));
      if (!outlook.is_recorded) TRY_VOID(note_nothing_done(outlook));
      TRY_VOID(keep_values(outlook, store_));
      return Applied();
    }
    Course course{.live = std::move(outlook.live.state),
                  .desired = std::move(outlook.desired),
                  .way = std::move(outlook.way)};
    first_ = std::move(outlook);
    auto meanwhile = [&](const Course& planned) {
      auto description = describe(planned.live, planned.desired);
      if (show) show(first_, description);
      prepare(planned, description);
      // Beside the rehearsal; what it says counts before anything is written.
      is_harmless_ = check_first(planned);
    };
    auto check = [&](const Course& planned) {
      return check_expectations(first_.wishes, planned.live, planned.desired.state);
    };
    auto enforced = enforce(
        std::move(course), seen, kernel_,
        {.find_course = [&](State live) { return look_again(first_, std::move(live), kernel_); },
         .meanwhile = meanwhile,
         .check = check,
         .remember = [&](Change change, const State& live) { return remember(std::move(change), live); },
         .announce = announce_,
         .written = first_.written});
    if (!enforced) return std::unexpected(take_back(std::move(enforced).error()));
    if (pending_ && clock_.now() >= pending_->deadline)
      return std::unexpected(
          take_back(Error{.message = "this took longer than --confirm-within allows: give it more time"}));
    TRY_VOID(note_the_end(*enforced));
    return Applied{.snapshot = keeper_->id(),
                   .pending = pending_,
                   .unrehearsed = std::move(enforced->unrehearsed),
                   .remarks = std::move(enforced->remarks)};
  }

 private:
  Result<void> check_first(const Course& planned) {
    if (guard_.own_connection) connection_ = guard_.own_connection();
    if (announce_ && (guard_.show || connection_ || !first_.wishes.expectations.empty())) announce_("check");
    return check_expectations(first_.wishes, planned.live, planned.desired.state);
  }

  Result<void> check_expectations(const Wishes& wishes, const State& live, const State& desired) {
    // What changes for packets is for who reads it, and said once.
    auto ask_flows = guard_.show && !has_shown_forecast_ ? AskFlows::kYes : AskFlows::kNo;
    TRY(auto forecast, forecast_for(
                           wishes, live, desired, connection_, kernel_.backend(),
                           [&] { return facts_of_first_look(); }, ask_flows));
    if (!forecast) return {};
    if (ask_flows == AskFlows::kYes) guard_.show(*forecast);
    has_shown_forecast_ = true;
    return refuse_harm(*forecast, guard_);
  }

  // Once others write, there is no time to ask for more.
  Result<AllFacts> facts_of_first_look() {
    if (!facts_) {
      TRY(facts_, kernel_.all_facts());
    }
    return *facts_;
  }

  Record wanted_record(const Outlook& outlook, const State& live, const State& desired) const {
    auto record = record_of(outlook, live, desired, request_.wishes);
    record.backend = kernel_.backend();
    if (!request_.adopts) forget_new_leave(outlook.record, record);
    return record;
  }

  Result<void> note_nothing_done(const Outlook& outlook) {
    auto wanted = wanted_record(outlook, outlook.live.state, outlook.desired.state);
    if (outlook.record == wanted) return {};
    return store_.write(kRecordName, write_record(wanted));
  }

  void prepare(const Course& course, const Description& description) {
    wanted_ = wanted_record(first_, course.live, course.desired.state);
    wanted_.is_confirmed = !request_.confirm_within_ms;
    keeper_.emplace(store_,
                    Snapshot{.id = {},
                             .kind = SnapshotKind::kApply,
                             .backend = kernel_.backend(),
                             .time = clock_.time_of_day(clock_.now()),
                             .summary = totals_of(description),
                             .record = first_.record},
                    announce_);
  }

  Result<void> note_the_end(const Enforced& end) {
    auto record = end.is_as_planned ? std::move(wanted_) : record_of_another(end.course);
    if (record != written_) TRY_VOID(store_.write(kRecordName, write_record(record)));
    // Undone, the wishes of before may name what these do not.
    if (pending_ && first_.kept) first_.values.insert(first_.kept->begin(), first_.kept->end());
    TRY_VOID(keep_values(first_, store_));
    if (!pending_) return {};
    // A connection proves something only if it was opened after the last commit.
    pending_->armed_at = clock_.now();
    pending_->is_applied = true;
    return keep_pending(store_, *pending_);
  }

  // What others wrote meanwhile may hold a set or a chain that was to go: it stays pyfw's.
  Record record_of_another(const Course& end) {
    first_.record = first_.record ? united(*first_.record, wanted_) : wanted_;
    auto record = record_of(first_, end.live, end.desired.state, request_.wishes);
    forget_new_leave(first_.record, record);
    record.is_confirmed = wanted_.is_confirmed;
    record.backend = wanted_.backend;
    return record;
  }

  WriteDown remember(Change change, const State& live) {
    auto write_snapshot = keeper_->keep(change, live);
    if (!keeper_->id().empty())
      return [this, write_snapshot, change = std::move(change)]() mutable -> Result<void> {
        TRY_VOID(write_snapshot());
        if (!pending_) return {};
        pending_->changes.push_back(std::move(change));
        return keep_pending(store_, *pending_);
      };
    // Killed from here on, the rules that are put in are known as pyfw's.
    written_ = first_.record ? united(*first_.record, wanted_) : wanted_;
    return [this, write_snapshot, change = std::move(change),
            record = write_record(written_)]() mutable -> Result<void> {
      TRY_VOID(std::move(is_harmless_));
      TRY_VOID(write_snapshot());
      TRY_VOID(store_.write(kRecordName, record));
      return request_.confirm_within_ms ? arm(std::move(change)) : Result<void>();
    };
  }

  Result<void> arm(Change change) {
    if (announce_) announce_("arm");
    auto now = clock_.now();
    auto deadline = now + *request_.confirm_within_ms;
    pending_ = Pending{.id = keeper_->id(),
                       .backend = kernel_.backend(),
                       .boot = clock_.boot(),
                       .armed_at = now,
                       .deadline = deadline,
                       .deadline_text = clock_.time_of_day(deadline),
                       .changes = {},
                       .record = first_.record};
    pending_->changes.push_back(std::move(change));
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
    } else if (undone->had_something) {
      error.hint = "what was done has been undone";
    }
    return error;
  }

  Kernel& kernel_;
  Store& store_;
  const Clock& clock_;
  const StartHolder& start_holder_;
  const ApplyRequest& request_;
  const Guard& guard_;
  const AnnounceStage& announce_;
  Outlook first_;  // without what the course has of it
  Result<void> is_harmless_;
  std::optional<CtTuple> connection_;  // that this was started over
  std::optional<AllFacts> facts_;
  bool has_shown_forecast_ = false;
  Record wanted_;
  Record written_;  // which is neither that before nor the wanted one, but both
  std::optional<ChangeKeeper> keeper_;
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
  auto kept = read_variables(store);
  TRY(auto outlook, look(read_wishes, kernel,
                         {.manner = Manner::kGuarded,
                          .is_recorded = is_recorded,
                          .recall = recall,
                          .adopts = request.adopts,
                          .last = kept ? *kept : LastValues(),
                          .docker = request.docker,
                          .default_routes = request.default_routes},
                         announce));
  if (!kept) outlook.messages.push_back(kept.error().message + "; what is away now counts as never known");
  outlook.kept = kept ? std::optional(std::move(*kept)) : std::nullopt;
  return outlook;
}

Result<void> keep_values(const Outlook& outlook, Store& store) {
  return keep_variables(store, outlook.kept, outlook.values);
}

Result<Applied> apply(const ReadWishes& read_wishes, Kernel& kernel, Store& store, const Clock& clock,
                      const StartHolder& start_holder, const ApplyRequest& request, const Guard& guard,
                      const AnnounceStage& announce, const ShowPlan& show) {
  return Apply(kernel, store, clock, start_holder, request, guard, announce).run(read_wishes, show);
}

}  // namespace pyfw
