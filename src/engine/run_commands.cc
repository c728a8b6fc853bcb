#include "engine/run_commands.h"

#include <fmt/format.h>

#include "base/strings.h"

namespace pyfw {

Result<void> run_commands(const std::vector<CommandGroup>& groups, Kernel& kernel, const Announce& announce) {
  std::size_t count = 0;
  for (const auto& group : groups) count += group.commands.size();
  std::size_t number = 0;
  for (const auto& group : groups) {
    for (const auto& command : group.commands) {
      ++number;
      announce(number, count, command);
      auto done = kernel.run(command);
      if (done) continue;
      return fail(
          fmt::format("command {}/{} failed: {}: {}", number, count, shell_quote_all(command),
                      done.error().message),
          fmt::format(
              "{} of {} commands have been done, {} have not; once the cause is gone, run it again: it "
              "completes the work",
              number - 1, count, count - number + 1));
    }
  }
  return {};
}

}  // namespace pyfw
