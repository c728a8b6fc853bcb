// One who has rules of his own on the host, adds and removes some, and remembers which must be there.
//
//   Foreigner foreigner([&](const std::string& script) { sh(script); });
//   foreigner.insert("filter FORWARD");
//   foreigner.append("nat POSTROUTING");
//   foreigner.remove(draw);
//   EXPECT_EQ(foreigner.found_in(foreign_rules()), foreigner.rules());

#pragma once

#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace pyfw::netns {

class Foreigner {
 public:
  // By "filter FORWARD", in their order.
  using Rules = std::map<std::string, std::vector<std::string>>;

  explicit Foreigner(std::function<void(const std::string& script)> run) : run_(std::move(run)) {}

  void insert(const std::string& chain);  // at the head
  void append(const std::string& chain);
  // Any of them, where there is one.
  void remove(std::mt19937& draw);
  void remove_all();

  [[nodiscard]] const Rules& rules() const { return rules_; }
  // Those of his rules that are among these, by "iptables filter FORWARD".
  [[nodiscard]] static Rules found_in(const std::map<std::string, std::vector<std::string>>& host);

 private:
  std::string next_rule();

  std::function<void(const std::string&)> run_;
  Rules rules_{};
  int made_ = 0;
};

}  // namespace pyfw::netns
