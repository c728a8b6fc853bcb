#include "watch/watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "engine/undo.h"
#include "keep/daemon_note.h"
#include "keep/history.h"
#include "keep/pending.h"
#include "watch/backoff.h"
#include "watch/docker_asker.h"
#include "watch/due.h"
#include "watch/log_pace.h"
#include "watch/status.h"

namespace pyfw {
namespace {

// In case something went by that nobody told of.
constexpr std::int64_t kLookAnywayAfter = 300'000;
constexpr std::int64_t kLongAgo = -kLookAnywayAfter - 1;  // also for a host that has only just started
constexpr std::int64_t kKeepNotesEach = 1'000;
constexpr std::int64_t kKeepNotesAgainAfter = 10'000;
// A container that crashes again and again is no rival, and must not keep others from being followed.
constexpr std::int64_t kSlowestFollowing = 2'000;
constexpr int kToldInARow = 3;
constexpr std::size_t kWarningsTold = 3;
constexpr std::int64_t kLookForAnAnswerEach = 10;
constexpr std::int64_t kAskAgainAfter = 1'000;

Interests interests_of(const Held& held) {
  Interests interests{.path = held.record.wishes};
  for (const auto& file : held.record.files) interests.files.push_back(file.name);
  for (const auto& [name, wish] : held.wishes.sets) interests.sets.insert(name);
  return interests;
}

class Watch {
 public:
  explicit Watch(const Daemon& daemon) : daemon_(daemon), docker_(daemon.ask_docker) {}

  Result<void> run() {
    begin();
    while (true) {
      show_life();
      TRY(auto waking, daemon_.events.wait(next_moment()));
      if (waking.is_over) break;
      take(waking);
      work();
      keep_notes();
    }
    end();
    return {};
  }

 private:
  [[nodiscard]] std::int64_t now() const { return daemon_.clock.now(); }

  void begin() {
    if (auto kept = read_history(daemon_.store)) {
      history_ = std::move(*kept);
    } else {
      say("the history of repairs begins anew: " + kept.error().message);
    }
    note_ = {.pid = daemon_.pid,
             .started = daemon_.started,
             .since = daemon_.clock.time_of_day(now()),
             .follows = daemon_.apply_files != nullptr};
    take({.memory = true, .wishes = true, .all = true});
    work();
    kept_note_.changed = true;
    keep_notes();
  }

  void end() {
    note_.pid = 0;
    note_.standing = "ended at " + daemon_.clock.time_of_day(now());
    for (auto* kept : {&kept_note_, &kept_history_}) {
      kept->changed = true;
      kept->not_before = 0;
    }
    keep_notes();
    say("ends; the rules stay");
  }

  void show_life() const { daemon_.show_life(standing_.empty() ? "holds the wishes" : standing_); }

  void say(std::string line) {
    if (auto paced = pace_.pace(now(), std::move(line))) daemon_.say(*paced);
  }

  void stand(std::string standing) {
    if (standing == standing_) return;
    standing_ = std::move(standing);
    note_.standing = standing_;
    kept_note_.changed = true;
    if (!standing_.empty()) say(standing_);
  }

  [[nodiscard]] std::int64_t next_moment() const {
    auto moment = now() + kLongestSilence;
    if (holding_) moment = std::min(moment, work_at());
    if (holding_) moment = std::min(moment, due_.facts_at());
    if (docker_.is_asking()) moment = std::min(moment, now() + kLookForAnAnswerEach);
    if (is_waiting_) moment = std::min(moment, now() + kKeepNotesEach);
    for (const auto* kept : {&kept_history_, &kept_note_})
      if (kept->changed) moment = std::min(moment, kept->not_before);
    return moment;
  }

  // A look at all that has failed is not tried again at once; what is known is held meanwhile.
  [[nodiscard]] std::int64_t work_at() const {
    if (due_.rules && holding_->has_looked()) return backoff_.not_before();
    return due_.rules || due_.all ? std::max(backoff_.not_before(), whole_.not_before()) : Due::kNever;
  }

