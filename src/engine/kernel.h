// The seam between what pyfw decides and what it does: the engine calls these, `sys` implements them, and
// a test may put a decorator between that fails, dies or lets a rival write.

#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "host/facts.h"
#include "nf/desired.h"

namespace pyfw {

// Rules and set members whose kernel's spelling is asked for. Everything is of one family; `sets` are
// those that the rules name, and those whose members are asked for.
struct SpellRequest {
  Family family = Family::kIpv4;
  Sets sets;
  std::vector<ChainId> chains;  // user chains that the rules stand in or jump to
  struct Line {
    ChainId chain;
    std::string text;
  };
  std::vector<Line> lines;
};

// One entry a line asked for. `refusal` holds the program's own words where it takes no such rule; the
// lines behind a refused one are then not looked at.
struct SpelledLine {
  std::vector<std::string> texts;
  std::string refusal{};
};

struct SpelledSet {
  std::string header{};  // both in the kernel's spelling
  std::vector<std::string> members{};
  std::optional<std::size_t> refused_at{};  // where `refusal` is not empty: the index of the member, or none
                                            // where it is the set itself
  std::string refusal{};
};

class Kernel {
 public:
  Kernel() = default;
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;
  virtual ~Kernel() = default;

  virtual Result<State> read() = 0;
  virtual Result<Facts> facts() = 0;

  // Asks the kernel, in a namespace of its own that nobody else sees. Where there can be none (no program,
  // no privilege), each line comes back as it is.
  virtual Result<std::vector<SpelledLine>> spell(const SpellRequest& request) = 0;
  // `set` holds header and members as they were written.
  virtual Result<SpelledSet> spell_set(const Set& set) = 0;

  // Runs one command (`iptables …`, `ipset …`) for real. Fails with the program's own words.
  virtual Result<void> run(std::span<const std::string> command) = 0;
};

}  // namespace pyfw
