#include "prove/classes.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

#include "prove/spans.h"

namespace pyfw {
namespace {

constexpr std::uint32_t kNoClass = std::numeric_limits<std::uint32_t>::max();

}  // namespace

// Of each class that there is so far.
struct Classes::Refining {
  std::vector<std::uint32_t> sizes;   // in pieces
  std::vector<std::uint32_t> inside;  // how many of them a question covers
  std::vector<std::uint32_t> split;   // where those go to
  std::vector<std::uint32_t> met{};   // the classes that it covers any of
};

Point after(Point value) {
  ++value.low;
  if (value.low == 0) ++value.high;
  return value;
}

Point before(Point value) {
  if (value.low == 0) --value.high;
  --value.low;
  return value;
}

std::size_t Classes::add(std::vector<PointSpan> spans) {
  auto [known, is_new] = known_.try_emplace(joined(std::move(spans)), questions_.size());
  if (is_new) questions_.push_back(&known->first);
  return known->second;
}

void Classes::cut() {
  starts_.push_back({});
  for (const auto* question : questions_)
    for (const auto& span : *question) {
      starts_.push_back(span.first);
      if (span.last < last_of_all_) starts_.push_back(after(span.last));
    }
  std::ranges::sort(starts_);
  auto repeated = std::ranges::unique(starts_);
  starts_.erase(repeated.begin(), repeated.end());
  classes_.assign(starts_.size(), 0);
  Refining work{.sizes = {static_cast<std::uint32_t>(starts_.size())}, .inside = {0}, .split = {kNoClass}};
  for (const auto* question : questions_) refine(*question, work);
  number();
}

std::size_t Classes::piece_of(Point value) const {
  return static_cast<std::size_t>(std::ranges::upper_bound(starts_, value) - starts_.begin()) - 1;
}

std::span<const std::uint32_t> Classes::pieces_of(const PointSpan& span) const {
  auto first = piece_of(span.first);
  return std::span(classes_).subspan(first, piece_of(span.last) + 1 - first);
}

std::span<std::uint32_t> Classes::pieces_of(const PointSpan& span) {
  auto first = piece_of(span.first);
  return std::span(classes_).subspan(first, piece_of(span.last) + 1 - first);
}

// Of each class, what is in the question becomes a class of its own, unless all of it is. Prefixes of one
// length don't overlap, so that all of them together cover each piece at most once a length.
void Classes::refine(std::span<const PointSpan> question, Refining& work) {
  work.met.clear();
  for (const auto& span : question)
    for (auto of_class : pieces_of(span))
      if (work.inside[of_class]++ == 0) work.met.push_back(of_class);
  bool any_split = false;
  for (auto of_class : work.met) {
    auto count = std::exchange(work.inside[of_class], 0);
    if (count == work.sizes[of_class]) continue;
    any_split = true;
    work.split[of_class] = static_cast<std::uint32_t>(work.sizes.size());
    work.sizes[of_class] -= count;
    work.sizes.push_back(count);
  }
  if (!any_split) return;
  work.inside.resize(work.sizes.size(), 0);
  work.split.resize(work.sizes.size(), kNoClass);
  for (const auto& span : question)
    for (auto& of_class : pieces_of(span))
      if (work.split[of_class] != kNoClass) of_class = work.split[of_class];
  for (auto of_class : work.met) work.split[of_class] = kNoClass;
}

void Classes::number() {
  std::vector<std::uint32_t> numbers(starts_.size(), kNoClass);
  for (auto& of_class : classes_) {
    auto& number = numbers[of_class];
    if (number == kNoClass) {
      number = count();
      ends_.push_back(0);
    }
    of_class = number;
    ++ends_[number];
  }
  std::partial_sum(ends_.begin(), ends_.end(), ends_.begin());
  by_class_.resize(classes_.size());
  auto next = ends_;
  for (auto piece = static_cast<std::uint32_t>(classes_.size()); piece-- > 0;)
    by_class_[--next[classes_[piece]]] = piece;
}

std::vector<std::uint32_t> Classes::inside(std::size_t question) const {
  std::vector<std::uint32_t> out;
  for (const auto& span : *questions_[question]) {
    auto pieces = pieces_of(span);
    out.insert(out.end(), pieces.begin(), pieces.end());
  }
  std::ranges::sort(out);
  auto repeated = std::ranges::unique(out);
  out.erase(repeated.begin(), repeated.end());
  return out;
}

std::uint32_t Classes::class_of(Point value) const { return classes_[piece_of(value)]; }

bool Classes::is_alone(Point value) const {
  auto pieces = pieces_in(class_of(value));
  auto at = pieces.front();
  auto last = at + 1 < starts_.size() ? before(starts_[at + 1]) : last_of_all_;
  return pieces.size() == 1 && starts_[at] == last;
}

std::vector<PointSpan> Classes::values_of(std::uint32_t of_class) const {
  std::vector<PointSpan> spans;
  for (auto at : pieces_in(of_class))
    spans.push_back(
        {.first = starts_[at], .last = at + 1 < starts_.size() ? before(starts_[at + 1]) : last_of_all_});
  return joined(std::move(spans));
}

}  // namespace pyfw
