// The network namespace whose rules a kernel is about, the one that we are in or a scratch one: what runs
// there, and what the programs of its backend show.
//
//   Netns netns(Backend::kNft);
//   TRY(auto filter, netns.read_rules(Family::kIpv4, "filter"));

#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/kernel.h"
#include "kernel/read_saved.h"
#include "kernel/scratch.h"

namespace pyfw {

class Netns {
 public:
  explicit Netns(Backend backend) : backend_(backend) {}
  Netns(Backend backend, Scratch scratch) : backend_(backend), scratch_(std::move(scratch)) {}
  // Others keep references to it.
  Netns(const Netns&) = delete;
  Netns& operator=(const Netns&) = delete;

  [[nodiscard]] Backend backend() const { return backend_; }
  [[nodiscard]] bool is_scratch() const { return scratch_.has_value(); }

  Result<Outcome> run(const std::vector<std::string>& argv, std::string_view input = {}) const;
  // In a thread of its own where that is another namespace than ours.
  void call(const std::function<void()>& function) const;

  // Of all tables, or of one.
  [[nodiscard]] Result<Saved> save_rules(Family family, const std::string& table = {}) const;
  [[nodiscard]] Result<Ruleset> read_rules(Family family, const std::string& table = {}) const;
  // As `iptables-save -c` prints them.
  [[nodiscard]] Result<std::string> save_with_counters(Family family, const std::string& table = {}) const;
  // None where there is no ipset.
  [[nodiscard]] Result<Saved> save_sets() const;

  // As Kernel::hold_writers(); what we run meanwhile takes another lock.
  Result<std::unique_ptr<Hold>> hold_writers();

 private:
  Backend backend_;
  std::optional<Scratch> scratch_{};
  std::string lock_file_{};  // that iptables-legacy shall take while we hold the host's
};

}  // namespace pyfw
