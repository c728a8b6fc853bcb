// Whether the sets that are wished have changed, which nobody tells. How many members they have, and how much
// memory, is asked often, and small sets are looked at as a whole; the members of large ones the more seldom
// the more they are.

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>

namespace pyfw {

class SetPoll {
 public:
  // From what they are now on, in the network namespace of the calling thread.
  void listen_to(std::set<std::string> names);

  // Whether something is otherwise than the last time. Asks only when it is time.
  bool has_changed();

  // The next time something has changed, whatever is there.
  void forget();

  [[nodiscard]] bool is_idle() const { return names_.empty(); }

  static constexpr std::chrono::milliseconds kEach{1'000};  // so often it is worth asking

 private:
  std::set<std::string> names_{};
  // None where whatever they are now is news; of members, too, where no set is large.
  std::optional<std::uint64_t> quick_{};
  std::optional<std::uint64_t> members_{};
  std::chrono::steady_clock::time_point ask_{};
  std::chrono::steady_clock::time_point ask_for_members_{};
};

}  // namespace pyfw
