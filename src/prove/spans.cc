#include "prove/spans.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/strings.h"
#include "prove/packet_space.h"

namespace pyfw {

Spans joined(Spans spans) {
  // Most come in order.
  if (!std::ranges::is_sorted(spans)) std::ranges::sort(spans);
  // In their own place: those of a large set are megabytes.
  std::size_t count = 0;
  for (const auto& span : spans) {
    auto* last = count == 0 ? nullptr : &spans[count - 1].last;
    if (last != nullptr && (span.first <= *last || span.first == after(*last))) {
      *last = std::max(*last, span.last);
    } else {
      spans[count++] = span;
    }
  }
  spans.resize(count);
  return spans;
}

Spans both(const Spans& a, const Spans& b) {
  auto left = joined(a);
  auto right = joined(b);
  Spans out;
  for (std::size_t i = 0, j = 0; i < left.size() && j < right.size();) {
    auto first = std::max(left[i].first, right[j].first);
    auto last = std::min(left[i].last, right[j].last);
    if (first <= last) out.push_back({.first = first, .last = last});
    if (left[i].last < right[j].last)
      ++i;
    else
      ++j;
  }
  return joined(std::move(out));
}

Spans without(const Spans& a, const Spans& b) {
  auto taken = joined(b);
  Spans out;
  std::size_t next = 0;
  for (auto span : joined(a)) {
    while (next < taken.size() && taken[next].last < span.first) ++next;
    bool is_left = true;
    for (auto i = next; i < taken.size() && taken[i].first <= span.last; ++i) {
      if (span.first < taken[i].first) out.push_back({.first = span.first, .last = before(taken[i].first)});
      if (span.last <= taken[i].last) {
        is_left = false;
        break;
      }
      span.first = after(taken[i].last);
    }
    if (is_left) out.push_back(span);
  }
  return out;
}

std::vector<std::string> texts_of(const Spans& spans, Family family) {
  std::vector<std::string> out;
  for (const auto& span : joined(spans)) {
    auto first = ip_of(family, span.first);
    auto text = first.to_string();
    if (span.first != span.last) {
      text += '-' + ip_of(family, span.last).to_string();
      for (unsigned length = 0; length < address_bits(family); ++length) {
        Prefix prefix{.ip = first, .length = length};
        if (span_of(prefix) == span) text = prefix.to_string();
      }
    }
    out.push_back(std::move(text));
  }
  return out;
}

std::string numbers_of(const Spans& spans) {
  std::vector<std::string> out;
  for (const auto& span : spans)
    out.push_back(span.first == span.last ? fmt::format("{}", span.first.low)
                                          : fmt::format("{}-{}", span.first.low, span.last.low));
  return join(out, ", ");
}

}  // namespace pyfw
