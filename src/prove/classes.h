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
  Classes(Classes&&) = default;
  Classes& operator=(Classes&&) = default;

  // Something that is asked of the field: whether it is in one of these, which may come in any order and
  // overlap. Gives its number; the same question has the same.
  std::size_t add(std::vector<PointSpan> spans);
  // Once, when all questions are known. They are numbered from 0, in the order of their first values.
  void cut();

  [[nodiscard]] std::size_t questions() const { return questions_.size(); }
  [[nodiscard]] std::uint32_t count() const { return static_cast<std::uint32_t>(ends_.size()); }
  // Ascending.
  [[nodiscard]] std::vector<std::uint32_t> inside(std::size_t question) const;
  [[nodiscard]] std::uint32_t class_of(Point value) const;
  [[nodiscard]] Point first_of(std::uint32_t of_class) const { return starts_[pieces_in(of_class).front()]; }
  // Whether its class has no other value.
  [[nodiscard]] bool is_alone(Point value) const;
  // All its values, in order, as few as can be.
  [[nodiscard]] std::vector<PointSpan> values_of(std::uint32_t of_class) const;

 private:
  // A piece is a run of values in which no question begins or ends.
  [[nodiscard]] std::size_t piece_of(Point value) const;
  [[nodiscard]] std::span<const std::uint32_t> pieces_of(const PointSpan& span) const;
  std::span<std::uint32_t> pieces_of(const PointSpan& span);
  struct Refining;
  void refine(std::span<const PointSpan> question, Refining& work);
  void number();
  [[nodiscard]] std::span<const std::uint32_t> pieces_in(std::uint32_t of_class) const {
    auto first = of_class == 0 ? 0 : ends_[of_class - 1];
    return std::span(by_class_).subspan(first, ends_[of_class] - first);
  }

  Point last_of_all_;
  std::vector<const std::vector<PointSpan>*> questions_;  // keys of known_
  std::map<std::vector<PointSpan>, std::size_t> known_;
  std::vector<Point> starts_;            // of the pieces
  std::vector<std::uint32_t> classes_;   // of the pieces
  std::vector<std::uint32_t> by_class_;  // the pieces of the first class, those of the second…
  std::vector<std::uint32_t> ends_;      // where in there those of each class end
};

}  // namespace pyfw
