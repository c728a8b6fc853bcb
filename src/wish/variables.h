// The variables of the wishes, as one family sees them: `vars`, and ${external_interface}.

#pragma once

#include <optional>
#include <string>

#include "base/error.h"
#include "host/facts.h"
#include "wish/wishes.h"

namespace pyfw {

inline constexpr const char* kExternalInterface = "external_interface";

class Variables {
 public:
  Variables(const Wishes& wishes, const Facts& facts, Family family)
      : wishes_(wishes), facts_(facts), family_(family) {}

  // The text with each ${NAME} replaced; one word stays one word. `place` is where the text stands.
  [[nodiscard]] Result<std::string> put_in(const std::string& text, const Place& place) const;

 private:
  [[nodiscard]] Result<std::string> value(const std::string& name, const Place& place) const;

  const Wishes& wishes_;
  const Facts& facts_;
  Family family_;
};

}  // namespace pyfw
