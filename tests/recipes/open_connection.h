// A connection to a web server that is opened now and used later.
//
//   TRY(auto connection, OpenConnection::to(stranger.network(), "203.0.113.10", 8000));
//   …
//   EXPECT_TRUE(connection.is_answered());

#pragma once

#include <cstdint>
#include <string>

#include "base/error.h"
#include "base/fd.h"

namespace pyfw::recipes {

class OpenConnection {
 public:
  static Result<OpenConnection> to(int network, const std::string& address, std::uint16_t port);

  // Asks for the page, for which it is good once.
  [[nodiscard]] bool is_answered() const;

 private:
  explicit OpenConnection(Fd socket) : socket_(std::move(socket)) {}
  Fd socket_;
};

}  // namespace pyfw::recipes
