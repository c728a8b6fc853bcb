// Packets at the borders of what rules, sets, addresses and results tell apart, where a mistake would lie.
//
//   Borders borders(kIpv4World, rules_text, facts, seed);
//   auto packet = borders.packet(like);            // each field at some border, or anywhere
//   borders.move_one(free, packet);                // one field elsewhere

#pragma once

#include <map>
#include <random>
#include <string>
#include <vector>

#include "prove/random_host_for_tests.h"
#include "prove/spans.h"

namespace pyfw {

class Borders {
 public:
  // All that looks like an address, a prefix, a port or a number in the text has its first and last value,
  // and the neighbours outside. Drawn by that seed alone: rapidcheck would remember each packet.
  Borders(const World& world, const std::string& text, const Facts& facts, std::uint64_t seed);

  // Of what that text names alone.
  Borders(Family family, const std::string& text, std::uint64_t seed);

  // Of those fields.
  void move_all(const std::vector<Field>& fields, Packet& packet);
  void move_one(const std::vector<Field>& fields, Packet& packet);
  // As far as the text names values of them.
  void move_named(const std::vector<Field>& fields, Packet& packet);
  // Somewhere in there, mostly at an end.
  Point point_in(const Spans& spans);
  // Just outside of one of them.
  Point point_beside(const Spans& spans);

  std::size_t below(std::size_t end) { return static_cast<std::size_t>(random_() % end); }

 private:
  void add_text(const std::string& text);
  void add_word(const std::string& word);
  void add(Field field, const PointSpan& span);
  Point value_of_any(Field field);
  [[nodiscard]] Point last_of(Field field) const;

  Family family_;
  std::map<Field, std::vector<Point>> values_;
  std::mt19937_64 random_;
};

}  // namespace pyfw
