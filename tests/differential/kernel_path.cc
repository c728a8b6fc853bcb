#include "kernel_path.h"

#include <fmt/format.h>

#include <array>

#include "wire.h"

namespace pyfw::differential {

std::string_view name_of(Hook hook) {
  constexpr std::array<std::string_view, 5> kNames = {"PREROUTING", "INPUT", "FORWARD", "OUTPUT",
                                                      "POSTROUTING"};
  return kNames.at(static_cast<std::size_t>(hook));
}

std::string in_words(const Step& step) {
  auto place = fmt::format("{} {} {}", name_of(step.backend), step.table, step.chain);
  return step.rule ? fmt::format("{} rule {}", place, *step.rule + 1) : place + " policy";
}

std::string in_words(const KernelPath& path) {
  std::string out;
  for (const auto& step : path.steps) out += fmt::format("  {}\n", in_words(step));
  for (const auto& passage : path.passages)
    out += fmt::format("  {} {}: {} mark {:#x}\n", passage.is_end ? "got through" : "comes to",
                       name_of(passage.hook), in_words(passage.packet), passage.mark);
  for (const auto& emerged : path.emerged)
    out += fmt::format("  comes out by {}: {}\n", emerged.interface, in_words(emerged.packet));
  return out;
}

}  // namespace pyfw::differential
