#include "kernel/restore_sets.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "kernel/refusal.h"

namespace pyfw {
namespace {

using namespace std::chrono_literals;

constexpr auto kLongestWait = 5s;
constexpr auto kBetweenTries = 2ms;
constexpr const char* kInUse = "in use by a kernel component";

std::string_view lines_from(std::string_view text, std::size_t first) {
  for (; first > 0; --first) text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  return text;
}

}  // namespace

Result<void> restore_sets(const SetCommit& commit, const std::string& program, const RunWithInput& run,
                          const std::function<bool()>& are_only_late) {
  auto deadline = std::chrono::steady_clock::now() + kLongestWait;
  auto whole = restore_input(commit);
  std::size_t done = 0;  // lines
  while (true) {
    TRY(auto outcome, run(lines_from(whole, done)));
    if (outcome.status == 0) return {};
    auto error = refusal(program, outcome, whole);
    if (!error.place) return std::unexpected(std::move(error));
    done += error.place->line - 1;
    error.place->line = done + 1;
    bool is_in_use = error.message.find(kInUse) != std::string::npos;
    if (!is_in_use || std::chrono::steady_clock::now() > deadline || !are_only_late())
      return std::unexpected(std::move(error));
    std::this_thread::sleep_for(kBetweenTries);
  }
}

}  // namespace pyfw
