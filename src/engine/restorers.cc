#include "engine/restorers.h"

#include <fmt/format.h>

#include <array>

namespace pyfw {
namespace {

struct Known {
  std::string_view unit;
  std::string_view deed;
  std::string_view advice;
};

constexpr std::string_view kSaved =
    "puts back at boot what was saved for it, with pyfw's rules of that day among them; pyfw.service comes "
    "after it and "
    "sets its own right, but rules that were taken out of the wishes since come back, and stay";
constexpr std::string_view kFlushes =
    "takes the rules of everyone away when it stops, and where /etc/nftables.conf says `flush ruleset`, also "
    "when it "
    "starts or reloads: pyfw's and Docker's among them";
constexpr std::string_view kAfterwards =
    "clears the tables when it starts, pyfw's and Docker's rules among them, and at boot it may start after "
    "pyfw.service";
constexpr std::string_view kOneOfTwo =
    "let one of the two have the rules: wish for what it does, then `systemctl disable --now {0}`, and `pyfw "
    "apply`";

constexpr std::array kKnown = {
    Known{"netfilter-persistent.service", kSaved,
          "`systemctl enable pyfw` puts pyfw's rules back; then `systemctl disable {0}`, or save anew after "
          "each apply"},
    Known{"iptables.service", kSaved,
          "`systemctl enable pyfw` puts pyfw's rules back; then `systemctl disable {0}`, or save anew after "
          "each apply"},
    Known{"ip6tables.service", kSaved,
          "`systemctl enable pyfw` puts pyfw's rules back; then `systemctl disable {0}`, or save anew after "
          "each apply"},
    Known{"nftables.service", kFlushes,
          "take `flush ruleset` out of /etc/nftables.conf, and do not stop {0}; or disable it"},
    Known{"ufw.service",
          "sets the policies of INPUT, OUTPUT and FORWARD whenever it is enabled or reloaded, whatever the "
          "wishes say, "
          "and its rules decide beside pyfw's",
          kOneOfTwo},
    Known{"firewalld.service",
          "has tables of its own that each packet has to pass too, and flushes those of iptables when it "
          "reloads where "
          "it works on them",
          kOneOfTwo},
    Known{"shorewall.service", kAfterwards, kOneOfTwo},
    Known{"shorewall6.service", kAfterwards, kOneOfTwo},
    Known{"ferm.service", kAfterwards, kOneOfTwo},
};

constexpr auto kUnits = [] {
  std::array<std::string_view, kKnown.size()> units;
  for (std::size_t i = 0; i < units.size(); ++i) units[i] = kKnown[i].unit;
  return units;
}();

}  // namespace

std::span<const std::string_view> restoring_units() { return kUnits; }

std::vector<Error> warnings_of(std::span<const Restorer> restorers) {
  std::vector<Error> warnings;
  for (const auto& known : kKnown)
    for (const auto& restorer : restorers) {
      if (restorer.unit != known.unit || !(restorer.is_enabled || restorer.is_active)) continue;
      auto state = restorer.is_enabled ? restorer.is_active ? "enabled and active" : "enabled" : "active";
      auto name = known.unit.substr(0, known.unit.rfind('.'));
      warnings.push_back(Error{.message = fmt::format("{} is {}: it {}", name, state, known.deed),
                               .place = {},
                               .hint = fmt::format(fmt::runtime(known.advice), name)});
    }
  return warnings;
}

}  // namespace pyfw
