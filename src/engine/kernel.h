// The seam between what pyfw decides and what it does: the engine calls these, the room `kernel` implements
// them, and a test may put a decorator between that fails, dies or lets a rival write.

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "host/facts.h"
#include "nf/backend.h"
#include "nf/desired.h"
#include "plan/commit.h"

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

// How often the rules have been written, where the kernel counts it (nftables does): none else.
using Generation = std::optional<std::uint32_t>;

enum class Committed {
  kDone,
  kStale,  // nothing was done, since someone has written since the generation that was named
};

enum class Foresight {
  kToTheLetter,
  kRoughly,  // commits of the same tables
};

// All that can be known of a host besides its state.
struct AllFacts {
  Facts facts{};
  std::optional<BackendRules> other_rules{};  // of the backend that is not the kernel's, where it has any
  std::vector<Error> warnings{};              // what could not be looked at, and why
};

// Keeps other programs from writing as long as it lives, where they take the lock (iptables-legacy).
class Hold {
 public:
  Hold() = default;
  Hold(const Hold&) = delete;
  Hold& operator=(const Hold&) = delete;
  virtual ~Hold() = default;
};

// What a kernel shows of itself besides its state, in a form of its own.
class Sighting {
 public:
  Sighting() = default;
  Sighting(const Sighting&) = delete;
  Sighting& operator=(const Sighting&) = delete;
  virtual ~Sighting() = default;
};

class Kernel {
 public:
  Kernel() = default;
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;
  virtual ~Kernel() = default;

  virtual Result<State> read() = 0;
  // Whether what was read is all that there is: to be asked before it is shown or acted upon. It takes longer
  // than to read.
  virtual Result<void> finish_reading() = 0;
  // Puts those tables into `state` as they are now; the rest of it stays as it was read before. Gives the
  // generation after which nobody knows of anything that it lacks.
  virtual Result<Generation> read_again(std::span<const TableId> tables, State& state) = 0;
  // All rules of a family as `iptables-save -c` prints them, with what they have counted.
  virtual Result<std::string> save_with_counters(Family family) = 0;
  // The sets alone, which no generation tells of.
  virtual Result<Sets> read_sets() = 0;
  // What of the state that is there differs from this one, in words; empty where nothing does. A sighting of
  // a copy in which nothing differed makes it quicker to tell.
  virtual Result<std::string> difference_from(const State& wanted, const Sighting* of_copy) = 0;
  // As it looks now; null where nothing is seen of it but its state.
  [[nodiscard]] virtual std::shared_ptr<const Sighting> sighting() const = 0;
  // Interfaces, their addresses, and the unicast routes of the main table.
  virtual Result<Facts> facts() = 0;
  // What Docker tells of networks and containers; none where there is no Docker. Takes less than all_facts(),
  // and no longer than 2 s. May be asked while another thread reads.
  virtual Result<std::optional<Docker>> docker() = 0;
  // Takes longer, since it asks Docker for more, and looks at every process.
  virtual Result<AllFacts> all_facts() = 0;

  // Asks the kernel, in a namespace of its own that nobody else sees. Where there can be none (no program,
  // no privilege), each line comes back as it is.
  virtual Result<std::vector<SpelledLine>> spell(const SpellRequest& request) = 0;
  // `set` holds header and members as they were written.
  virtual Result<SpelledSet> spell_set(const Set& set) = 0;

  // Runs one command (`iptables …`, `ipset …`) for real. Fails with the program's own words.
  virtual Result<void> run(std::span<const std::string> command) = 0;

  [[nodiscard]] virtual Backend backend() const = 0;
  virtual Result<Generation> generation() = 0;
  // Whether nobody else wrote between that generation and the last of so many commits of ours that came after
  // it, whatever others did since; of no commits, whether nobody wrote since. Always so where nobody counts.
  virtual Result<bool> only_we_wrote(Generation since, std::size_t commits) = 0;
  // Fails with the program's own words; where it names a line, that is the error's place, in restore_input().
  // A HandleCommit needs `generation`. A TableCommit counts places too, so it is stale as well where others
  // have written since.
  virtual Result<Committed> commit(const Commit& commit, Generation generation) = 0;
  // What a copy looked like that has this state. The rules that a commit puts in can be taken from there.
  virtual void learn_rules(const State& state, std::shared_ptr<const Sighting> of_copy) = 0;
  // What will probably be committed next: so that everything is done already that changes nothing. What is
  // then committed may be something else.
  virtual void foresee(std::span<const Commit> commits, Foresight foresight) = 0;
  // A kernel in a namespace of its own, on the same backend, that has these rules and sets. A rule that it
  // refuses is the error's place, in write_iptables_save() of its family.
  virtual Result<std::unique_ptr<Kernel>> copy(const State& state) = 0;
  // Null where there is no such lock. Fails when others hold it for longer than 10 s.
  virtual Result<std::unique_ptr<Hold>> hold_writers() = 0;
  // Who else has written rules since this was asked first: "iptables (pid 4711)". Empty where nobody knows.
  virtual std::vector<std::string> other_writers() = 0;
};

}  // namespace pyfw
