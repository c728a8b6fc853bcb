// Hours of a busy host in some minutes: containers start and stop, networks come and go, Docker restarts, and
// others edit rules, theirs and ours, in random order.

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <random>
#include <set>

#include "base/strings.h"
#include "watch/docker_watch.h"
#include "watch/foreigner.h"
#include "watch/rounds.h"

namespace pyfw::netns {
namespace {

constexpr const char* kWishes = R"(
pyfw_wishes:
  ipsets:
    allowed_hosts: { type: 'hash:ip', members_equal: [192.168.122.193] }
  iptables:
    filter:
      INPUT:
        rules:
        - ours_no_telnet: -p tcp --dport 23 -j DROP
      FORWARD:
        rules:
        - ours_established: -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        - ours_no_smtp: -p tcp --dport 25 -j DROP
      DOCKER:
        rules:
        - ours_by_set: '! -i docker0 -o docker0 -m set ! --match-set allowed_hosts src -j REJECT'
      DOCKER-USER:
        rules:
        - ours_web: -s ${container:web} -p tcp --dport 5432 -j ACCEPT
    mangle:
      PREROUTING:
        rules:
        - ours_mark: -p tcp --dport 26 -j MARK --set-mark 7
)";
const std::vector<std::string> kOurRules = {
    "INPUT -p tcp --dport 23 -m comment --comment ours_no_telnet -j DROP",
    "FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -m comment --comment ours_established -j ACCEPT",
    "FORWARD -p tcp --dport 25 -m comment --comment ours_no_smtp -j DROP",
    "DOCKER ! -i docker0 -o docker0 -m set ! --match-set allowed_hosts src -m comment --comment ours_by_set "
    "-j REJECT",
    "PREROUTING -t mangle -p tcp --dport 26 -m comment --comment ours_mark -j MARK --set-mark 7"};
const std::vector<std::string> kWishedChains = {"filter INPUT", "filter FORWARD", "filter DOCKER-USER",
                                                "mangle PREROUTING"};
const std::vector<std::string> kOtherChains = {"filter OUTPUT", "nat POSTROUTING", "nat PREROUTING",
                                               "mangle FORWARD"};
constexpr int kContainers = 6;
constexpr int kNetworks = 4;

// A daemon that remembered each event would grow far more. What was freed ASan keeps for a while.
#if defined(__has_feature) && __has_feature(address_sanitizer)
constexpr long kMostGrowthKib = 600'000;
#else
constexpr long kMostGrowthKib = 16'000;
#endif

// The most repairs that each may call for: Docker edits FORWARD rule by rule, each time at the head.
constexpr std::uint64_t kByNetwork = 8;
constexpr std::uint64_t kByRestart = 20;
constexpr std::uint64_t kByWeb = 3;
constexpr std::uint64_t kByEdit = 1;

enum class Deed { kContainer, kNetwork, kRestart, kEdit };

// PYFW_SEED makes a run come again.
unsigned seed_of_this_run() {
  const char* asked = std::getenv("PYFW_SEED");  // NOLINT(concurrency-mt-unsafe): nobody sets it
  return asked != nullptr ? static_cast<unsigned>(std::stoul(asked)) : std::random_device()();
}

class LongRun : public DockerWatchTest {
 protected:
  void SetUp() override {
    DockerWatchTest::SetUp();
    if (IsSkipped()) return;
    start_docker();
    if (IsSkipped()) return;
    for (int i = 0; i < kContainers; ++i)
      client({"create", "--stop-signal", "SIGKILL", "--name", fmt::format("c{}", i), lab::kImage, "sleep",
              "1000000"});
    restart_docker();
    docker_rules_ = foreign_rules();
    wish(kWishes);
    apply_for_good();
    start_watch();
  }

  void do_all(std::vector<Deed> deeds) {
    std::ranges::shuffle(deeds, draw_);
    for (auto deed : deeds) {
      switch (deed) {
        case Deed::kContainer: any(8) == 0 ? start_or_stop_web() : start_or_stop(any(kContainers)); break;
        case Deed::kNetwork: make_or_remove(any(kNetworks)); break;
        case Deed::kRestart: restart(); break;
        case Deed::kEdit: edit(); break;
      }
    }
  }

  void start_or_stop(int number) {
    auto name = fmt::format("c{}", number);
    bool runs = !running_.insert(name).second;
    if (runs) running_.erase(name);
    client(runs ? std::vector<std::string>{"stop", "-t", "0", name}
                : std::vector<std::string>{"start", name});
  }

  // Which a wish names: its rule goes and comes, perhaps by way of another address.
  void start_or_stop_web() {
    if (web_runs_)
      client({"stop", "-t", "0", "web"});
    else
      client({"start", "web"});
    web_runs_ = !web_runs_;
    disturbed_ += kByWeb;
  }

  void make_or_remove(int number) {
    auto name = fmt::format("n{}", number);
    bool exists = !networks_.insert(name).second;
    if (exists) networks_.erase(name);
    client({"network", exists ? "rm" : "create", name});
    disturbed_ += kByNetwork;
  }

  void restart() {
    restart_docker();
    running_.clear();
    web_runs_ = true;
    disturbed_ += kByRestart;
  }

