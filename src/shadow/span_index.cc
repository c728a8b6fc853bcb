#include "shadow/span_index.h"

#include <bit>

namespace pyfw {

void SpanIndex::settle() {
  if (entries_.empty()) return;
  std::ranges::sort(entries_, {}, [](const Entry& one) { return one.span.first; });
  auto leaves = std::bit_ceil(entries_.size());
  last_.assign(2 * leaves, 0);
  for (std::size_t i = 0; i < entries_.size(); ++i) last_[leaves + i] = entries_[i].span.last;
  for (auto node = leaves; node-- > 1;) last_[node] = std::max(last_[2 * node], last_[2 * node + 1]);
}

}  // namespace pyfw
