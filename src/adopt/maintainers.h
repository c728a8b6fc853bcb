// Whose rules, chains and sets are whose: what Docker, libvirt, Kubernetes and others maintain themselves is
// told from what the owner put there.
//
//   Maintainers maintainers(state);
//   if (const auto* row = maintainers.of_chain({Family::kIpv4, "filter", "f2b-sshd"})) … row->program

#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/maintainer_rows.h"
#include "nf/state.h"

namespace pyfw {

struct Recognised {
  const MaintainerRow* row = nullptr;
  std::string pattern{};    // a regular expression that finds rules of this kind; empty: just this text
  bool comes_last = false;  // such a rule is appended again and again, as containers start
};

class Maintainers {
 public:
  explicit Maintainers(const State& state);
  ~Maintainers();
  Maintainers(const Maintainers&) = delete;
  Maintainers& operator=(const Maintainers&) = delete;

  // Of a chain that a program owns wholly. Null where it is the owner's, as all that follows.
  [[nodiscard]] const MaintainerRow* of_chain(const ChainId& id) const;
  // Of one that it makes for the owner's rules.
  [[nodiscard]] const MaintainerRow* of_shared_chain(const ChainId& id) const;
  // By its name, or since only rules of that program name it.
  [[nodiscard]] const MaintainerRow* of_set(const std::string& name) const;
  [[nodiscard]] const MaintainerRow* of_policy(const ChainId& id) const;
  // Of the program that appends rules to that chain again and again.
  [[nodiscard]] const MaintainerRow* that_appends_to(const ChainId& id) const;
  // Of a rule in a chain that is not wholly a program's.
  [[nodiscard]] std::optional<Recognised> of_rule(const ChainId& id, const Rule& rule) const;

 private:
  struct Shapes;

  [[nodiscard]] bool is_there(const MaintainerRow& row, Family family) const;
  [[nodiscard]] const MaintainerRow* of_set_name(std::string_view name) const;
  [[nodiscard]] std::optional<Recognised> of_jump(const ChainId& id, const Rule& rule,
                                                  bool has_comment) const;
  void look_for_programs(const State& state);
  void look_for_shapes(const State& state);
  void look_for_sets(const State& state);

  std::map<std::pair<std::string_view, Family>, bool> present_{};  // by program
  std::map<ChainId, const MaintainerRow*> chains_{};
  std::map<std::string, const MaintainerRow*> sets_{};
  std::unique_ptr<Shapes> shapes_;
};

}  // namespace pyfw
