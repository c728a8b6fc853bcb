#include "app/request.h"

#include <chrono>
#include <filesystem>

#include "base/duration.h"

namespace pyfw {

Result<ApplyRequest> request_of(const Options& options) {
  ApplyRequest request{.adopts = options.adopts, .replaces = options.replaces};
  if (!options.wishes.empty()) {
    std::error_code none;
    auto path = std::filesystem::weakly_canonical(options.wishes, none);
    request.wishes = path.empty() ? options.wishes : path.string();
  }
  if (!options.confirm_within.empty()) {
    TRY(auto within, parse_duration(options.confirm_within));
    request.confirm_within_ms = std::chrono::milliseconds(within).count();
  }
  return request;
}

}  // namespace pyfw
