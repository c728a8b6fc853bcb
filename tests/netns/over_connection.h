// A host with a server like sshd on two ports, and a client on another host: the wishes of before let in the
// one port, those of after the other.
//
//   auto old = connect(kOldPort);
//   EXPECT_THAT(ask(old, "pyfw apply"), …);

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/fd.h"
#include "confirm.h"
#include "lab/network.h"

namespace pyfw::netns {

inline constexpr int kOldPort = 22;    // that the wishes of before let in,
inline constexpr int kNewPort = 8022;  // and those of after
inline constexpr int kPatience = 60'000;

class OverConnection : public ConfirmTest {
 protected:
  void SetUp() override;

  // None where nobody answers.
  [[nodiscard]] Fd connect(int port, int timeout_ms = kPatience) const;
  // What the line prints on the host, then "status=N".
  static std::string ask(const Fd& connection, const std::string& line);
  static std::string confirm(const Fd& connection, const std::string& before = {},
                             const std::string& after = {});

 private:
  std::optional<lab::Network> network_;
  std::optional<lab::Host> client_;
  std::vector<lab::Started> servers_;
};

}  // namespace pyfw::netns
