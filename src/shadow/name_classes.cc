#include "shadow/name_classes.h"

#include "base/contains.h"

namespace pyfw {

void NameClasses::add(std::string_view name, bool is_prefix) {
  // No interface has a slash in its name.
  auto of_class = std::string(name) + (is_prefix ? "/" : "");
  if (!contains(names_, of_class)) names_.push_back(std::move(of_class));
}

std::vector<std::uint32_t> NameClasses::inside(std::string_view name, bool is_prefix) const {
  std::vector<std::uint32_t> out;
  for (std::uint32_t i = 0; i < count(); ++i)
    if (is_prefix ? names_[i].starts_with(name) : names_[i] == name) out.push_back(i);
  return out;
}

}  // namespace pyfw
