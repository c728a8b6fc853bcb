#include "watch.h"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <vector>

#include "lab/knocker.h"
#include "lab/tutorial.h"
#include "watched_host.h"

namespace pyfw::bench {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr int kDrifts = 7;
constexpr int kRestarts = 5;
constexpr int kIdleSeconds = 10;
constexpr double kPartOfRestart = 0.1;

constexpr const char* kTutorial = R"(
pyfw_wishes:
  ipsets:
    allowed_hosts: { type: 'hash:ip', members_equal: [192.168.122.193] }
  iptables:
    filter:
      FORWARD:
        rules:
        - allow_established: -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
      DOCKER:
        rules:
        - allowed_hosts_only: '! -i docker0 -o docker0 -m set ! --match-set allowed_hosts src -j REJECT --reject-with icmp-port-unreachable'
)";

const char* name_of(lab::Backend backend) { return backend == lab::Backend::kNft ? "nft" : "legacy"; }

struct Spread {
  double median = 0;
  double lowest = 0;
  double highest = 0;
};

Spread spread_of(std::vector<double> values) {
  std::ranges::sort(values);
  return {.median = values[values.size() / 2], .lowest = values.front(), .highest = values.back()};
}

Result<void> bench_drift(const WatchedHost& host, const std::string& where, Drift drift) {
  std::vector<double> ratios;
  std::vector<double> open;
  std::vector<double> saves;
  for (int i = 0; i <= kDrifts; ++i) {
    TRY(auto ms, host.open_ms_after(drift));
    TRY(auto save, host.save_ms());
    if (i == 0) continue;  // warms up
    open.push_back(ms);
    saves.push_back(save);
    ratios.push_back(ms / save);
  }
  auto ratio = spread_of(ratios);
  auto open_ms = spread_of(open);
  fmt::print("{:<58} {:5.2f}   ({:.2f} to {:.2f})   {:.1f} ms ({:.1f} to {:.1f}); iptables-save {:.1f} ms\n",
             fmt::format("{} rule until it is back, {}", drift == Drift::kMoved ? "moved" : "deleted", where),
             ratio.median, ratio.lowest, ratio.highest, open_ms.median, open_ms.lowest, open_ms.highest,
             spread_of(saves).median);
  std::fflush(stdout);
  return {};
}

Result<void> bench_host(lab::Backend backend, Amount amount) {
  auto where = fmt::format("{}, {} of {} wished", name_of(backend), amount.wished, amount.rules);
  TRY(auto host, WatchedHost::make(backend, amount));
  TRY_VOID(bench_drift(host, where, Drift::kMoved));
  // Else it would take the two for one row of attacks, and slow down.
  std::this_thread::sleep_for(6s);
  TRY_VOID(bench_drift(host, where, Drift::kDeleted));
  if (amount.rules < 10'000) return {};
  TRY(auto idle, host.idle_ms(kIdleSeconds));
  fmt::print("{:<58} {:5.2f} ms of a processor a second\n", "idle, " + where, idle);
  std::fflush(stdout);
  return {};
}

struct Restart {
  double took_ms = 0;
  double open_ms = 0;
};

// What ends it where there is no daemon is one `pyfw apply`.
Result<Restart> restart(lab::Tutorial& tutorial, bool is_watched) {
  TRY(auto knocker, lab::Knocker::start(tutorial.intruder.network(), "192.168.122.190", 8000));
  auto begin = Clock::now();
  TRY_VOID(tutorial.docker.restart());
  Restart done{.took_ms = std::chrono::duration<double, std::milli>(Clock::now() - begin).count()};
  if (!is_watched) TRY_VOID(tutorial.docker_host.output({PYFW_PROGRAM, "apply"}));
  TRY_VOID(tutorial.docker.wait_until_it_serves("nginx", 80));
  std::this_thread::sleep_for(500ms);
  done.open_ms = knocker.stop().open_ms;
  return done;
}

Result<void> bench_restarts(lab::Backend backend, const char* daemon_json, const std::string& where) {
  TRY(auto tutorial, lab::Tutorial::build(backend, daemon_json));
  TRY_VOID(tutorial.docker_host.write_file("/etc/pyfw/wishes.yaml", kTutorial));
  TRY_VOID(tutorial.docker_host.output({PYFW_PROGRAM, "apply"}));
  std::vector<double> took;
  std::vector<double> with;
  std::vector<double> without;
  for (int i = 0; i < kRestarts; ++i) {
    TRY(auto alone, restart(tutorial, false));
    TRY(auto daemon, start_daemon(tutorial.docker_host));
    TRY(auto watched, restart(tutorial, true));
    TRY_VOID(daemon.stop(SIGTERM));
    took.push_back(alone.took_ms);
    without.push_back(alone.open_ms);
    with.push_back(watched.open_ms);
  }
  auto restarts = spread_of(took).median;
  auto open = spread_of(with);
  auto alone = spread_of(without);
  fmt::print(
      "{:<58} {:5.3f}   wanted {:.1f}   open for {:.0f} ms ({:.0f} to {:.0f}) of a restart of {:.0f} ms; "
      "without "
      "the daemon, until one `pyfw apply`: {:.0f} ms ({:.0f} to {:.0f})\n",
      "restart of dockerd, " + where, open.median / restarts, kPartOfRestart, open.median, open.lowest,
      open.highest, restarts, alone.median, alone.lowest, alone.highest);
  std::fflush(stdout);
  return {};
}

Result<void> bench_all() {
  for (auto backend : {lab::Backend::kNft, lab::Backend::kLegacy}) {
    for (int rules : {1'000, 10'000})
      for (int wished : {20, rules}) TRY_VOID(bench_host(backend, {.rules = rules, .wished = wished}));
    TRY_VOID(bench_restarts(backend, "{}\n", name_of(backend)));
    TRY_VOID(bench_restarts(backend, R"({"live-restore": true})",
                            fmt::format("{}, containers go on", name_of(backend))));
  }
  return {};
}

}  // namespace

bool bench_watch() {
  auto done = bench_all();
  if (!done) fmt::print(stderr, "{}\n", render(done.error()));
  return done.has_value();
}

}  // namespace pyfw::bench
