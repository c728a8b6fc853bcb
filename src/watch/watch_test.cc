#include "watch/watch.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

#include "engine/chain_in_memory_for_tests.h"
#include "keep/daemon_note.h"
#include "keep/history.h"
#include "keep/pending.h"
#include "keep/store_for_tests.h"

namespace pyfw {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const ChainId kInput{.family = Family::kIpv4, .table = "filter", .chain = "INPUT"};
const Rule kOurs{"-m comment --comment ours -j DROP"};
const Rule kTheirs{"-j THEIRS"};
constexpr const char* kWishes =
    "pyfw_wishes: { iptables: { filter: { INPUT: { rules: [ ours: -j DROP ] } } } }\n";

class StillClock : public Clock {
 public:
  std::int64_t time = 1'000'000;
  [[nodiscard]] std::int64_t now() const override { return time; }
  [[nodiscard]] std::string boot() const override { return "boot"; }
  [[nodiscard]] std::string time_of_day(std::int64_t at) const override { return "at " + std::to_string(at); }
  [[nodiscard]] bool is_alive(std::int64_t pid, std::uint64_t /*started*/) const override { return pid != 0; }
};

// Each step does something and says what that wakes; where nothing is left, it is over. Time passes as long
// as the daemon waits.
class ScriptedEvents : public HostEvents {
 public:
  struct Step {
    std::function<void()> happens{};
    Waking waking{};
    std::int64_t after = 1;  // ms
  };
  explicit ScriptedEvents(StillClock& clock) : clock_(clock) {}
  std::deque<Step> script{};

  Result<Waking> wait(std::int64_t until) override {
    if (script.empty()) return Waking{.is_over = true};
    auto& next = script.front();
    if (clock_.time + next.after > until) {
      auto waits = std::max<std::int64_t>(until - clock_.time, 0);
      next.after -= waits;
      clock_.time += waits;
      return Waking();
    }
    clock_.time += next.after;
    auto step = std::move(next);
    script.pop_front();
    if (step.happens) step.happens();
    return step.waking;
  }
  void listen_to(const Interests& /*interests*/) override {}
  void forget_polled_rules() override {}
  void forget_polled_sets() override {}
  [[nodiscard]] std::vector<std::string> watched() const override { return {"a script"}; }

 private:
  StillClock& clock_;
};

class Watching : public testing::Test {
 protected:
  Watching() {
    Record record{.wishes = {}, .files = {{.name = "w.yaml", .text = kWishes}}};
    record.rules = {{.chain = kInput, .name = "ours", .text = kOurs.text, .place = "w.yaml:1:66"}};
    keep(record);
  }

  void keep(const Record& record) { store_.texts.insert_or_assign("record", write_record(record)); }
  void then(std::function<void()> happens, Waking waking, std::int64_t after = 1) {
    events_.script.push_back({.happens = std::move(happens), .waking = waking, .after = after});
  }
  void others_flush() {
    then([this] { kernel_->write_instead(kTheirs); }, {.rules = true});
  }
  void time_passes(std::int64_t ms) { then({}, {}, ms); }

  void run() {
    Daemon daemon{
        .events = events_,
        .store = store_,
        .clock = clock_,
        .open_kernel = [this]() -> Result<std::unique_ptr<Kernel>> {
          auto kernel = std::make_unique<ChainInMemory>(log_, std::vector{kOurs, kTheirs});
          kernel_ = kernel.get();
          if (on_open_) on_open_(*kernel);
          return kernel;
        },
        .lock = [this]() -> Result<std::unique_ptr<Hold>> {
          ++locked_;
          if (on_lock_) on_lock_();
          if (lock_fails_-- > 0) return fail("another pyfw is at work on this host");
          return std::make_unique<Hold>();
        },
        .ask_docker = [] { return DockerSays(std::optional<Docker>()); },
        .undo = [this]() -> Result<void> {
          ++undone_;
          store_.texts.erase("pending");
          if (on_undo_) on_undo_();
          return {};
        },
        .read_files = [](const std::string&) -> Result<Wishes> {
          auto source = std::make_shared<Source>(Source{.name = "w.yaml", .text = "- bad"});
          return bad_input(Place{.source = source, .line = 1, .column = 3, .length = 3}, "not YAML");
        },
        .apply_files = {},
        .say = [this](std::string_view line) { said_.emplace_back(line); },
        .show_life = [this](std::string_view) { ++shown_; },
        .pid = 7,
        .started = 1,
    };
    auto done = watch(daemon);
    ASSERT_TRUE(done) << done.error().message;
  }
  [[nodiscard]] History history() { return read_history(store_).value_or(History()); }

