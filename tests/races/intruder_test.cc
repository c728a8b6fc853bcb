// Others write exactly between pyfw's read and its commit, or between that and its look at what came out.
// Only nftables lets them: on legacy pyfw holds the lock.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "base/strings.h"
#include "lab/host.h"
#include "notes.h"

namespace pyfw::races {
namespace {

using testing::ContainsRegex;
using testing::ElementsAre;

constexpr const char* kNotes = "/run/notes";

class Intruder : public testing::Test {
 protected:
  void SetUp() override {
    auto lab = lab::Lab::open();
    if (!lab) GTEST_SKIP() << lab.error().message;
    lab_.emplace(std::move(*lab));
    auto host = lab_->add_host("host", lab::Backend::kNft);
    if (!host) throw std::runtime_error(host.error().message);
    host_.emplace(std::move(*host));
    sh("iptables -N DOCKER-USER; iptables -A FORWARD -j DOCKER-USER; iptables -A FORWARD -o docker0 -j "
       "ACCEPT");
  }

  std::string sh(const std::string& script) const {
    auto out = host_->output({"/bin/sh", "-ec", script});
    if (!out) throw std::runtime_error(out.error().message);
    return std::move(*out);
  }

  // `intruder` is a shell script that knows $1, before or after, and $2, the number of the commit.
  Outcome apply(std::string_view rules, std::string_view intruder) {
    write("/run/intruder", intruder);
    write("/etc/pyfw/wishes.yaml",
          fmt::format("pyfw_wishes:\n  iptables:\n    filter:\n      FORWARD:\n        rules:\n{}", rules));
    auto outcome =
        host_->run({PYFW_NOTED_PROGRAM, "apply"},
                   {.timeout_ms = 250'000,
                    .environment = {fmt::format("PYFW_NOTES={}", kNotes), "PYFW_INTRUDER=/run/intruder"}});
    if (!outcome) throw std::runtime_error(outcome.error().message);
    return std::move(*outcome);
  }

  [[nodiscard]] std::size_t count_of(const std::string& note) const {
    return *parse_number(trim(sh(fmt::format("grep -c '^{}' {} || true", note, kNotes))));
  }

  // The rules of FORWARD.
  [[nodiscard]] std::vector<std::string> rules() const {
    std::vector<std::string> out;
    auto saved = sh("iptables-save -t filter | sed -n 's/^-A FORWARD //p'");
    for (auto line : split(saved, '\n'))
      if (!line.empty()) out.emplace_back(line);
    return out;
  }

 private:
  void write(const std::string& path, std::string_view text) const {
    if (auto written = host_->write_file(path, text); !written)
      throw std::runtime_error(written.error().message);
  }

