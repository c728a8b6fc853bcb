// Values of one field of a packet, cut at the ends of everything that rules, sets and routes ask of it. What
// nothing tells apart is one class, so that all packets can be looked at by looking at a few of each field.
//
//   Classes sources(kLastIpv4);
//   auto lan = sources.add({{10.0.0.0, 10.255.255.255}});
//   auto members = sources.add(spans of a set of 65,000);
//   sources.cut();
//   sources.count();          // 4 at most: in both, in one, in the other, in none
//   sources.inside(lan);      // those of them that are in it

#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

namespace pyfw {

// A value of any field, as a number of 128 bits: an IPv6 address, with the others in the lower half.
struct Point {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  auto operator<=>(const Point&) const = default;
};

// The next one, and the one before; of the last of all and of the first there is none.
Point after(Point value);
Point before(Point value);

// From the first to the last, both in it.
struct PointSpan {
  Point first{};
  Point last{};

  auto operator<=>(const PointSpan&) const = default;
};

class Classes {
 public:
  explicit Classes(Point last_of_all) : last_of_all_(last_of_all) {}

  // Something that is asked of the field: whether it is in one of these, which may come in any order and
  // overlap. Gives its number; the same question has the same.
  std::size_t add(std::vector<PointSpan> spans);
  // Once, when all questions are known. They are numbered from 0, in the order of their first values.
  void cut();

  [[nodiscard]] std::uint32_t count() const { return static_cast<std::uint32_t>(first_piece_.size()); }
  // Ascending.
  [[nodiscard]] std::vector<std::uint32_t> inside(std::size_t question) const;
  [[nodiscard]] std::uint32_t class_of(Point value) const;
  [[nodiscard]] Point first_of(std::uint32_t of_class) const { return starts_[first_piece_[of_class]]; }
  // All its values, in order, as few as can be.
  [[nodiscard]] std::vector<PointSpan> values_of(std::uint32_t of_class) const;

 private:
  // A piece is a run of values in which no question begins or ends.
  [[nodiscard]] std::size_t piece_of(Point value) const;
  [[nodiscard]] std::span<const std::uint32_t> pieces_of(const PointSpan& span) const;
  void refine(std::span<const PointSpan> question, std::vector<std::uint32_t>& sizes);
  void number();

  Point last_of_all_;
  std::vector<std::vector<PointSpan>> questions_;
  std::map<std::vector<PointSpan>, std::size_t> known_;
  std::vector<Point> starts_;               // of the pieces
  std::vector<std::uint32_t> classes_;      // of the pieces
  std::vector<std::size_t> first_piece_{};  // of the classes
};

}  // namespace pyfw
