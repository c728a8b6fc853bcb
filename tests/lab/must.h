// What a test can't go on without: the value, or an exception that fails it with the error.
//
//   auto docker = must(lab::Docker::start(setup));

#pragma once

#include <stdexcept>
#include <utility>

#include "base/error.h"

namespace pyfw {

template <typename T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(render(result.error()));
  return std::move(*result);
}

inline void must(const Result<void>& result) {
  if (!result) throw std::runtime_error(render(result.error()));
}

}  // namespace pyfw
