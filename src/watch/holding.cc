#include "watch/holding.h"

#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "engine/boot.h"
#include "engine/keep_change.h"
#include "engine/ownership.h"
#include "engine/recorded_wishes.h"
#include "keep/pending.h"
#include "watch/repair_words.h"
#include "wish/host_variable.h"

namespace pyfw {
namespace {

// The record that stands in the store knows of it already.
Remember remember_nothing() {
  return [](const Change&, const State&) -> WriteDown { return [] { return Result<void>(); }; };
}

bool are_others(const WrittenRules& now, const WrittenRules& before) {
  return !std::ranges::equal(now, before, [](const auto& in_now, const auto& in_before) {
    return std::ranges::equal(in_now.second, in_before.second,
                              [](const WrittenRule& a, const WrittenRule& b) {
                                return a.rule == b.rule && a.left_out.empty() == b.left_out.empty();
                              });
  });
}

}  // namespace

Result<Holdable> read_holdable(Store& store) {
  TRY(auto pending, read_pending(store));
  if (pending) return Holdable{.held = {}, .why_not = "a change waits for its confirm"};
  TRY(auto text, store.read(kRecordName));
  if (!text) return Holdable{.held = {}, .why_not = "nothing was applied yet"};
  TRY(auto record, parse_record(*text));
  if (!record.is_confirmed)
    return Holdable{.held = {}, .why_not = "what was applied last was never confirmed"};
  TRY(auto wishes, recorded_wishes(record));
  return Holdable{
      .held = Held{.record_text = std::move(*text), .record = std::move(record), .wishes = std::move(wishes)},
      .why_not = {}};
}

Result<Outlook> look_at_held(const Record& record, const Wishes& wishes, Kernel& kernel, Store& store,
                             const std::optional<DockerSays>& docker) {
  auto look = [&](const std::optional<DockerSays>& says, DefaultRoutes routes) {
    return look_with_record([&]() -> Result<Wishes> { return wishes; }, kernel, store,
                            {.wishes = record.wishes, .docker = says, .default_routes = routes}, {});
  };
  auto outlook = look(docker, DefaultRoutes::kCount);
  if (outlook) return outlook;
  auto why = outlook.error();
  auto silent = [&] {
    auto error = why;
    error.message = "Docker counts as silent, since what it says can't be used: " + why.message;
    return DockerSays(std::unexpected(std::move(error)));
  };
  bool may_be_dockers = names_docker(wishes) && (!docker || *docker);
  if (may_be_dockers)
    if (auto without = look(silent(), DefaultRoutes::kCount)) return without;
  if (!names_external_interface(wishes)) return outlook;
  auto without = look(docker, DefaultRoutes::kIgnored);
  if (!without && may_be_dockers) without = look(silent(), DefaultRoutes::kIgnored);
  if (!without) return outlook;
  why.message = "there counts as no default route, since its interface can't be used: " + why.message;
  without->warnings.insert(without->warnings.begin(), std::move(why));
  return without;
}

Holding::Holding(std::unique_ptr<Kernel> kernel, Store& store, const Clock& clock, Held held,
                 AnnounceStage announce)
    : kernel_(std::move(kernel)),
      store_(store),
      clock_(clock),
      held_(std::move(held)),
      announce_(std::move(announce)),
      depends_on_facts_(!host_variables_in(held_.wishes).empty()),
      depends_on_docker_(names_docker(held_.wishes)) {
  // From the first time that it is asked on, it listens.
  kernel_->other_writers();
}

Result<bool> Holding::look_at_all(const DockerSays& docker) {
  hear_writers();
  TRY(auto seen, kernel_->generation());
  // Where that fails, what was seen before is still good for a look at the rules.
  TRY(auto outlook, look_at_held(held_.record, held_.wishes, *kernel_, store_, docker));
  if (is_in_store_) former_ = std::move(first_);
  is_in_store_ = false;
  follows_the_host_ = former_ && are_others(outlook.written, former_->written);
  seen_ = seen;
  take(std::move(outlook));
  if (!course_.way.empty()) return true;
  rivals_.clear();
  is_in_store_ = true;
  TRY_VOID(keep_values(first_, store_));
  // What was tried of rules that are no more need not be known for ever.
  rehearsed_ = Rehearsed();
  rehearsed_.note(course_);
  prepare();
  return false;
}

void Holding::take(Outlook outlook) {
  first_ = std::move(outlook);
  course_ = {.live = std::move(first_.live.state),
             .desired = std::move(first_.desired),
             .way = std::move(first_.way)};
  is_of_all_ = has_looked_ = true;
}

// What stands there now can be known again and put back as it is, without asking iptables what it means.
void Holding::prepare() {
  if (std::exchange(is_prepared_, true)) return;
  kernel_->learn_rules(course_.live, kernel_->sighting());
  // Where that fails, the first look at the rules has it to do; and where others have written since the look
  // at all, it has to see that.
  auto live = course_.live;
  auto seen = kernel_->read_again(tables_of_wishes(course_), live);
  if (seen && *seen == seen_) course_.live = std::move(live);
}

Result<bool> Holding::look_at_rules() {
  hear_writers();
  TRY(auto now, kernel_->generation());
  if (now && now == seen_) return !course_.way.empty();
  // What comes from here on has no course if it fails.
  has_looked_ = false;
  auto tables = tables_of_wishes(course_);
  auto live = std::move(course_.live);
  TRY(seen_, kernel_->read_again(tables, live));
  TRY(course_, look_again(first_, std::move(live), *kernel_));
  is_of_all_ = false;
  has_looked_ = true;
  if (course_.way.empty()) rivals_.clear();
  return !course_.way.empty();
}

void Holding::hear_writers() {
  for (const auto& who : kernel_->other_writers()) rivals_.add(who);
}

Result<bool> Holding::have_facts_changed(const DockerSays& docker) {
  TRY(auto facts, kernel_->facts());
  HostKnowledge known{.facts = facts, .docker = docker.value_or(std::nullopt), .last = first_.values};
  TRY(auto written, write_rules(held_.wishes, known));
  return are_others(written, first_.written);
}

// Until the lock was ours somebody may have applied other wishes.
Result<bool> Holding::is_still_wished_so() {
  TRY(auto text, store_.read(kRecordName));
  TRY(auto pending, read_pending(store_));
  return !pending && text == held_.record_text;
}

Result<Mended> Holding::repair(const LockWriters& lock) {
  TRY(auto locked, lock());
  TRY(bool is_still_wished, is_still_wished_so());
  if (!is_still_wished) return Mended();
  Mended mended{.what = repair_words(course_.way)};
  bool is_of_all = is_of_all_;
  std::optional<Record> wanted;
  if (is_of_all) wanted = wanted_record();
  bool is_new = wanted && *wanted != held_.record;
  auto done = wanted ? repair_all(std::move(*wanted), mended) : repair_rules(mended);
  if (!done) {
    // The next whole look tries it again.
    if (is_of_all && former_) {
      [[maybe_unused]] auto held = hold_former();
    } else if (is_new) {
      [[maybe_unused]] auto held = hold_last_known(done.error());
    }
    return std::unexpected(std::move(done).error());
  }
  hear_writers();
  mended.who = rivals_.names();
  rivals_.clear();
  return mended;
}

Result<Mended> Holding::repair_by_tables(const DockerSays& docker, const LockWriters& lock) {
  TRY(auto locked, lock());
  TRY(bool is_still_wished, is_still_wished_so());
  if (!is_still_wished) return Mended();
  TRY(auto held, hold_by_tables(*kernel_, store_, {.docker = docker, .words = repair_words}, announce_));
  TRY_VOID(take_record());
  hear_writers();
  Mended mended{.what = join(held.changes, "; "), .who = rivals_.names(), .remarks = std::move(held.remarks)};
  rivals_.clear();
  return mended;
}

// As it was written down meanwhile by ourselves.
Result<void> Holding::take_record() {
  TRY(auto text, store_.read(kRecordName));
  if (!text || *text == held_.record_text) return {};
  TRY(held_.record, parse_record(*text));
  held_.record_text = std::move(*text);
  return {};
}

Result<void> Holding::hold_former() {
  has_looked_ = false;
  first_ = std::move(*former_);
  former_.reset();
  is_in_store_ = true;
  TRY(seen_, kernel_->generation());
  TRY(auto live, kernel_->read());
  TRY(course_, look_again(first_, std::move(live), *kernel_));
  is_of_all_ = false;
  has_looked_ = true;
  return {};
}

Result<void> Holding::hold_last_known(const Error& why) {
  has_looked_ = false;
  TRY(seen_, kernel_->generation());
  TRY(auto outlook, look_with_record([&]() -> Result<Wishes> { return held_.wishes; }, *kernel_, store_,
                                     {.wishes = held_.record.wishes,
                                      .docker = DockerSays(std::unexpected(why)),
                                      .default_routes = DefaultRoutes::kIgnored},
                                     {}));
  take(std::move(outlook));
  is_in_store_ = true;
  is_of_all_ = false;
  return {};
}

Record Holding::wanted_record() const {
  auto wanted = record_of(first_, course_.live, course_.desired.state, held_.record.wishes);
  wanted.backend = held_.record.backend;
  forget_new_leave(held_.record, wanted);
  return wanted;
}

Result<void> Holding::repair_rules(Mended& mended) {
  TRY([[maybe_unused]] bool is_as_planned, enforce_course(remember_nothing(), Verify::kTables, mended));
  return {};
}

Result<void> Holding::repair_all(Record wanted, Mended& mended) {
  ChangeKeeper keeper(store_,
                      {.id = {},
                       .kind = SnapshotKind::kRepair,
                       .backend = kernel_->backend(),
                       .time = clock_.time_of_day(clock_.now()),
                       .summary = mended.what,
                       .record = held_.record},
                      {});
  // Killed from there on, both the rules that go and those that come are known as pyfw's.
  auto remember = [&](Change change, const State& live) -> WriteDown {
    if (wanted == held_.record) return [] { return Result<void>(); };
    return [this, write_snapshot = keeper.keep(std::move(change), live),
            both = write_record(united(held_.record, wanted))]() -> Result<void> {
      TRY_VOID(write_snapshot());
      return store_.write(kRecordName, both);
    };
  };
  TRY(bool is_as_planned, enforce_course(remember, Verify::kAll, mended));
  // What others wrote meanwhile may hold a set or a chain.
  if (!is_as_planned) wanted = wanted_record();
  if (wanted == held_.record) {
    is_in_store_ = true;
    return {};
  }
  is_prepared_ = false;
  held_.record = std::move(wanted);
  held_.record_text = write_record(held_.record);
  TRY_VOID(store_.write(kRecordName, held_.record_text));
  is_in_store_ = true;
  return {};
}

Result<bool> Holding::enforce_course(const Remember& remember, Verify verify, Mended& mended) {
  has_looked_ = false;
  TRY(auto enforced,
      enforce(std::move(course_), seen_, *kernel_,
              {.find_course = [&](State live) { return look_again(first_, std::move(live), *kernel_); },
               .remember = remember,
               .announce = announce_,
               .written = first_.written,
               .rehearsed = &rehearsed_,
               .verify = verify}));
  course_ = std::move(enforced.course);
  seen_ = enforced.seen;
  has_looked_ = true;
  mended.remarks = std::move(enforced.remarks);
  return enforced.is_as_planned;
}

}  // namespace pyfw
