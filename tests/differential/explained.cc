#include "explained.h"

namespace pyfw::differential {

std::optional<std::string_view> explanation(const Scenario& /*scenario*/, const Shipment& /*shipment*/,
                                            const Verdict& /*verdict*/) {
  return {};
}

}  // namespace pyfw::differential
