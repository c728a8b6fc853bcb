// What the prover says of packets, for Z3: a node of its diagrams as a formula.

#pragma once

#include <map>
#include <utility>

#include "prove/packet_space.h"
#include "tests/z3/story.h"

namespace z3check {

class Regions {
 public:
  Regions(const Numbers& numbers, pyfw::PacketSpace& space, const Free& packet)
      : numbers_(numbers), space_(space), packet_(packet) {}

  // That the packet is one of those. They must hang on nothing but the free fields.
  z3::expr formula(pyfw::Bdd::Node packets) { return from_field(packets, 0); }

 private:
  z3::expr from_field(pyfw::Bdd::Node packets, std::size_t first);
  z3::expr is_in(const z3::expr& value, const pyfw::PointSpan& span) const;

  const Numbers& numbers_;
  pyfw::PacketSpace& space_;
  const Free& packet_;
  std::map<std::pair<std::size_t, pyfw::Bdd::Node>, z3::expr> known_{};
};

}  // namespace z3check
