#include "engine/boot.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "engine/dockers_jump.h"
#include "engine/enforce.h"
#include "engine/ownership.h"
#include "engine/recorded_wishes.h"
#include "engine/wish_parts.h"
#include "keep/snapshots.h"
#include "keep/variables.h"
#include "show/totals.h"

namespace pyfw {

Result<std::optional<Record>> confirmed_record(Store& store) {
  TRY(auto record, read_record(store));
  if (!record || record->is_confirmed) return record;
  TRY(auto snapshots, read_snapshots(store));
  if (snapshots.all.empty()) return fail("the wishes that were applied last were never confirmed");
  const auto& newest = snapshots.all.back();
  if (newest.record) {
    TRY_VOID(store.write(kRecordName, write_record(*newest.record)));
  } else {
    TRY_VOID(store.remove(kRecordName));
  }
  TRY_VOID(store.remove(newest.id));
  return newest.record;
}

namespace {

enum class JumpToDockerUser { kIsMade, kIsLeftToDocker };
enum class Recorded {
  kAll,
  kOtherTexts,  // a record that knows the texts of all rules stays as it is
};

// What the host's start and the daemon do otherwise.
struct Occasion {
  DockerSays docker;
  std::function<std::string(const Course&)> words;  // for what a part changes
  JumpToDockerUser jump;
  Recorded recorded;
};

Occasion at_boot() {
  // Docker can't run yet, and to ask it would make systemd wait for it.
  return {.docker = std::optional<Docker>(),
          .words = [](const Course& course) { return totals_of(describe(course.live, course.desired)); },
          .jump = JumpToDockerUser::kIsMade,
          .recorded = Recorded::kAll};
}

Occasion for_daemon(const WhileRunning& running) {
  return {.docker = running.docker,
          .words = [&running](const Course& course) { return running.words(course.way); },
          .jump = JumpToDockerUser::kIsLeftToDocker,
          .recorded = Recorded::kOtherTexts};
}

// Then whatever is put in is known as pyfw's.
bool has_rules_of(const Record& record, const Record& other) {
  std::set<std::pair<ChainId, std::string_view>> known;
  for (const auto& rule : record.rules) known.emplace(rule.chain, rule.text);
  return std::ranges::all_of(
      other.rules, [&](const RecordedRule& rule) { return known.contains({rule.chain, rule.text}); });
}

class Boot {
 public:
  Boot(Kernel& kernel, Store& store, const AnnounceStage& announce, Occasion occasion)
      : kernel_(kernel), store_(store), announce_(announce), occasion_(std::move(occasion)) {}

  Result<Booted> run() {
    TRY(auto wishes, begin());
    if (!booted_.has_wishes) return std::move(booted_);
    WishPart whole{.table = {}, .wishes = std::move(wishes), .record = record_};
    if (auto done = enforce_part(whole, Extent::kWhole); !done) {
      booted_.not_as_a_whole = std::move(done).error();
      enforce_by_tables(whole.wishes);
    }
    return std::move(booted_);
  }

  Result<Booted> run_by_tables() {
    TRY(auto wishes, begin());
    if (booted_.has_wishes) enforce_by_tables(wishes);
    return std::move(booted_);
  }

 private:
  enum class Extent { kWhole, kTable };

  Result<Wishes> begin() {
    TRY(auto record, confirmed_record(store_));
    if (!record) return Wishes();
    booted_.has_wishes = true;
    record_ = std::move(*record);
    // Before the network is up, and Docker, nothing tells what variables are worth.
    if (auto last = read_variables(store_)) {
      last_ = std::move(*last);
    } else {
      booted_.remarks.push_back(last.error().message + "; what variables stand for counts as never known");
    }
    return recorded_wishes(record_);
  }

  void enforce_by_tables(const Wishes& wishes) {
    std::set<Family> open;
    for (const auto& part : parts_of(wishes, record_)) {
      bool is_nat = part.table && part.table->table == "nat";
      auto done = is_nat && open.contains(part.table->family)
                      ? fail("the other tables of its family are not all there")
                      : enforce_part(part, Extent::kTable);
      if (done) continue;
      if (part.table) open.insert(part.table->family);
      booted_.unenforced.push_back({.part = name_of(part), .why = std::move(done).error()});
    }
  }

  Result<void> enforce_part(const WishPart& part, Extent extent) {
    TRY(auto seen, kernel_.generation());
    auto recall = [&](Outlook& outlook) -> Result<void> {
      outlook.record = part.record;
      return {};
    };
    TRY(auto outlook,
        look([&] { return part.wishes; }, kernel_,
             {.manner = Manner::kGuarded, .recall = recall, .last = last_, .docker = occasion_.docker},
             announce_));
    Course first{.live = std::move(outlook.live.state),
                 .desired = std::move(outlook.desired),
                 .way = std::move(outlook.way)};
    TRY(auto course, with_jump(std::move(first), outlook));
    auto wanted = [&](const State& live, const State& desired) {
      auto record = record_of(outlook, live, desired, record_.wishes);
      record.backend = record_.backend;
      forget_new_leave(outlook.record, record);
      return extent == Extent::kWhole ? record : united(record_, std::move(record));
    };
    auto record = wanted(course.live, course.desired.state);
    if (course.way.empty()) return note(std::move(record));
    booted_.changes.push_back(occasion_.words(course));
    auto find_course = [&](State live) -> Result<Course> {
      TRY(auto again, look_again(outlook, std::move(live), kernel_));
      return with_jump(std::move(again), outlook);
    };
    // Killed from here on, the rules that are put in are known as pyfw's.
    auto remember = [&](const Change&, const State&) -> WriteDown {
      return [&] { return record == record_ ? Result<void>() : note(united(record_, record)); };
    };
    auto enforced = enforce(std::move(course), seen, kernel_,
                            {.find_course = find_course,
                             .remember = remember,
                             .announce = announce_,
                             .written = outlook.written,
                             .needs_rehearsal = extent == Extent::kWhole});
    if (!enforced) {
      booted_.changes.pop_back();
      return std::unexpected(std::move(enforced).error());
    }
    std::ranges::move(enforced->unrehearsed, std::back_inserter(booted_.unrehearsed));
    std::ranges::move(enforced->remarks, std::back_inserter(booted_.remarks));
    return note(enforced->is_as_planned ? std::move(record)
                                        : wanted(enforced->course.live, enforced->course.desired.state));
  }

  Result<Course> with_jump(Course course, const Outlook& outlook) {
    if (occasion_.jump == JumpToDockerUser::kIsLeftToDocker) return course;
    return with_dockers_jump(std::move(course), outlook, kernel_);
  }

  Result<void> note(Record record) {
    bool is_enough = occasion_.recorded == Recorded::kOtherTexts && has_rules_of(record_, record);
    if (record == record_ || is_enough) return {};
    TRY_VOID(store_.write(kRecordName, write_record(record)));
    record_ = std::move(record);
    return {};
  }

  Kernel& kernel_;
  Store& store_;
  const AnnounceStage& announce_;
  const Occasion occasion_;
  Record record_;
  LastValues last_;
  Booted booted_;
};

}  // namespace

Result<Booted> boot(Kernel& kernel, Store& store, const AnnounceStage& announce) {
  return Boot(kernel, store, announce, at_boot()).run();
}

Result<Booted> hold_by_tables(Kernel& kernel, Store& store, const WhileRunning& running,
                              const AnnounceStage& announce) {
  return Boot(kernel, store, announce, for_daemon(running)).run_by_tables();
}

}  // namespace pyfw