  std::optional<lab::Lab> lab_;
  std::optional<lab::Host> host_;
};

constexpr auto kBetween =
    "        - ~match: DOCKER-USER\n        - between: -i eth0 -j DROP\n        - ~rest:\n";
constexpr auto kBehindAll = "        - ~rest:\n        - last: -i eth0 -j DROP\n";
constexpr auto kAboveAll = "        - first: -i eth0 -j DROP\n        - ~rest:\n";
constexpr auto kFirst = "-i eth0 -m comment --comment first -j DROP";

TEST_F(Intruder, WhoWritesOnceBetweenReadAndCommitMakesANewPlanNecessary) {
  auto run = apply(kBetween, "test $1-$2 != before-1 || iptables -I FORWARD 1 -s 10.9.9.9 -j ACCEPT\n");
  EXPECT_EQ(run.status, 0) << run.out << run.err;
  EXPECT_THAT(rules(), ElementsAre("-j DOCKER-USER", "-i eth0 -m comment --comment between -j DROP",
                                   "-s 10.9.9.9/32 -j ACCEPT", "-o docker0 -j ACCEPT"));
  EXPECT_EQ(count_of("hold"), 2);
  EXPECT_EQ(count_of("stale"), 1);
  EXPECT_EQ(count_of("commit"), 1);
}

TEST_F(Intruder, WhoWritesOnceMakesNoneNecessaryForWhatStandsBehindAll) {
  auto run = apply(kBehindAll, "test $1-$2 != before-1 || iptables -I FORWARD 1 -s 10.9.9.9 -j ACCEPT\n");
  EXPECT_EQ(run.status, 0) << run.out << run.err;
  EXPECT_THAT(rules(), ElementsAre("-s 10.9.9.9/32 -j ACCEPT", "-j DOCKER-USER", "-o docker0 -j ACCEPT",
                                   "-i eth0 -m comment --comment last -j DROP"));
  EXPECT_EQ(count_of("commit"), 1);
}

TEST_F(Intruder, WhoWritesOnceMakesNoneNecessaryForWhatStandsAboveAll) {
  auto run = apply(kAboveAll, "test $1-$2 != before-1 || iptables -I FORWARD 1 -s 10.9.9.9 -j ACCEPT\n");
  EXPECT_EQ(run.status, 0) << run.out << run.err;
  EXPECT_THAT(rules(),
              ElementsAre(kFirst, "-s 10.9.9.9/32 -j ACCEPT", "-j DOCKER-USER", "-o docker0 -j ACCEPT"));
  EXPECT_EQ(count_of("commit"), 1);
}

TEST_F(Intruder, WhoWritesMidwayOfAMoveOfOthersRulesFindsEachOfThemOnce) {
  sh("iptables -A FORWARD -i eth3 -j DROP; iptables -A FORWARD -i eth4 -j ACCEPT");
  auto run = apply(
      "        - ~match: -i eth3\n        - open: -i eth0 -j ACCEPT\n        - ~match: -i eth4\n"
      "        - between: -i eth1 -j DROP\n        - ~rest:\n"
      "    mangle:\n      PREROUTING:\n        rules:\n        - shut: -i eth5 -j DROP\n",
      "test $1-$2 != before-3 || iptables -I FORWARD 1 -s 10.9.9.9 -j ACCEPT\n");
  EXPECT_EQ(run.status, 0) << run.out << run.err;
  EXPECT_EQ(count_of("stale"), 1) << "it was not midway";
  EXPECT_THAT(rules(), ElementsAre("-i eth3 -j DROP", "-i eth0 -m comment --comment open -j ACCEPT",
                                   "-i eth4 -j ACCEPT", "-i eth1 -m comment --comment between -j DROP",
                                   "-s 10.9.9.9/32 -j ACCEPT", "-j DOCKER-USER", "-o docker0 -j ACCEPT"));
}

TEST_F(Intruder, WhoTakesAwayWhatTheCommitNeedsMakesANewPlanNecessary) {
  auto run = apply("        - ~rest:\n        - ~match: DOCKER-USER\n",
                   "test $1-$2 != before-1 || iptables -D FORWARD -j DOCKER-USER\n");
  EXPECT_EQ(run.status, 0) << run.out << run.err;
  EXPECT_THAT(rules(), ElementsAre("-o docker0 -j ACCEPT"));
}

TEST_F(Intruder, APlanThatOthersForceMustNotMakeAnExpectationFalseEither) {
  sh("sysctl -qw net.ipv4.ip_forward=1; ip link add eth0 type veth peer name far0; ip link add eth1 type "
     "veth peer "
     "name far1; for i in eth0 far0 eth1 far1; do ip link set $i up; done; ip addr add 192.0.2.1/24 dev "
     "eth0; "
     "ip addr add 198.51.100.1/24 dev eth1; iptables -I FORWARD -s 192.0.2.9 -j ACCEPT");
  auto rules_and_expectation =
      std::string(kBehindAll) +
      "  expectations:\n  - through: { from: 192.0.2.9, to: 198.51.100.9:80/tcp, is: works }\n";
  auto run =
      apply(rules_and_expectation, "test $1-$2 != before-1 || iptables -D FORWARD -s 192.0.2.9 -j ACCEPT\n");
  EXPECT_EQ(run.status, 1) << run.out << run.err;
  EXPECT_THAT(run.err, testing::HasSubstr("the expectation 'through' holds, and would not any more"));
  EXPECT_THAT(rules(), ElementsAre("-j DOCKER-USER", "-o docker0 -j ACCEPT"));
  EXPECT_EQ(count_of("commit"), 0);
}

TEST_F(Intruder, WhoWritesForeverIsNamedAndLosesNothing) {
  auto run =
      apply(kAboveAll,
            "test $1 != before || iptables -I FORWARD 1 -s 10.9.$(($2 / 256)).$(($2 % 256)) -j ACCEPT\n");
  EXPECT_EQ(run.status, 1) << run.out << run.err;
  EXPECT_THAT(run.err, ContainsRegex("others write the rules again and again: iptables \\(pid [0-9]+\\)"));
  EXPECT_EQ(count_of("commit"), 0);
  auto tries = count_of("stale");
  EXPECT_GT(tries, 100);
  std::vector<std::string> theirs;
  for (auto i = tries; i > 0; --i)
    theirs.push_back(fmt::format("-s 10.9.{}.{}/32 -j ACCEPT", i / 256, i % 256));
  theirs.insert(theirs.end(), {"-j DOCKER-USER", "-o docker0 -j ACCEPT"});
  EXPECT_EQ(rules(), theirs);
  // And once they are done, it is fulfilled.
  auto again = apply(kAboveAll, "");
  EXPECT_EQ(again.status, 0) << again.err;
  theirs.insert(theirs.begin(), kFirst);
  EXPECT_EQ(rules(), theirs);
}

// What came after our commit is another apply's affair: else beside a busy rival none would ever end.
TEST_F(Intruder, WhoWritesAfterEachCommitHindersNoneAndLosesNothing) {
  auto run = apply(kAboveAll, "test $1 != after || iptables -I FORWARD 1 -s 10.9.9.$2 -j ACCEPT\n");
  EXPECT_EQ(run.status, 0) << run.out << run.err;
  EXPECT_THAT(run.err,
              ContainsRegex("others have written since: another apply will tell what of it matters"));
  auto there = rules();
  auto wrote = count_of("commit");
  EXPECT_GE(wrote, 1);
  EXPECT_EQ(std::erase(there, kFirst), 1);
  std::vector<std::string> theirs;
  for (auto i = wrote; i > 0; --i) theirs.push_back(fmt::format("-s 10.9.9.{}/32 -j ACCEPT", i));
  theirs.insert(theirs.end(), {"-j DOCKER-USER", "-o docker0 -j ACCEPT"});
  EXPECT_EQ(there, theirs);
}

}  // namespace
}  // namespace pyfw::races