  StillClock clock_;
  ScriptedEvents events_{clock_};
  MemoryStore store_;
  Log log_;
  ChainInMemory* kernel_ = nullptr;
  std::vector<Rule> end_;
  std::function<void()> on_lock_;
  std::function<void()> on_undo_;
  std::function<void(ChainInMemory&)> on_open_;
  int lock_fails_ = 0;
  int locked_ = 0;
  int undone_ = 0;
  int shown_ = 0;
  std::vector<std::string> said_;
};

TEST_F(Watching, MendsWithoutARehearsalWhatTheKernelHasTakenBefore) {
  others_flush();
  then([this] { end_ = kernel_->rules(); }, {});
  run();
  EXPECT_THAT(end_, ElementsAre(kOurs, kTheirs));
  EXPECT_THAT(log_, Contains("commit"));
  EXPECT_THAT(log_, Not(Contains("rehearse")));
  EXPECT_EQ(history().repairs, 1U);
}

TEST_F(Watching, TakesTheLockOnlyToWrite) {
  then(
      [this] {
        kernel_->write(kTheirs);
        kernel_->write_instead(kTheirs);
        kernel_->write(kOurs);
      },
      {.rules = true});
  time_passes(60'000);
  run();
  EXPECT_EQ(locked_, 0);
  EXPECT_EQ(history().repairs, 0U);
}

TEST_F(Watching, DoesNothingWhereTheRecordIsAnotherByTheTimeThatItHasTheLock) {
  on_lock_ = [this] {
    keep(Record{.wishes = {}, .files = {{.name = "w.yaml", .text = "pyfw_wishes: {}\n"}}});
  };
  others_flush();
  run();
  EXPECT_EQ(locked_, 1);
  EXPECT_THAT(log_, Not(Contains("commit")));
}

TEST_F(Watching, DoesNothingWhereAChangeWaitsByTheTimeThatItHasTheLock) {
  on_lock_ = [this] { store_.texts.insert_or_assign("pending", write_pending({.id = "7", .boot = "boot"})); };
  others_flush();
  run();
  EXPECT_THAT(log_, Not(Contains("commit")));
}

TEST_F(Watching, WhatItMightNotMendIsMendedWhenTheChangeNoLongerWaits) {
  on_lock_ = [this] {
    if (locked_ == 1) store_.texts.insert_or_assign("pending", write_pending({.id = "7", .boot = "boot"}));
  };
  others_flush();
  then([this] { store_.texts.erase("pending"); }, {.memory = true});
  time_passes(60'000);
  then([this] { end_ = kernel_->rules(); }, {});
  run();
  EXPECT_THAT(end_, ElementsAre(kOurs, kTheirs));
}

TEST_F(Watching, WhereTheLockIsNotToBeHadItTriesAgainAndSaysSoOnce) {
  lock_fails_ = 5;
  others_flush();
  time_passes(60'000);
  then([this] { end_ = kernel_->rules(); }, {});
  run();
  EXPECT_THAT(end_, ElementsAre(kOurs, kTheirs));
  EXPECT_EQ(locked_, 6);
  EXPECT_EQ(
      std::ranges::count_if(said_, [](const auto& line) { return line.find("another pyfw") != line.npos; }),
      1)
      << testing::PrintToString(said_);
  EXPECT_EQ(history().failures, 1U);
}

TEST_F(Watching, HoldsNothingWhileAChangeWaitsAndUndoesOneThatIsOverdue) {
  store_.texts.insert_or_assign(
      "pending", write_pending({.id = "7", .boot = "boot", .deadline = clock_.time + 30'000, .holder = 1}));
  time_passes(20'000);
  then([this] { EXPECT_EQ(undone_, 0); }, {});
  time_passes(60'000);
  run();
  EXPECT_EQ(undone_, 1);
  EXPECT_THAT(said_, Contains(HasSubstr("a change waits for its confirm")));
}

TEST_F(Watching, AWishThatWasNeverConfirmedIsNotHeld) {
  Record record{.wishes = {}, .files = {{.name = "w.yaml", .text = kWishes}}, .is_confirmed = false};
  keep(record);
  run();
  EXPECT_EQ(kernel_, nullptr);
}

TEST_F(Watching, ARecordThatIsDamagedMeanwhileIsToldOfAndNothingIsWrittenByIt) {
  then([this] { store_.texts["record"].resize(20); }, {.memory = true});
  others_flush();
  run();
  EXPECT_THAT(said_, Contains(HasSubstr("what was applied can't be read")));
  EXPECT_THAT(log_, Not(Contains("commit")));
}

// To hold it anew would forget how often it tried in vain.
TEST_F(Watching, ARecordThatItWroteItselfWhileATableCantBeHeldIsNoNewOne) {
  Record record{
      .wishes = {},
      .files = {{.name = "w.yaml",
                 .text = "pyfw_wishes: { iptables: { filter: { INPUT: { rules: [ ours: -j DROP ] } }, "
                         "mangle: { FORWARD: { rules: [ theirs: -j THEIRS ] } } } }\n"}}};
  record.rules = {
      {.chain = kInput, .name = "ours", .text = "-m comment --comment ours -j REJECT", .place = {}}};
  keep(record);
  int opened = 0;
  on_open_ = [&](ChainInMemory&) { ++opened; };
  then([] {}, {.memory = true});
  run();
  auto written = read_record(store_);
  ASSERT_TRUE(written && *written);
  EXPECT_THAT((*written)->rules, Contains(testing::Field(&RecordedRule::text, kOurs.text)));
  EXPECT_EQ(opened, 1);
}

TEST_F(Watching, WhatOthersWriteWhileItMendsIsNotLost) {
  then(
      [this] {
        kernel_->after_commit = [this] { kernel_->after_commit = {}, kernel_->write(Rule{"-j LATER"}); };
        kernel_->write_instead(kTheirs);
      },
      {.rules = true});
  time_passes(1'000);
  then([this] { end_ = kernel_->rules(); }, {});
  run();
  EXPECT_THAT(end_, ElementsAre(kOurs, Rule{"-j LATER"}, kTheirs));
}

TEST_F(Watching, WhatOthersWriteBetweenTheFirstLookAndTheNextIsSeen) {
  on_open_ = [this](ChainInMemory& kernel) {
    kernel.before_reading_again = [this] { kernel_->write_instead(kTheirs); };
  };
  then({}, {.rules = true});
  then([this] { end_ = kernel_->rules(); }, {});
  run();
  EXPECT_THAT(end_, ElementsAre(kOurs, kTheirs));
}

TEST_F(Watching, WhatCouldNotBeKeptIsKeptOnceThereIsRoom) {
  time_passes(2'000);
  then([this] { store_.writes_left = 0; }, {});
  others_flush();
  time_passes(60'000);
  then([this] { EXPECT_EQ(history().repairs, 0U); }, {});
  then([this] { store_.writes_left = 1'000; }, {});
  time_passes(11'000);
  then([this] { EXPECT_EQ(history().repairs, 1U); }, {});
  run();
  EXPECT_EQ(std::ranges::count_if(
                said_, [](const auto& line) { return line.find("history can't be kept") != line.npos; }),
            1)
      << testing::PrintToString(said_);
}

// systemd would take it for dead.
TEST_F(Watching, ShowsThatItLivesWhileOthersWriteFasterThanItCanRepair) {
  auto read_again = [this] { return std::ranges::count(log_, "read again"); };
  std::ptrdiff_t reads = 0;
  int shown = 0;
  on_lock_ = [&, this] {
    if (locked_ > 1) return;
    shown = shown_;
    reads = read_again();
    kernel_->before_generation = [this, left = 300]() mutable {
      if (left-- > 0) kernel_->write(kTheirs);
    };
  };
  others_flush();
  then([&, this] { EXPECT_GE(shown_ - shown, read_again() - reads); }, {});
  run();
  EXPECT_GT(read_again() - reads, 100);
}

TEST_F(Watching, WhatHadDriftedBeforeItStartedLastedFromThenOnThoughTheHostHasJustStarted) {
  clock_.time = 20'000;
  on_open_ = [](ChainInMemory& kernel) { kernel.write_instead(kTheirs); };
  run();
  ASSERT_EQ(history().newest.size(), 1U);
  EXPECT_LT(history().newest[0].lasted_ms, 1'000);
}

TEST_F(Watching, ToldToReadAllAnewItOpensTheKernelAnewThoughTheHostHasJustStarted) {
  clock_.time = 20'000;
  int opened = 0;
  on_open_ = [&](ChainInMemory&) { ++opened; };
  time_passes(1'000);
  then([&] { EXPECT_EQ(opened, 1); }, {.all = true});
  time_passes(1'000);
  run();
  EXPECT_EQ(opened, 2);
}

// `pyfw status` reads it there.
TEST_F(Watching, ARepairIsKeptAtOnceThoughTheDaemonHasJustToldOfItself) {
  others_flush();
  then([this] { EXPECT_EQ(history().repairs, 1U); }, {});
  // But not each of many.
  others_flush();
  then([this] { EXPECT_EQ(history().repairs, 1U); }, {});
  time_passes(1'000);
  then([this] { EXPECT_EQ(history().repairs, 2U); }, {});
  run();
}

TEST_F(Watching, AChangeThatIsArmedOnlyNowIsWaitedForAndLaterUndone) {
  auto pending = [&](std::int64_t holder) {
    return write_pending({.id = "7", .boot = "boot", .deadline = clock_.time + 30'000, .holder = holder});
  };
  // By the time that it has the lock, the change has its holder.
  on_undo_ = [&, armed = pending(1)] {
    if (undone_ == 1) store_.texts.insert_or_assign("pending", armed);
  };
  then([&, unarmed = pending(0)] { store_.texts.insert_or_assign("pending", unarmed); }, {.memory = true});
  time_passes(20'000);
  then([this] { EXPECT_EQ(undone_, 1); }, {});
  time_passes(60'000);
  run();
  EXPECT_EQ(undone_, 2);
  EXPECT_THAT(said_, Contains(HasSubstr("a change waits for its confirm")));
  EXPECT_THAT(said_, Not(Contains(HasSubstr("can't be read"))));
}

TEST_F(Watching, LostEventsAreNoLostDrift) {
  then([this] { kernel_->write_instead(kTheirs); }, {.all = true});
  then([this] { end_ = kernel_->rules(); }, {});
  run();
  EXPECT_THAT(end_, ElementsAre(kOurs, kTheirs));
}

TEST_F(Watching, WhereOneTableCantBeHeldADriftOfAnotherDoesNotWaitForTheNextTry) {
  constexpr const char* kToOthers = R"(
pyfw_wishes:
  iptables:
    filter: { INPUT: { rules: [ ours: -j DROP ] } }
    mangle: { INPUT: { rules: [ to_others: -j NOT_THERE ] } }
)";
  Record record{.wishes = {}, .files = {{.name = "w.yaml", .text = kToOthers}}};
  record.rules = {{.chain = kInput, .name = "ours", .text = kOurs.text, .place = "w.yaml:4:38"}};
  keep(record);
  time_passes(120'000);
  others_flush();
  then([this] { end_ = kernel_->rules(); }, {}, 1'000);
  run();
  EXPECT_THAT(end_, ElementsAre(kOurs, kTheirs));
  EXPECT_THAT(said_, Contains(HasSubstr("no chain or target is called 'NOT_THERE'")));
  EXPECT_EQ(history().repairs, 1U);
  EXPECT_LT(history().newest.back().lasted_ms, 1'000);
}

TEST_F(Watching, OfManyRulesThatAreLeftOutTheLogTellsOfAFewAndHowManyMore) {
  std::string rules;
  for (int i = 0; i < 9; ++i)
    rules += fmt::format("        - web{0}: '-s ${{container:web{0}}} -j ACCEPT'\n", i);
  keep({.wishes = {},
        .files = {
            {.name = "w.yaml",
             .text = "pyfw_wishes:\n  iptables:\n    filter:\n      INPUT:\n        rules:\n" + rules}}});
  time_passes(10);
  then({}, {.all = true});
  run();
  std::erase_if(said_, [](const auto& line) { return line.find("warning") == std::string::npos; });
  EXPECT_THAT(said_, ElementsAre(HasSubstr("'web0'"), HasSubstr("'web1'"), HasSubstr("'web2'"),
                                 HasSubstr("and 6 more")));
}

TEST_F(Watching, TellsWhereItIsAndThatItHasEnded) {
  run();
  auto note = read_daemon_note(store_);
  ASSERT_TRUE(note && *note);
  EXPECT_EQ((*note)->pid, 0);
  EXPECT_THAT((*note)->watched, ElementsAre("a script"));
}

TEST_F(Watching, ShowsTheLineOfTheFileThatIsWrongInTheLogAndItsPlaceInTheStatus) {
  run();
  constexpr auto kHeldOn = "the wishes can't be used, the last good ones are held: ";
  auto note = read_daemon_note(store_);
  ASSERT_TRUE(note && *note);
  EXPECT_EQ((*note)->edit, kHeldOn + std::string("w.yaml:1:3: not YAML"));
  EXPECT_THAT(said_, Contains(AllOf(HasSubstr(kHeldOn), HasSubstr("    1 | - bad\n      |   ^~~"))));
}

}  // namespace
}  // namespace pyfw
