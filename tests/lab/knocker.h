// Someone who tries to connect every 3 ms, all the time.
//
//   auto knocker = Knocker::start(intruder.network(), "192.168.122.190", 8000);
//   …
//   EXPECT_EQ(knocker->stop().opened, 0);

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/error.h"

namespace pyfw::lab {

class Knocker {
 public:
  struct Knocks {
    std::size_t tried = 0;
    std::size_t opened = 0;  // connections
    double open_ms = 0;      // of the time between attempts, that before one which got in
  };

  static Result<Knocker> start(int network, const std::string& address, std::uint16_t port);
  Knocker(Knocker&&) noexcept;
  Knocker& operator=(Knocker&&) = delete;
  ~Knocker();

  // False where it doesn't within a minute.
  [[nodiscard]] bool wait_until_it_gets_in() const;
  Knocks stop();

 private:
  struct Work;
  explicit Knocker(std::unique_ptr<Work> work);
  std::unique_ptr<Work> work_;
};

}  // namespace pyfw::lab
