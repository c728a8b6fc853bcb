#include "prove/classes.h"

#include <algorithm>
#include <limits>

#include "prove/spans.h"

namespace pyfw {
namespace {

constexpr std::uint32_t kNoClass = std::numeric_limits<std::uint32_t>::max();

}  // namespace

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
  if (is_new) questions_.push_back(known->first);
  return known->second;
}

void Classes::cut() {
  starts_.push_back({});
  for (const auto& question : questions_)
    for (const auto& span : question) {
      starts_.push_back(span.first);
      if (span.last < last_of_all_) starts_.push_back(after(span.last));
    }
  std::ranges::sort(starts_);
  auto repeated = std::ranges::unique(starts_);
  starts_.erase(repeated.begin(), repeated.end());
  classes_.assign(starts_.size(), 0);
  std::vector<std::uint32_t> sizes = {static_cast<std::uint32_t>(starts_.size())};
  for (const auto& question : questions_) refine(question, sizes);
  number();
}

std::size_t Classes::piece_of(Point value) const {
  return static_cast<std::size_t>(std::ranges::upper_bound(starts_, value) - starts_.begin()) - 1;
}

std::span<const std::uint32_t> Classes::pieces_of(const PointSpan& span) const {
  auto first = piece_of(span.first);
  return std::span(classes_).subspan(first, piece_of(span.last) + 1 - first);
}

// Of each class, what is in the question becomes a class of its own, unless all of it is. Prefixes of one
// length don't overlap, so that all of them together cover each piece at most once a length.
void Classes::refine(std::span<const PointSpan> question, std::vector<std::uint32_t>& sizes) {
  std::map<std::uint32_t, std::uint32_t> inside;
  for (const auto& span : question)
    for (auto of_class : pieces_of(span)) ++inside[of_class];
  std::map<std::uint32_t, std::uint32_t> split;
  for (auto [of_class, count] : inside) {
    if (count == sizes[of_class]) continue;
    split[of_class] = static_cast<std::uint32_t>(sizes.size());
    sizes[of_class] -= count;
    sizes.push_back(count);
  }
  if (split.empty()) return;
  for (const auto& span : question) {
    auto first = piece_of(span.first);
    for (auto at = first; at < first + pieces_of(span).size(); ++at)
      if (auto found = split.find(classes_[at]); found != split.end()) classes_[at] = found->second;
  }
}

void Classes::number() {
  std::vector<std::uint32_t> numbers(starts_.size(), kNoClass);
  for (std::size_t at = 0; at < classes_.size(); ++at) {
    auto& number = numbers[classes_[at]];
    if (number == kNoClass) {
      number = count();
      first_piece_.push_back(at);
    }
    classes_[at] = number;
  }
}

std::vector<std::uint32_t> Classes::inside(std::size_t question) const {
  std::vector<std::uint32_t> out;
  for (const auto& span : questions_[question]) {
    auto pieces = pieces_of(span);
    out.insert(out.end(), pieces.begin(), pieces.end());
  }
  std::ranges::sort(out);
  auto repeated = std::ranges::unique(out);
  out.erase(repeated.begin(), repeated.end());
  return out;
}

std::uint32_t Classes::class_of(Point value) const { return classes_[piece_of(value)]; }

std::vector<PointSpan> Classes::values_of(std::uint32_t of_class) const {
  std::vector<PointSpan> spans;
  for (auto at = first_piece_[of_class]; at < classes_.size(); ++at)
    if (classes_[at] == of_class)
      spans.push_back(
          {.first = starts_[at], .last = at + 1 < starts_.size() ? before(starts_[at + 1]) : last_of_all_});
  return joined(std::move(spans));
}

}  // namespace pyfw
