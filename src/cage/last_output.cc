#include "cage/last_output.h"

namespace pyfw {

void LastOutput::add(std::string_view piece) {
  kept_ += piece;
  // Twice as much as is kept, so that little is moved.
  if (kept_.size() <= 2 * most_) return;
  kept_.erase(0, kept_.size() - most_);
  is_cut_ = true;
}

std::string LastOutput::text() const {
  if (kept_.size() <= most_ && !is_cut_) return kept_;
  std::string_view end = kept_;
  end.remove_prefix(end.size() > most_ ? end.size() - most_ : 0);
  if (auto line = end.find('\n'); line != std::string_view::npos) end.remove_prefix(line + 1);
  return "…\n" + std::string(end);
}

}  // namespace pyfw
