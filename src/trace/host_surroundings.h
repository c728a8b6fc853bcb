// What matches ask of the host, answered by its routes and sets.

#pragma once

#include "ext/surroundings.h"
#include "trace/routes.h"

namespace pyfw {

class HostSurroundings : public Surroundings {
 public:
  // Both must outlive it.
  HostSurroundings(const Routes& routes, const SetIndex& sets) : routes_(routes), sets_(sets) {}

  [[nodiscard]] std::optional<AddressType> address_type(const Ip& ip,
                                                        std::string_view interface) const override;
  [[nodiscard]] std::optional<bool> passes_rpfilter(const WayBack& back) const override;
  [[nodiscard]] const SetIndex& sets() const override { return sets_; }

 private:
  const Routes& routes_;
  const SetIndex& sets_;
};

}  // namespace pyfw