  void take(const Waking& waking) {
    if (waking.all) kernel_opened_at_ = kLongAgo;
    if (waking.memory || waking.all || is_waiting_) adopt();
    if (waking.wishes || waking.all || is_newly_adopted_) look_at_files();
    is_newly_adopted_ = false;
    if (!holding_) return;
    bool is_overdue = now() - looked_at_all_at_ > kLookAnywayAfter;
    if ((waking.is_about_the_host() || is_overdue) && drift_seen_at_ == 0) woken_at_ = now();
    // Who has started them can be told only as long as they run.
    if (waking.rules) holding_->hear_writers();
    if (waking.sets || waking.all) due_.all = true;
    if ((waking.links || waking.docker) && holding_->depends_on_facts()) due_.facts_when_quiet(now());
    if (waking.rules) due_.rules = true;
    if (is_overdue) due_.all = true;
    if (waking.is_about_the_host() && !holding_->has_looked()) take_news();
  }

  // Where looks fail, only the next one at all can tell what of it is to be mended.
  void take_news() {
    if (news_at_ == 0) news_at_ = now();
    whole_.note_news();
  }

  // What is to be held, if it is another than until now.
  void adopt() {
    auto changed = [&]() -> Result<void> {
      TRY(auto pending, read_pending(daemon_.store));
      is_waiting_ = pending.has_value();
      if (waiting_of(pending, daemon_.clock) == Waiting::kOverdue) {
        TRY_VOID(daemon_.undo());
        // An apply whose change has no holder yet looks overdue until it has one.
        TRY(pending, read_pending(daemon_.store));
        is_waiting_ = pending.has_value();
      }
      if (!is_waiting_ && holding_) {
        TRY(auto text, daemon_.store.read(kRecordName));
        if (text == holding_->held().record_text) return {};
      }
      TRY(auto holdable, read_holdable(daemon_.store));
      if (!holdable.held) {
        holding_.reset();
        due_.none();
        stand(holdable.why_not + ": nothing is held");
        return {};
      }
      return hold(std::move(*holdable.held));
    }();
    if (!changed) stand("what was applied can't be read: " + changed.error().message);
  }

  Result<void> hold(Held held) {
    TRY(auto kernel, daemon_.open_kernel());
    holding_.emplace(std::move(kernel), daemon_.store, daemon_.clock, std::move(held),
                     [this](std::string_view) { show_life(); });
    daemon_.events.listen_to(interests_of(holding_->held()));
    note_.watched = daemon_.events.watched();
    kept_note_.changed = true;
    is_newly_adopted_ = true;
    kernel_opened_at_ = now();
    if (drift_seen_at_ == 0) woken_at_ = now();
    trouble_.clear();
    whole_ = Backoff();
    stand("");
    due_.none();
    due_.all = true;
    return {};
  }

  void look_at_files() {
    // The log shows the line that is wrong; a status has one for all of it.
    std::string for_log;
    auto held_on = [&](std::string_view what, const Error& why) {
      for_log = fmt::format("{}, the last good ones are held: {}", what, render(why));
      return fmt::format("{}, the last good ones are held: {}", what, one_line(why));
    };
    auto edit = [&]() -> std::string {
      if (!holding_) return {};
      auto wishes = daemon_.read_files(holding_->held().record.wishes);
      if (!wishes) return held_on("the wishes can't be used", wishes.error());
      if (is_what_is_held(*wishes)) return {};
      if (!daemon_.apply_files)
        return "the wishes were edited since they were applied: `pyfw apply` applies them";
      auto applied = daemon_.apply_files(holding_->held().record.wishes);
      if (applied) return {};
      return held_on("the edited wishes were not applied", applied.error());
    }();
    if (edit == note_.edit) return;
    note_.edit = std::move(edit);
    kept_note_.changed = true;
    if (!note_.edit.empty()) say(for_log.empty() ? note_.edit : for_log);
  }

  [[nodiscard]] bool is_what_is_held(const Wishes& wishes) const {
    return std::ranges::equal(
        wishes.files, holding_->held().record.files,
        [](const auto& file, const RecordedFile& held) { return file->text == held.text; });
  }

  void work() {
    if (holding_) look_at_facts();
    while (holding_ && now() >= work_at()) {
      began_at_ = now();
      // What can be seen at once comes first.
      bool is_all = !due_.rules || !holding_->has_looked();
      // Where looks at all fail, what is held is known to this one alone.
      bool is_old = trouble_.empty() && now() - kernel_opened_at_ > kLookAnywayAfter;
      if (is_all && is_old && !renew()) return;
      auto drifted = is_all ? holding_->look_at_all(docker_for_wishes()) : holding_->look_at_rules();
      if (!drifted) return note_failure(drifted.error(), is_all);
      due_.rules = false;
      if (is_all) note_whole_look();
      if (!*drifted) {
        note_holds(is_all);
        continue;
      }
      note_drift(is_all);
      if (now() < backoff_.not_before()) return;
      repair(is_all);
    }
  }

