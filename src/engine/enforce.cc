#include "engine/enforce.h"

#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <set>
#include <string_view>
#include <utility>

#include "base/strings.h"
#include "engine/rehearse.h"

namespace pyfw {
namespace {

// A rival that never pauses is met within fewer; so many mean that something is wrong.
constexpr int kMostAttempts = 200;
// In one attempt, for a plan that has been rehearsed and remembered and still is the right one.
constexpr int kMostLooks = 6;
// Nobody counts who writes a set. So many times, and it is not a rival that makes it read otherwise.
constexpr int kMostOtherSets = 10;

struct Carried {
  std::size_t commits = 0;
  std::size_t counted = 0;  // of them, by the kernel's generation
  bool is_whole = false;
  std::optional<Error> error{};
};

class Enforcer {
 public:
  Enforcer(Kernel& kernel, const Enforcement& how)
      : kernel_(kernel), how_(how), rehearsed_(how.rehearsed != nullptr ? *how.rehearsed : own_rehearsed_) {}

  Result<Enforced> run(Course course, Generation seen) {
    course_ = std::move(course);
    seen_ = seen;
    is_rehearsed_ = rehearsed_.covers(course_);
    if (!is_rehearsed_) TRY_VOID(rehearse_once());
    for (int tried = 0; tried < kMostAttempts; ++tried) {
      TRY(auto done, attempt());
      if (done)
        return Enforced{.course = std::move(course_),
                        .seen = how_.verify == Verify::kTables ? seen_ : Generation(),
                        .is_as_planned = is_as_planned_,
                        .unrehearsed = unrehearsed_,
                        .remarks = remarks_};
      note_rivals();
      kernel_.foresee(course_.way.commits, Foresight::kRoughly);
    }
    return fail(fmt::format("others write the rules again and again: {}; gave up after {} attempts",
                            rivals_.empty() ? "nobody can tell who" : join(rivals_, ", "), kMostAttempts),
                "what is pyfw's may be incomplete: run it again when they are done");
  }

 private:
  enum class Look {
    kWhole,
    kQuick,  // only at the tables that matter, where others write faster than all can be read
  };

  void say(std::string_view stage) const {
    if (how_.announce) how_.announce(stage);
  }

  // True when nothing is left to do.
  Result<bool> attempt() {
    // On legacy nobody else writes from here on; on nft the generation will tell.
    TRY(auto hold, kernel_.hold_writers());
    if (hold) TRY_VOID(look_again(Look::kWhole));
    TRY(bool is_ready, prepare());
    if (course_.way.empty()) return true;
    if (!is_ready) return false;
    auto carried = carry_out();
    if (carried.error) {
      if (!someone_wrote()) return std::unexpected(left_midway(std::move(*carried.error), carried));
      return verified();
    }
    if (!carried.is_whole) return false;
    say("verify");
    if (how_.verify == Verify::kTables) return verified();
    TRY(bool only_we, kernel_.only_we_wrote(seen_, carried.counted));
    return only_we ? read_back() : verified();
  }

  // Until the plan is of what is there now, has been rehearsed, and whoever may have to undo it knows it.
  // False where others write faster than that.
  Result<bool> prepare() {
    for (int looked = 0; looked < kMostLooks; ++looked) {
      TRY(auto now, kernel_.generation());
      if (now != seen_ || has_written_sets_) {
        note_rivals();
        TRY_VOID(look_again(Look::kQuick));
      } else if (course_.way.empty()) {
        if (has_seen_all_ || how_.verify == Verify::kTables) return true;
        TRY_VOID(look_again(Look::kWhole));
      } else if (!is_rehearsed_) {
        TRY_VOID(rehearse_once());
      } else {
        TRY_VOID(check());
        return true;
      }
    }
    return false;
  }

  Result<void> check() {
    if (how_.check && !is_checked_)
      if (auto harmless = how_.check(course_); !harmless)
        return std::unexpected(with_what_was_done(std::move(harmless).error()));
    is_checked_ = true;
    return {};
  }

  Error with_what_was_done(Error error) const {
    if (has_committed_)
      error.hint = "others wrote midway: what was done until then stays, pyfw rollback takes it back";
    return error;
  }

  // Nobody wrote between our look and our last commit, so what is there is what was rehearsed.
  Result<bool> read_back() {
    TRY(auto differs, kernel_.difference_from(course_.desired.state, sighting_.get()));
    if (differs.empty()) return true;
    TRY_VOID(look_again(Look::kWhole));
    if (course_.way.empty()) return true;
    if (has_only_sets_left() && ++other_sets_ < kMostOtherSets) return false;
    if (someone_wrote()) {
      remarks_.emplace_back("others have written since: another apply will tell what of it matters");
      return true;
    }
    return fail("what was committed does not read back as it was wished: " + differs,
                "write the rule as iptables-save shows it");
  }

  [[nodiscard]] bool has_only_sets_left() const {
    return std::ranges::all_of(
        course_.way.commits, [](const Commit& commit) { return std::holds_alternative<SetCommit>(commit); });
  }

  // While others write, what is read may be torn: once as it was before a commit of theirs, once as after.
  // The quick look is not.
  Result<bool> verified() {
    if (how_.verify == Verify::kTables) {
      TRY_VOID(look_again(Look::kQuick));
      return course_.way.empty();
    }
    TRY_VOID(look_again(Look::kWhole));
    TRY(auto now, kernel_.generation());
    if (!course_.way.empty() || now == seen_) return course_.way.empty();
    TRY_VOID(look_again(Look::kQuick));
    return course_.way.empty();
  }

