// A text of the command line, so that an error can point into it.

#pragma once

#include <memory>
#include <string>

#include "wish/wishes.h"

namespace pyfw {

inline Located argument(const std::string& option, const std::string& text) {
  auto source = std::make_shared<Source>(Source{.name = option, .text = text});
  return {.text = text,
          .place = {.source = std::move(source), .line = 1, .column = 1, .length = text.size()},
          .is_verbatim = true};
}

}  // namespace pyfw
