// Which of many spans have a number, or any of a range.
//
//   SpanIndex index;
//   index.add({.first = 80, .last = 90}, 3);       // the span of rule 3
//   index.settle();
//   index.visit({.first = 85, .last = 85}, [](std::uint32_t rule) { … });

#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "ext/conditions.h"

namespace pyfw {

class SpanIndex {
 public:
  void add(const NumberRange& span, std::uint32_t what) { entries_.push_back({.span = span, .what = what}); }
  // Once, when all are added.
  void settle();

  [[nodiscard]] bool empty() const { return entries_.empty(); }

  // In no order; what has several such spans is visited for each.
  template <typename Visit>
  void visit(const NumberRange& range, const Visit& visit) const {
    auto end =
        std::ranges::upper_bound(entries_, range.last, {}, [](const Entry& one) { return one.span.first; });
    if (!last_.empty())
      visit_below(1, 0, last_.size() / 2, {range, static_cast<std::size_t>(end - entries_.begin())}, visit);
  }

 private:
  // So many are looked at one after the other.
  static constexpr std::size_t kFew = 8;

  struct Entry {
    NumberRange span{};
    std::uint32_t what = 0;
  };
  // Of entries those before `end` begin early enough.
  struct Wanted {
    const NumberRange& range;
    std::size_t end;
  };

  template <typename Visit>
  void visit_below(std::size_t node, std::size_t first, std::size_t count, const Wanted& wanted,
                   const Visit& visit) const {
    if (first >= wanted.end || last_[node] < wanted.range.first) return;
    if (count <= kFew) {
      for (auto i = first; i < std::min(first + count, wanted.end); ++i)
        if (entries_[i].span.last >= wanted.range.first) visit(entries_[i].what);
      return;
    }
    visit_below(2 * node, first, count / 2, wanted, visit);
    visit_below(2 * node + 1, first + count / 2, count / 2, wanted, visit);
  }

  std::vector<Entry> entries_{};  // by where they begin
  // A tree over them, the root at 1 and below each node those at twice its number: where the last of its
  // spans ends.
  std::vector<std::uint32_t> last_{};
};

}  // namespace pyfw
