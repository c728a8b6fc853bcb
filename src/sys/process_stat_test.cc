#include "sys/process_stat.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/boot_time.h"

namespace pyfw {
namespace {

constexpr std::string_view kRest = " S 7 43 42 34816 45 4194304 1 2 3 4 5 6 7 8 20 0 1 0 987654 100 200\n";

TEST(ProcessStat, NoNameCanPretendToBeOtherFields) {
  for (std::string name : {"sshd", "", "a b", ") S 1 2 3", "((", "))", "x) Z 9 (y", "a\nb"}) {
    auto stat = parse_process_stat("42 (" + name + ")" + std::string(kRest));
    ASSERT_TRUE(stat) << name;
    EXPECT_EQ(
        *stat,
        (ProcessStat{.pid = 42, .name = name, .state = 'S', .parent = 7, .session = 42, .started = 987654}));
  }
}

TEST(ProcessStat, ACutOrForeignTextIsNone) {
  auto whole = "42 (sshd)" + std::string(kRest);
  auto started_at = whole.find("987654");
  for (std::size_t size = 0; size < started_at; ++size)
    EXPECT_FALSE(parse_process_stat(whole.substr(0, size))) << size;
  EXPECT_FALSE(parse_process_stat("42 ) (" + std::string(kRest)));
  EXPECT_FALSE(parse_process_stat("99999999999 (sshd)" + std::string(kRest)));
  EXPECT_FALSE(parse_process_stat("-1 (sshd)" + std::string(kRest)));
}

TEST(ProcessStat, OurOwnIsOurs) {
  auto stat = read_process_stat(getpid());
  ASSERT_TRUE(stat);
  EXPECT_EQ(stat->pid, getpid());
  EXPECT_EQ(stat->parent, getppid());
  EXPECT_EQ(stat->session, getsid(0));
  EXPECT_LE(ticks_to_ms(stat->started), boot_time_now());
}

TEST(ProcessStat, AProcessStartsAfterWhatWasBeforeIt) {
  // A tick is 10 ms: what happened in the same one can't be told apart.
  auto before = boot_time_now();
  usleep(20'000);
  pid_t child = fork();
  if (child == 0) {
    pause();
    _exit(0);
  }
  auto stat = read_process_stat(child);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  ASSERT_TRUE(stat);
  EXPECT_GT(ticks_to_ms(stat->started), before);
  EXPECT_LE(ticks_to_ms(stat->started), boot_time_now());
}

TEST(IsRunning, ALaterProcessOfTheSameNumberIsAnother) {
  auto started = read_process_stat(getpid())->started;
  EXPECT_TRUE(is_running(getpid(), started));
  EXPECT_FALSE(is_running(getpid(), started - 1));
}

TEST(IsRunning, NeitherAZombieNorAProcessThatIsGone) {
  pid_t child = fork();
  if (child == 0) {
    pause();
    _exit(0);
  }
  auto started = read_process_stat(child)->started;
  EXPECT_TRUE(is_running(child, started));
  kill(child, SIGKILL);
  siginfo_t info{};
  ASSERT_EQ(waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT), 0);
  EXPECT_EQ(read_process_stat(child)->state, 'Z');
  EXPECT_FALSE(is_running(child, started));
  waitpid(child, nullptr, 0);
  EXPECT_FALSE(is_running(child, started));
}

}  // namespace
}  // namespace pyfw
