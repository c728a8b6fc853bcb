// What an import leaves out, and why, as the remarks at the head of a wishes file.

#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "host/maintainer_rows.h"
#include "nf/state.h"

namespace pyfw {

class LeftOut {
 public:
  // Of what stood in `start` nothing is told. Null: nothing is known of that.
  explicit LeftOut(const State* start) : start_(start) {}

  void chain(const MaintainerRow& row, const ChainId& id, const Chain& chain);
  void rule(const MaintainerRow& row, const ChainId& id, const Rule& rule);
  void policy(const MaintainerRow& row, const ChainId& id, std::string_view policy);
  void set(const MaintainerRow& row, std::string_view name);
  // What no wish can say; `what` begins a sentence.
  void unsaid(std::string_view what, std::string_view reason);

  [[nodiscard]] std::vector<std::string> remarks() const;

 private:
  struct InTable {
    std::vector<std::string> chains{};
    std::size_t rules_in_chains = 0;
    std::map<std::string, std::size_t> rules_beside{};  // in chains of others
    std::map<std::string, std::string> policies{};
  };
  struct OfProgram {
    const MaintainerRow* row = nullptr;
    std::map<std::pair<Family, std::string>, InTable> tables{};
    std::vector<std::string> sets{};
  };

  InTable& table(const MaintainerRow& row, const ChainId& id);
  [[nodiscard]] bool stood_before(const ChainId& id, const Rule& rule) const;
  [[nodiscard]] bool is_stray(const MaintainerRow& row, const ChainId& id, const Rule& rule) const;

  const State* start_;
  std::map<std::string_view, OfProgram> programs_{};
  std::vector<std::string> strays_{};  // in chains of Docker's, and not its own
  std::vector<std::string> unsaid_{};
};

// "1 rule", "3 rules"
std::string rules(std::size_t count);

}  // namespace pyfw