  Result<void> look_again(Look look) {
    say("read again");
    has_seen_all_ = look == Look::kWhole;
    note_rehearsed();
    auto live = std::move(course_.live);
    if (has_seen_all_) {
      TRY(seen_, kernel_.generation());
      TRY(live, kernel_.read());
    } else {
      if (has_written_sets_) {
        TRY(live.sets, kernel_.read_sets());
      }
      TRY(seen_, kernel_.read_again(tables_of_wishes(course_), live));
    }
    has_written_sets_ = false;
    // What was seen in the rehearsal was another end, maybe.
    sighting_.reset();
    auto planned = std::move(course_.desired.state);
    is_checked_ = false;
    TRY(course_, how_.find_course(std::move(live)));
    is_as_planned_ = is_as_planned_ && course_.desired.state == planned;
    if (course_.way.empty()) TRY_VOID(kernel_.finish_reading());
    is_rehearsed_ = rehearsed_.covers(course_);
    return {};
  }

  Result<void> rehearse_once() {
    kernel_.foresee(course_.way.commits, Foresight::kToTheLetter);
    auto rehearsing = std::async(std::launch::async, [this] {
      return rehearse(course_.live, course_.desired, course_.way, how_.written, kernel_);
    });
    TRY_VOID(kernel_.finish_reading());
    if (!std::exchange(has_rehearsed_, true)) {
      if (how_.meanwhile) how_.meanwhile(course_);
      is_checked_ = true;
    }
    say("rehearse");
    auto write_down =
        how_.remember(change_of(course_.live, course_.desired, course_.way.relaid), course_.live);
    auto rehearsal = rehearsing.get();
    if (!rehearsal && how_.needs_rehearsal)
      return std::unexpected(with_what_was_done(std::move(rehearsal).error()));
    if (!rehearsal) remarks_.push_back(rehearsal.error().message);
    if (rehearsal) {
      unrehearsed_ = std::move(rehearsal->unrehearsed);
      sighting_ = std::move(rehearsal->sighting);
      if (sighting_) kernel_.learn_rules(course_.desired.state, sighting_);
    }
    TRY_VOID(write_down());
    is_rehearsed_ = true;
    is_noted_ = false;
    return {};
  }

  void note_rehearsed() {
    if (!is_rehearsed_ || is_noted_) return;
    rehearsed_.note(course_);
    is_noted_ = true;
  }

  Carried carry_out() {
    Carried carried;
    auto generation = seen_;
    for (const auto& commit : course_.way.commits) {
      say("commit " + name_of(commit));
      auto done = kernel_.commit(commit, generation);
      if (std::holds_alternative<SetCommit>(commit)) has_written_sets_ = true;
      if (!done) {
        carried.error = std::move(done).error();
        break;
      }
      if (*done == Committed::kStale) break;
      ++carried.commits;
      has_committed_ = true;
      if (std::holds_alternative<SetCommit>(commit)) continue;
      ++carried.counted;
      if (generation) ++*generation;
    }
    expected_ = generation;
    carried.is_whole = carried.commits == course_.way.commits.size();
    return carried;
  }

  bool someone_wrote() {
    auto now = kernel_.generation();
    return now && *now && *now != expected_;
  }

  Error left_midway(Error error, const Carried& carried) const {
    auto commits = course_.way.commits.size();
    error.message =
        fmt::format("{} was refused: {}", name_of(course_.way.commits[carried.commits]), error.message);
    error.hint = carried.commits == 0
                     ? "nothing was changed"
                     : fmt::format(
                           "{} of {} commits have been done; once the cause is gone, run it again: it "
                           "completes the work",
                           carried.commits, commits);
    return error;
  }

  // Asked for the first time, the kernel begins to listen.
  void note_rivals() {
    for (auto& rival : kernel_.other_writers())
      if (std::ranges::find(rivals_, rival) == rivals_.end() && rivals_.size() < 5)
        rivals_.push_back(std::move(rival));
  }

  Kernel& kernel_;
  const Enforcement& how_;
  Course course_;
  Generation seen_;
  Generation expected_;
  bool has_seen_all_ = true;  // at the last look
  bool has_written_sets_ = false;
  int other_sets_ = 0;  // times that they read otherwise than they were written
  bool is_as_planned_ = true;
  bool has_rehearsed_ = false;
  bool has_committed_ = false;
  bool is_checked_ = false;    // that it does no harm
  bool is_rehearsed_ = false;  // the way of now, and remembered
  bool is_noted_ = false;      // in rehearsed_
  Rehearsed own_rehearsed_;
  Rehearsed& rehearsed_;                      // this way and those before
  std::shared_ptr<const Sighting> sighting_;  // of the copy in which the way was rehearsed
  std::vector<std::string> unrehearsed_;
  std::vector<std::string> remarks_;
  std::vector<std::string> rivals_;
};

}  // namespace

std::vector<TableId> tables_of_wishes(const Course& course) {
  auto changed = tables_of(course.way.commits);
  std::set<TableId> tables(changed.begin(), changed.end());
  for (const auto& [id, flags] : course.desired.foreign)
    tables.insert({.family = id.family, .table = id.table});
  return {tables.begin(), tables.end()};
}

Result<Enforced> enforce(Course course, Generation seen, Kernel& kernel, const Enforcement& how) {
  return Enforcer(kernel, how).run(std::move(course), seen);
}

}  // namespace pyfw
