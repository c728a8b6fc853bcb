// Two states of a host: what the prover says that is different, against what the tracer says of each packet
// before and after.
//
//   Comparison comparison(made, kIpv4World, before, after);
//   auto wrong = comparison.first_wrong(like, 1000, seed);    // none: nothing found

#pragma once

#include <optional>
#include <string>

#include "prove/difference.h"
#include "tests/mutations/mutation.h"

namespace pyfw {

struct Wrong {
  std::string what;
  std::optional<Arrival> packet{};  // none: the prover gave up
};

// How many of the packets that were drawn are what.
struct Drawn {
  int changed = 0;
  int same = 0;
  int untold = 0;  // where the prover says that it can't follow

  void add(const Drawn& other) {
    changed += other.changed;
    same += other.same;
    untold += other.untold;
  }
};

class Comparison {
 public:
  // Puts the rules and sets there, which it forgets again. Of new connections, or of open ones.
  Comparison(HostForTests& made, const World& world, const Rules& before, const Rules& after,
             bool are_open = false);

  // Packets like that one are drawn until one is wrong.
  std::optional<Wrong> first_wrong(const Arrival& like, int packets, std::uint64_t seed);
  // Whether of that packet something else is said than is so.
  std::optional<Wrong> wrong_of(const Arrival& like, const Arrival& packet);

  [[nodiscard]] const Drawn& drawn() const { return drawn_; }

 private:
  struct Side {
    TracedHost host;
    Sets sets;
  };
  static Side side_of(HostForTests& made, const World& world, const Rules& rules);
  std::optional<Wrong> find(const Arrival& like);
  [[nodiscard]] Arrival draw(class Borders& borders, const Arrival& like) const;
  [[nodiscard]] bool is_asked(Arrival& arrival) const;
  std::optional<Wrong> wrong_of(const Arrival& packet);
  std::optional<Wrong> wrong_of_open(const Arrival& packet);

  const World& world_;
  bool are_open_;
  std::string text_;  // of all rules and sets
  bool is_tied_;      // one match is asked several times, and answers alike
  Side before_;
  Side after_;
  std::optional<Difference> difference_;
  std::vector<Changed> found_;
  Drawn drawn_;
};

}  // namespace pyfw
