// The tutorial's host as a state document: 192.168.122.190 on eth0, a container web at 172.17.0.2 whose port
// 80 is published as 8000, and the rules of situation (d): nginx for allowed_hosts only.

#pragma once

#include <string>

#include "cli.h"

namespace pyfw::cli {

inline std::string traced_state() { return golden("tutorial/host.yaml"); }

class TracedTest : public CliTest {
 protected:
  TracedTest() { write("state.yaml", traced_state()); }

  [[nodiscard]] Outcome trace(const std::string& from, const std::string& to,
                              std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments = {"trace", "--use-state", "state.yaml", "--from", from, "--to", to};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return pyfw(arguments);
  }
  // The verdict, which is the last line.
  [[nodiscard]] std::string verdict(const std::string& from, const std::string& to,
                                    std::vector<std::string> more = {}) const {
    auto run = trace(from, to, std::move(more));
    EXPECT_EQ(run.status, 0) << run.err;
    auto out = run.out.substr(0, run.out.size() - 1);
    return out.substr(out.rfind('\n') + 1);
  }

  // `expectations` are the entries of the section, each with its line end.
  [[nodiscard]] Outcome check(const std::string& expectations, std::vector<std::string> more = {}) const {
    write("wishes.yaml", "pyfw_wishes:\n  expectations:\n" + expectations);
    std::vector<std::string> arguments = {"check", "--use-state", "state.yaml", "--wishes", "wishes.yaml"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return pyfw(arguments);
  }
};

}  // namespace pyfw::cli
