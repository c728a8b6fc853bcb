// A host on which wishes were applied for good, and others that are to be confirmed.
//
//   apply_within("5s");       // fails the test unless it ends well
//   expect_undone();          // waits until nothing waits any more, and all is as it was

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "keep/pending.h"
#include "live.h"

namespace pyfw::netns {

inline constexpr const char* kForever = "10m";  // no test waits for so long
inline constexpr const char* kShort = "5s";

class ConfirmTest : public LiveTest {
 protected:
  // Applies the wishes of before, and wishes for others: a set, and rules and policies of both families.
  void SetUp() override;
  // The same on a further host.
  void begin_anew();

  // pyfw with gates: see gated_pyfw.cc.
  [[nodiscard]] Outcome gated(const std::vector<std::string>& arguments) const;
  // `pyfw apply --confirm-within`; its standard output.
  std::string apply_within(const std::string& time) const;
  // The commits of that change.
  [[nodiscard]] int count_commits() const;
  void wait_for_gate(const std::string& gate) const;

  [[nodiscard]] std::optional<Pending> pending() const;
  [[nodiscard]] bool is_running(std::int64_t pid) const;
  [[nodiscard]] bool exists(const std::string& path) const;
  // Rules without counters, and sets.
  [[nodiscard]] std::string rules_and_sets() const;
  [[nodiscard]] std::string record() const;

  void expect_as_before() const;  // and nothing waits
  void expect_undone() const;     // after a while
  // Is there after a while, with no process that holds anything.
  void expect_kept() const;

 private:
  void begin();
  [[nodiscard]] std::int64_t last_holder() const;

  std::string rules_before_;
  std::string record_before_;
};

}  // namespace pyfw::netns
