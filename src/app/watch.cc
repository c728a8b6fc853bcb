#include "app/watch.h"

#include <fmt/format.h>
#include <signal.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "app/live_host.h"
#include "app/print.h"
#include "app/settle.h"
#include "app/sources.h"
#include "docker/docker_facts.h"
#include "docker/docker_socket.h"
#include "engine/apply.h"
#include "events/host_events.h"
#include "keep/daemon_note.h"
#include "keep/pending.h"
#include "sys/boot_clock.h"
#include "sys/lock.h"
#include "sys/process_stat.h"
#include "sys/renewed_store.h"
#include "watch/watch.h"

namespace pyfw {
namespace {

constexpr std::int64_t kShowLifeEach = 1'000;

struct NamespaceLock : Hold {
  explicit NamespaceLock(Fd held) : fd(std::move(held)) {}
  Fd fd;
};

Result<std::unique_ptr<Hold>> lock_writers() {
  TRY(auto fd, lock_this_namespace([] {}));
  return std::make_unique<NamespaceLock>(std::move(fd));
}

// What systemd knows of us; without systemd nobody listens.
class Life {
 public:
  void show(std::string_view standing, std::int64_t now) {
    if (standing == standing_ && now < shown_at_ + kShowLifeEach) return;
    standing_ = standing;
    shown_at_ = now;
    sd_notify(0,
              fmt::format("READY=1\nWATCHDOG=1\nSTATUS={}", standing.substr(0, standing.find('\n'))).c_str());
  }

 private:
  std::string standing_;
  std::int64_t shown_at_ = 0;
};

Options with_wishes(Options options, const std::string& path) {
  options.wishes = path;
  return options;
}

Result<void> apply_files(const Options& options, const World& world, const std::string& path) {
  TRY(auto host, open_live_host(options, world, Access::kWrite));
  BootClock clock;
  TRY(auto applied, apply(wishes_of(with_wishes(options, path)), *host.kernel, *host.store, clock, {},
                          {.wishes = path}, Guard(), {}, {}));
  for (const auto& remark : applied.remarks) print_note(remark);
  return {};
}

// Two would mend the same drift one behind the other, and tell of it twice. The note comes late, and not at
// all where the disk is full, so a lock tells; the note knows the number, and one that took no lock.
Result<Fd> be_the_only_one(Store& store) {
  BootClock clock;
  // One that is damaged is written anew.
  auto note = read_daemon_note(store);
  bool is_known = note && *note && clock.is_alive((*note)->pid, (*note)->started);
  if (!is_known) {
    TRY(auto lock, lock_as_daemon_of_this_namespace());
    if (lock) return std::move(*lock);
  }
  return fail(
      fmt::format("pyfw watch runs here already{}", is_known ? fmt::format(" (pid {})", (*note)->pid) : ""),
      "`pyfw status` shows what it does; `systemctl restart pyfw-watch` starts it anew");
}

Result<void> run(const Options& options, const World& world) {
  signal(SIGPIPE, SIG_IGN);
  TRY(auto host, open_recorded_host(options, world, Access::kWrite));
  TRY(auto only_one, be_the_only_one(*host.store));
  host.lock = Fd();
  host.store = std::make_unique<RenewedStore>(std::move(host.store),
                                              [&] { return open_store(options, Access::kWrite); });
  auto here = options;
  here.netns.clear();
  here.backend = host.choice.backend;
  TRY(auto events,
      LinuxHostEvents::open({.backend = host.choice.backend,
                             .docker_socket = docker_socket_path().value_or(""),
                             .memory = {host.store->path() + "/record", host.store->path() + "/pending"}}));
  BootClock clock;
  Life life;
  Daemon daemon{
      .events = *events,
      .store = *host.store,
      .clock = clock,
      .open_kernel = [&]() -> Result<std::unique_ptr<Kernel>> {
        // What was applied since may be on the other one.
        if (!options.backend) here.backend = recorded_backend(*host.store).value_or(*here.backend);
        TRY_VOID(events->listen_to_rules(*here.backend));
        return live_kernel(*here.backend, world);
      },
      .lock = lock_writers,
      .ask_docker = read_docker_inventory,
      .undo = [&]() -> Result<void> {
        TRY(auto undone_host, open_live_host(here, world, Access::kUndo));
        // Whoever had the lock may have confirmed it, or have armed it only now.
        TRY(auto pending, read_pending(*undone_host.store));
        if (waiting_of(pending, clock) != Waiting::kOverdue) return {};
        return settle_before(undone_host, world);
      },
      .read_files = [&](const std::string& path) { return wishes_of(with_wishes(here, path))(); },
      .apply_files = {},
      .say = [](std::string_view line) { print_err(std::string(line) + "\n"); },
      .show_life = [&](std::string_view standing) { life.show(standing, clock.now()); },
      .pid = getpid(),
      .started = 0,
  };
  if (options.follows)
    daemon.apply_files = [&](const std::string& path) { return apply_files(here, world, path); };
  if (auto self = read_process_stat(getpid())) daemon.started = self->started;
  TRY_VOID(watch(daemon));
  sd_notify(0, "STOPPING=1");
  return {};
}

}  // namespace

ExitCode run_watch(const Options& options, const World& world) {
  auto done = run(options, world);
  return done ? ExitCode::kDone : report(done.error());
}

}  // namespace pyfw
