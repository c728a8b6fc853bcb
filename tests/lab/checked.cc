#include "lab/checked.h"

#include <fmt/format.h>

namespace pyfw::lab {

Result<Outcome> check(const Host& host, std::span<const Connection> connections,
                      const std::vector<std::string>& options) {
  constexpr auto kPath = "/etc/pyfw/expectations.yaml";
  std::string wishes = "pyfw_wishes:\n  expectations:\n";
  for (const auto& [from, to, reached] : connections)
    wishes += fmt::format("  - {0} to {1}: {{ from: '{0}', to: '{1}', is: {2} }}\n", from, to, word(reached));
  TRY_VOID(host.write_file(kPath, wishes));
  std::vector<std::string> command = {PYFW_PROGRAM, "check", "--probe", "--wishes", kPath};
  command.insert(command.end(), options.begin(), options.end());
  return host.run(command);
}

}  // namespace pyfw::lab
