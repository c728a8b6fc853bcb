// The wishes that come of a state, before they are text.

#pragma once

#include <string>
#include <vector>

#include "nf/state.h"

namespace pyfw {

// One entry of a chain's rules: `NAME: TEXT`, a bare TEXT, or a directive. All texts are YAML already.
struct AdoptedEntry {
  std::vector<std::string> remarks{};  // comments above it
  std::string name{};                  // or ~match, ~rest
  std::string text{};

  bool operator==(const AdoptedEntry&) const = default;
};

struct AdoptedChain {
  std::string table{};
  std::string name{};  // YAML
  std::vector<std::string> remarks{};
  std::string default_action{};  // empty: none is wished
  std::vector<AdoptedEntry> entries{};
  std::vector<std::string> last_remarks{};  // below the entries

  bool operator==(const AdoptedChain&) const = default;
};

struct AdoptedSet {
  std::string name{};  // YAML
  std::vector<std::string> remarks{};
  std::string type{};
  std::vector<std::pair<std::string, std::string>> options{};  // YAML
  std::string members_key{};                                   // members_equal, members_include, or none
  std::vector<std::string> members{};                          // YAML
  std::string members_file{};                                  // YAML; instead of them
};

struct AdoptedWishes {
  std::vector<std::string> remarks{};
  bool needs_dollar = false;  // the variable that stands for a `$` before a brace
  std::vector<AdoptedSet> sets{};
  std::vector<AdoptedChain> of_both{};
  std::vector<AdoptedChain> of_ipv4{};
  std::vector<AdoptedChain> of_ipv6{};

  [[nodiscard]] bool empty() const {
    return !needs_dollar && sets.empty() && of_both.empty() && of_ipv4.empty() && of_ipv6.empty();
  }
};

// The wishes file.
std::string wishes_text(const AdoptedWishes& wishes);

}  // namespace pyfw
