// Packets that an expectation speaks of, drawn to break it: from and to values at the borders of what the
// host and the expectation tell apart, with everything else that a rule may ask for, and beside those that
// went a new way.
//
//   Attack attack(host, covered, scene, ends, seed);
//   if (auto arrival = attack.draw()) …
//   attack.keep(*arrival);       // nothing that was drawn before went the same way

#pragma once

#include "tests/random/borders.h"
#include "tests/random/covered.h"
#include "tests/refute/random_host.h"

namespace pyfw {

class Attack {
 public:
  // All of them must outlive it.
  Attack(const RandomHost& host, const Covered& covered, const Scene& scene, const std::string& ends,
         std::uint64_t seed);

  // None where what was drawn is nothing that the expectation speaks of.
  std::optional<Arrival> draw();
  void keep(Arrival arrival) { kept_.push_back(std::move(arrival)); }

 private:
  Arrival draw_anew();
  Arrival draw_beside_a_kept_one();
  void draw_source(const CoveredSource& source, Packet& packet);
  void draw_as_a_rule_has_it(const std::vector<Field>& free, Packet& packet);
  void draw_port(const std::optional<PortRange>& ports, Field field, Packet& packet);
  template <typename T>
  const T& pick(const std::vector<T>& some) {
    return some[borders_.below(some.size())];
  }

  Family family_;
  const Covered& covered_;
  const Scene& scene_;
  Borders borders_;
  std::vector<Borders> rules_{};  // of each that names values
  std::vector<CoveredDestination> destinations_{};
  std::vector<Arrival> kept_{};
};

}  // namespace pyfw
