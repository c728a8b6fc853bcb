// One visitor made of several lambdas, for std::visit.

#pragma once

namespace pyfw {

template <typename... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};

}  // namespace pyfw