  // Most of what happens to interfaces and containers changes no wish.
  void look_at_facts() {
    bool has_answer = docker_.take_answer();
    if (has_answer && !docker_.answer()) due_.facts_at(now() + kAskAgainAfter);
    bool is_time = due_.take_facts(now());
    if (is_time && holding_->depends_on_docker()) docker_.ask();
    if (!has_answer && !(is_time && !holding_->depends_on_docker())) return;
    auto are_others = holding_->have_facts_changed(docker_for_wishes());
    if (!are_others || *are_others) due_.all = true;
  }

  DockerSays docker_for_wishes() {
    return holding_->depends_on_docker() ? docker_.answer() : DockerSays(std::optional<Docker>());
  }

  // A kernel that has been listened to for long knows a lot that nobody needs any more.
  bool renew() {
    auto held = holding_->held();
    auto renewed = hold(std::move(held));
    if (!renewed) note_failure(renewed.error(), true);
    return renewed.has_value();
  }

  void note_whole_look() {
    looked_at_all_at_ = now();
    due_.all = false;
    tell_of_warnings();
  }

  // Where Docker is silent each rule that names a container has one: the log has room for what else happens.
  void tell_of_warnings() {
    auto before = std::exchange(warned_of_, {});
    std::size_t news = 0;
    for (const auto& warning : holding_->warnings()) {
      warned_of_.push_back(render(warning, "warning"));
      bool is_new = std::ranges::find(before, warned_of_.back()) == before.end();
      if (is_new && ++news <= kWarningsTold) say(warned_of_.back());
    }
    if (news > kWarningsTold)
      say(fmt::format("warning: and {} more: `pyfw status` tells of each", news - kWarningsTold));
  }

  void note_holds(bool is_all) {
    drift_seen_at_ = 0;
    if (is_all) forget_trouble();
    stand(trouble_);
  }

  void forget_trouble() {
    trouble_.clear();
    whole_ = Backoff();
  }

  [[nodiscard]] bool is_following(bool is_all) const { return is_all && holding_->follows_the_host(); }

