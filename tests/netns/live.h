// A host of the lab with the real program on the real kernel, once on each backend of iptables.
//
//   wish("pyfw_wishes: …");
//   apply();                                  // fails the test unless it ends well
//   EXPECT_EQ(pyfw({}).out, kNothingToDo);

#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lab/host.h"

namespace pyfw::lab {
inline void PrintTo(Backend backend, std::ostream* out) {
  *out << (backend == Backend::kNft ? "nft" : "legacy");
}
}  // namespace pyfw::lab

namespace pyfw::netns {

inline constexpr const char* kNothingToDo = "# no commands needed, all wished fullfilled\n";
inline constexpr const char* kAlreadyFulfilled = "All wished already fullfilled.\n";
inline constexpr const char* kNothingPlanned = "Nothing to do: all wishes are fulfilled.\n";
inline constexpr const char* kTheseCommands = "# these commands should fullfill all given wishes:\n";

class LiveTest : public testing::TestWithParam<lab::Backend> {
 protected:
  void SetUp() override;

  void wish(std::string_view wishes) const;
  [[nodiscard]] Outcome pyfw(const std::vector<std::string>& arguments) const;
  // `pyfw --apply`; its standard output.
  std::string apply() const;
  // Applies, and expects that nothing is then left to do, twice.
  void apply_and_expect_fulfilled() const;
  // First that; then all rules are flushed, and `pyfw apply` does it.
  void apply_both_ways_and_expect_fulfilled() const;

  // Any command line in the host's shell; fails the test unless it ends well. Its standard output.
  std::string sh(const std::string& script) const;
  void restore(std::string_view rules, const std::string& family = "iptables") const;
  // iptables-save without `#` lines.
  [[nodiscard]] std::string save(const std::string& family = "iptables",
                                 const std::string& options = "") const;
  // The text of each rule of a chain.
  [[nodiscard]] std::vector<std::string> rules(const std::string& chain, const std::string& table = "filter",
                                               const std::string& family = "iptables") const;
  // What `iptables`, `ip6tables` and `ipset` shall do before they do what they always do: a shell script that
  // knows $call, the number of the call from 1 on. Programs that save or restore are not asked.
  void before_each_command(const std::string& script) const;
  // Waits as long as it takes, until a minute has passed.
  static void wait_until(const std::function<bool()>& holds);

  [[nodiscard]] bool is_legacy() const { return GetParam() == lab::Backend::kLegacy; }
  [[nodiscard]] lab::Lab& lab() { return *lab_; }
  [[nodiscard]] const lab::Host& host() const { return *host_; }
  // A further host, which a test may need for each of its rounds.
  void fresh_host();

 private:
  std::optional<lab::Lab> lab_;
  std::optional<lab::Host> host_;
};

inline std::string backend_name(const testing::TestParamInfo<lab::Backend>& info) {
  return info.param == lab::Backend::kNft ? "nft" : "legacy";
}

#define PYFW_ON_BOTH_BACKENDS(suite)                                                              \
  INSTANTIATE_TEST_SUITE_P(On, suite, testing::Values(lab::Backend::kNft, lab::Backend::kLegacy), \
                           backend_name)

}  // namespace pyfw::netns
