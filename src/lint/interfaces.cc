// Interfaces that the host has not.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/contains.h"
#include "base/strings.h"
#include "lint/lints.h"

namespace pyfw {
namespace {

// As the kernel and udev call hardware. Tunnels and bridges come and go.
bool is_called_like_hardware(std::string_view name) {
  constexpr std::array<std::string_view, 7> kBeginnings = {"eth", "eno", "ens", "enp", "enx", "wlan", "wlp"};
  bool is_vlan = name.find('.') != std::string_view::npos;
  return !is_vlan && std::ranges::any_of(kBeginnings, [&](auto beginning) {
    return name.size() > beginning.size() && name.starts_with(beginning);
  });
}

// Those that may have been meant.
std::string hardware_of(const Facts& facts) {
  std::vector<std::string> names;
  for (const auto& interface : facts.interfaces)
    if (interface.kind.empty() && interface.name != "lo") names.push_back(interface.name);
  return join(names, ", ");
}

}  // namespace

void find_unknown_interfaces(Linted& linted, Report& report) {
  const auto& interfaces = linted.facts().interfaces;
  auto hardware = hardware_of(linted.facts());
  if (!linted.input().knows_facts || hardware.empty()) return;
  for (const auto& wish : linted.rules()) {
    if (wish.rules.empty()) continue;
    for (const auto& condition : linted.compiled(wish.rules.front()).conditions) {
      const auto* asked = std::get_if<InterfaceIs>(&condition.kind);
      if (asked == nullptr || asked->is_prefix || !is_called_like_hardware(asked->name)) continue;
      if (contains(interfaces, asked->name, &Interface::name)) continue;
      bool is_in = asked->field == InterfaceField::kIn;
      if (!is_in && asked->field != InterfaceField::kOut) continue;
      report.add(is_in ? wish.place_of({"-i", "--in-interface"}) : wish.place_of({"-o", "--out-interface"}),
                 fmt::format("this host has no interface {}", asked->name),
                 {.why = asked->inverted ? "so this holds for every packet" : "so no packet is of this rule",
                  .instead = fmt::format("write the one that is meant ({}), or ${{external_interface}} for "
                                         "that of the default route",
                                         hardware)});
    }
  }
}

}  // namespace pyfw