  void note_drift(bool is_all) {
    if (drift_seen_at_ == 0) drift_seen_at_ = woken_at_;
    (is_following(is_all) ? following_ : backoff_).note_drift(now());
    if (now() >= backoff_.not_before()) return;
    // It is to be repaired later, on what is there by then.
    if (is_all) due_.all = true;
    due_.rules = true;
    if (backoff_.is_slowed())
      stand(fmt::format("{} undo{} the wishes again and again ({} times): next try in {} s",
                        rivals_.empty() ? "others" : join(rivals_, ", "), rivals_.size() == 1 ? "es" : "",
                        backoff_.undone(), (backoff_.delay() + 999) / 1'000));
  }

  void repair(bool is_all) {
    auto mended = holding_->repair(daemon_.lock);
    daemon_.events.forget_polled_rules();
    if (is_all) daemon_.events.forget_polled_sets();
    if (!mended) return note_failure(mended.error(), is_all);
    if (mended->what.empty()) {
      // The record is another one, of which an event is on its way.
      due_.all = true;
      return backoff_.note_failure(now());
    }
    // What stands in memory is of before.
    if (is_all) due_.all = true;
    if (is_following(is_all)) {
      following_.note_repair(now());
      due_.facts_not_before(following_.not_before());
    } else {
      backoff_.note_repair(now());
    }
    if (!mended->who.empty()) rivals_ = mended->who;
    auto lasted = now() - drift_seen_at_;
    drift_seen_at_ = 0;
    tell_of(*mended, lasted);
    remember({.time = daemon_.clock.time_of_day(now()),
              .lasted_ms = lasted,
              .what = std::move(mended->what),
              .who = std::move(mended->who)});
    if (is_all) forget_trouble();
    if (!backoff_.is_slowed()) stand(trouble_);
  }

  // Of those in a row only the first, or the log would be full of them.
  void tell_of(const Mended& mended, std::int64_t lasted) {
    if (backoff_.undone() >= kToldInARow) {
      ++untold_;
      return;
    }
    auto untold = std::exchange(untold_, 0);
    say(fmt::format("{}, {} ms after {}{}", mended.what, lasted,
                    mended.who.empty() ? "it had drifted" : join(mended.who, ", ") + " wrote",
                    untold == 0 ? "" : fmt::format(" ({} repairs in a row were not told)", untold)));
    for (const auto& remark : mended.remarks) say(remark);
  }

  void note_failure(const Error& error, bool is_all) {
    due_.all = true;
    // Of what is known by then.
    if (is_all && holding_->has_looked()) due_.rules = true;
    if (drift_seen_at_ == 0) drift_seen_at_ = woken_at_;
    if (is_all && !holding_->has_looked()) hold_by_tables();
    (is_all ? whole_ : backoff_).note_failure(now(), now() - began_at_);
    auto trouble = "can't hold the wishes, trying again: " + render(error);
    if (trouble == trouble_) return stand(trouble);
    trouble_ = trouble;
    stand(std::move(trouble));
    remember({.time = daemon_.clock.time_of_day(now()),
              .lasted_ms = now() - drift_seen_at_,
              .what = "",
              .failure = error.message});
  }

  // A chain or a set of others has gone that a wish names: no reason to leave all else open.
  void hold_by_tables() {
    auto seen_at = std::max(news_at_, drift_seen_at_);
    news_at_ = 0;
    auto mended = holding_->repair_by_tables(docker_for_wishes(), daemon_.lock);
    if (!mended || mended->what.empty()) return;
    daemon_.events.forget_polled_rules();
    daemon_.events.forget_polled_sets();
    backoff_.note_drift(now());
    backoff_.note_repair(now());
    mended->what = "as far as it can be held: " + mended->what;
    auto lasted = now() - seen_at;
    tell_of(*mended, lasted);
    remember({.time = daemon_.clock.time_of_day(now()),
              .lasted_ms = lasted,
              .what = std::move(mended->what),
              .who = std::move(mended->who)});
  }

  void remember(Repair repair) {
    add(history_, std::move(repair));
    kept_history_.changed = true;
  }

  // Not after each repair: they may be many. Where the disk is full, now and then, until there is room.
  void keep_notes() {
    if (is_due(kept_history_)) keep(kept_history_, kHistoryName, write_history(history_));
    if (is_due(kept_note_)) keep(kept_note_, kDaemonNoteName, write_daemon_note(note_));
  }

  // How what is told to `pyfw status` stands in the store.
  struct Kept {
    bool changed = false;  // since it was written there
    std::int64_t not_before = 0;
    std::string trouble{};  // why it can't be written, as it was told
  };

  [[nodiscard]] bool is_due(const Kept& kept) const { return kept.changed && now() >= kept.not_before; }

  void keep(Kept& kept, std::string_view name, const std::string& text) {
    auto written = daemon_.store.write(name, text);
    kept.changed = !written;
    kept.not_before = now() + (written ? kKeepNotesEach : kKeepNotesAgainAfter);
    auto trouble = written ? "" : fmt::format("{} can't be kept: {}", name, written.error().message);
    if (trouble != kept.trouble && !trouble.empty()) say(trouble);
    kept.trouble = std::move(trouble);
  }

  const Daemon& daemon_;
  std::optional<Holding> holding_{};
  bool is_waiting_ = false;        // a change, for its confirm
  bool is_newly_adopted_ = false;  // and its files are to be looked at
  std::int64_t kernel_opened_at_ = kLongAgo;
  Due due_{};
  DockerAsker docker_;
  Backoff backoff_{};
  Backoff following_{kSlowestFollowing};  // of what the host makes of the wishes
  Backoff whole_{};                       // of looks at all, and repairs by them, that fail
  LogPace pace_{};
  int untold_ = 0;  // repairs
  std::int64_t woken_at_ = 0;
  std::int64_t began_at_ = 0;       // the look or the repair that is made last
  std::int64_t drift_seen_at_ = 0;  // 0 where the wishes hold
  std::int64_t news_at_ = 0;        // that came since a look failed; 0 for none
  std::int64_t looked_at_all_at_ = 0;
  std::string standing_{};
  std::string trouble_{};  // why the last look at all or its repair failed; empty where it did not
  std::vector<std::string> rivals_{};
  std::vector<std::string> warned_of_{};
  History history_{};
  DaemonNote note_{};
  Kept kept_history_{};
  Kept kept_note_{};
};

}  // namespace

Result<void> watch(const Daemon& daemon) { return Watch(daemon).run(); }

}  // namespace pyfw