  void edit() {
    disturbed_ += kByEdit;
    const auto& chain = kWishedChains[any(kWishedChains.size())];
    const auto& ours = kOurRules[any(kOurRules.size())];
    switch (any(5)) {
      case 0: foreigner_.insert(chain); break;
      case 1: foreigner_.append(chain); break;
      case 2: foreigner_.remove(draw_); break;
      // Where Docker has taken it away just now there is none to delete.
      case 3: sh("iptables -w -D " + ours + " || true"); break;
      case 4: sh("iptables -w -A " + ours); break;
    }
  }

  // What no wish has to do with.
  void do_what_is_nobodys_business(int times) {
    for (int i = 0; i < times; ++i) {
      start_or_stop(any(kContainers));
      foreigner_.append(kOtherChains[any(kOtherChains.size())]);
      foreigner_.insert(kOtherChains[any(kOtherChains.size())]);
      foreigner_.append(kWishedChains[any(kWishedChains.size())]);
      foreigner_.remove(draw_);
    }
  }

  void end_all() {
    for (const auto& name : running_) client({"stop", "-t", "0", name});
    for (const auto& name : networks_) client({"network", "rm", name});
    disturbed_ += networks_.size() * kByNetwork;
    running_.clear();
    networks_.clear();
  }

  void expect_in_order() const {
    expect_held();
    EXPECT_EQ(Foreigner::found_in(foreign_rules()), foreigner_.rules()) << log();
  }

  // The notes of repairs are kept a second late.
  std::uint64_t repairs() const {
    sh("sleep 2.2");
    EXPECT_EQ(history().failures, 0) << log();
    return history().repairs;
  }
  void expect_repairs_of_ours_alone() const {
    for (const auto& repair : history().newest)
      EXPECT_THAT(repair.what, testing::AnyOf(testing::HasSubstr("ours_"), testing::HasSubstr("sets:")));
  }

  [[nodiscard]] long descriptors() const {
    return std::stol(sh(fmt::format("ls /proc/{}/fd | wc -l", note().pid)));
  }
  [[nodiscard]] long memory_kib() const {
    return std::stol(sh(fmt::format("awk '/^VmRSS/ {{ print $2 }}' /proc/{}/status", note().pid)));
  }

  std::size_t any(std::size_t count) { return draw_() % count; }
  int any(int count) { return static_cast<int>(draw_() % static_cast<unsigned>(count)); }

  unsigned seed_ = seed_of_this_run();
  std::mt19937 draw_{seed_};
  Foreigner foreigner_{[this](const std::string& script) { sh(script); }};
  Foreign docker_rules_{};
  std::set<std::string> running_{};
  std::set<std::string> networks_{};
  bool web_runs_ = true;
  std::uint64_t disturbed_ = 0;  // the most repairs that there is reason for
};

std::vector<Deed> deeds_of(int containers, int networks, int restarts, int edits) {
  std::vector<Deed> deeds;
  deeds.insert(deeds.end(), static_cast<std::size_t>(containers), Deed::kContainer);
  deeds.insert(deeds.end(), static_cast<std::size_t>(networks), Deed::kNetwork);
  deeds.insert(deeds.end(), static_cast<std::size_t>(restarts), Deed::kRestart);
  deeds.insert(deeds.end(), static_cast<std::size_t>(edits), Deed::kEdit);
  return deeds;
}

TEST_P(LongRun, EveryWishHoldsNoForeignRuleIsLostAndNothingIsDoneInVain) {
  std::cout << "seed " << seed_ << "\n";
  SCOPED_TRACE(fmt::format("seed {}", seed_));
  do_all(deeds_of(4, 2, 1, 5));  // warms up
  expect_in_order();
  auto repairs_before = repairs();
  auto descriptors_before = descriptors();
  auto memory_before = memory_kib();
  disturbed_ = 0;

  do_all(deeds_of(rounds(30, 300), rounds(3, 30), rounds(2, 20), rounds(5, 50)));
  expect_in_order();
  auto repaired = repairs() - repairs_before;
  EXPECT_LE(repaired, disturbed_) << log();
  expect_repairs_of_ours_alone();

  do_what_is_nobodys_business(rounds(3, 20));
  expect_in_order();
  EXPECT_EQ(repairs() - repairs_before, repaired) << log();

  auto memory = memory_kib();
  std::cout << fmt::format(
      "{}: {} repairs, at most {} had reasons; {} descriptors, {} before; {} kB, {} before\n",
      is_legacy() ? "legacy" : "nft", repaired, disturbed_, descriptors(), descriptors_before, memory,
      memory_before);
  EXPECT_EQ(descriptors(), descriptors_before);
  EXPECT_LE(memory - memory_before, kMostGrowthKib);

  // With all that was added gone, Docker's rules are those that it makes where nobody else writes.
  end_all();
  foreigner_.remove_all();
  restart();
  expect_in_order();
  EXPECT_EQ(foreign_rules(), docker_rules_);
}

PYFW_ON_BOTH_BACKENDS(LongRun);

}  // namespace
}  // namespace pyfw::netns
