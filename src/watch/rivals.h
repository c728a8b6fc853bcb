// Who has written, for one line of a log: a script that runs iptables a hundred times is one rival.
//
//   Rivals rivals;
//   rivals.add("iptables (pid 12) of setup.sh (pid 7)");
//   rivals.names();    // "iptables (pid 14, 2 times) of setup.sh (pid 7)"

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pyfw {

class Rivals {
 public:
  void add(std::string_view name);
  // In the order in which they came; of those who differ only in their own pid the last, with how often.
  [[nodiscard]] std::vector<std::string> names() const;
  void clear() { *this = Rivals(); }

  static constexpr std::size_t kMostNamed = 4;

 private:
  struct Rival {
    std::string program;  // "iptables (pid "
    std::string pid;
    std::string caller;  // ") of setup.sh (pid 7)"
    std::size_t times = 0;
  };
  static Rival rival_of(std::string_view name);

  std::vector<Rival> rivals_{};
  std::size_t others_ = 0;
};

}  // namespace pyfw
