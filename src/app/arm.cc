#include "app/arm.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "app/print.h"
#include "base/strings.h"
#include "engine/undo.h"
#include "sys/boot_clock.h"
#include "sys/boot_time.h"
#include "sys/holder.h"
#include "sys/journal.h"
#include "sys/lock.h"
#include "sys/namespace_part.h"
#include "sys/process_stat.h"

namespace pyfw {
namespace {

using namespace std::chrono_literals;
constexpr std::string_view kReport = "holder";
constexpr auto kPatience = 20s;
constexpr auto kLookEvery = 5ms;
constexpr auto kTryAgainAfter = 2s;

// "4711 123456": its number and its start.
std::optional<HolderProcess> parse_report(std::string_view text) {
  auto words = split(trim(text), ' ');
  if (words.size() != 2) return std::nullopt;
  auto pid = parse_number(words[0]);
  auto started = parse_number(words[1]);
  if (!pid || !started) return std::nullopt;
  return HolderProcess{.pid = static_cast<std::int64_t>(*pid), .started = *started};
}

Result<HolderProcess> wait_for_report(Store& store) {
  BootClock clock;
  auto end = std::chrono::steady_clock::now() + kPatience;
  while (std::chrono::steady_clock::now() < end) {
    TRY(auto text, store.read(kReport));
    if (text)
      if (auto holder = parse_report(*text); holder && clock.is_alive(holder->pid, holder->started))
        return *holder;
    std::this_thread::sleep_for(kLookEvery);
  }
  return fail("the process that should hold the deadline did not start, so nothing was changed");
}

// A later change may have got the number of one that was undone; its deadline tells the two apart.
bool is_the_same(const std::optional<Pending>& pending, const Pending& held) {
  return pending && pending->id == held.id && pending->boot == held.boot &&
         pending->deadline == held.deadline;
}

// Until it is done, whatever holds it up: the owner may be locked out.
void undo_at_deadline(const Options& options, const World& world, const Pending& held) {
  while (true) {
    auto done = [&]() -> Result<void> {
      TRY(auto host, open_live_host(options, world, Access::kWrite));
      TRY(auto pending, read_pending(*host.store));
      if (!is_the_same(pending, held)) return {};
      TRY(auto undone, undo_pending(*pending, *host.kernel, *host.store, {}));
      for (const auto& remark : undone.remarks) note_in_journal(remark);
      note_in_journal(
          fmt::format("undid change {}, which was not confirmed by {}", pending->id, pending->deadline_text));
      return {};
    }();
    if (done) return;
    note_in_journal("undoing a change that was not confirmed failed, trying again: " + done.error().message);
    std::this_thread::sleep_for(kTryAgainAfter);
  }
}

}  // namespace

StartHolder arm_by_process(const Options& options, LiveHost& host) {
  return [&options, &host](const Pending& pending) -> Result<HolderProcess> {
    TRY_VOID(host.store->remove(kReport));
    std::error_code none;
    auto program = std::filesystem::read_symlink("/proc/self/exe", none).string();
    auto state_dir = std::filesystem::absolute(options.state_dir, none).string();
    std::vector<std::string> argv = {program,
                                     "hold",
                                     pending.id,
                                     "--state-dir",
                                     state_dir,
                                     "--netns",
                                     fmt::format("pid:{}", getpid()),
                                     "--backend",
                                     std::string(name_of(host.choice.backend))};
    TRY(auto part, part_of_this_namespace());
    TRY(auto holder,
        start_holder(argv, {.unit = fmt::format("pyfw-confirm-{}-{}-{}", part, pending.id, getpid()),
                            .description = "undoes a change of pyfw that is not confirmed"}));
    if (!holder.remark.empty()) print_note(holder.remark + ", so a process of its own holds the deadline");
    return wait_for_report(*host.store);
  };
}

ExitCode run_hold(const Options& options, const World& world) {
  for (int signal_number : {SIGHUP, SIGINT, SIGTERM, SIGPIPE}) signal(signal_number, SIG_IGN);
  // The process whose namespace it is may be gone at the deadline: entered now, it stays ours.
  auto looked = open_live_host(options, world, Access::kLook);
  if (!looked) return report(looked.error());
  auto here = options;
  here.netns.clear();
  auto store = open_store(here, Access::kWrite);
  if (!store) return report(store.error());
  auto pending = read_pending(**store);
  if (!pending || !*pending || (*pending)->id != options.id) return ExitCode::kFailed;
  auto self = read_process_stat(getpid());
  if (!self) return ExitCode::kFailed;
  if (auto told = (*store)->write(kReport, fmt::format("{} {}\n", self->pid, self->started)); !told)
    return report(told.error());
  auto waited = hold_until((*pending)->deadline, [&] {
    auto now = read_pending(**store);
    return !now || is_the_same(*now, **pending);
  });
  if (waited == Waited::kDeadline) undo_at_deadline(here, world, **pending);
  return ExitCode::kDone;
}

}  // namespace pyfw
