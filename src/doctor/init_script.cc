#include "doctor/init_script.h"

#include <array>
#include <utility>

#include "base/contains.h"
#include "base/strings.h"

namespace pyfw {
namespace {

constexpr std::array kFacilities = {
    std::pair{"$local_fs", "local-fs.target"},   std::pair{"$network", "network-online.target"},
    std::pair{"$remote_fs", "remote-fs.target"}, std::pair{"$named", "nss-lookup.target"},
    std::pair{"$portmap", "rpcbind.target"},     std::pair{"$time", "time-sync.target"},
};

// Empty of what no unit stands for.
std::string unit_of_facility(std::string_view facility, bool is_before) {
  // What has to come before the network has to come before it is up.
  if (is_before && facility == "$network") return "network-pre.target";
  for (const auto& [name, unit] : kFacilities)
    if (facility == name) return unit;
  if (facility.starts_with('$')) return {};
  if (facility.ends_with(".sh")) facility.remove_suffix(3);
  return std::string(facility) + ".service";
}

std::vector<std::string> units_of(std::string_view facilities, bool is_before) {
  std::vector<std::string> units;
  for (auto word : split(facilities, ' ')) {
    auto unit = unit_of_facility(trim(word), is_before);
    if (!trim(word).empty() && !unit.empty()) units.push_back(std::move(unit));
  }
  return units;
}

}  // namespace

UnitText unit_of_script(const InitScript& script) {
  UnitText out;
  bool is_header = false;
  for (auto line : split(script.text, '\n')) {
    if (trim(line) == "### BEGIN INIT INFO") is_header = true;
    if (trim(line) == "### END INIT INFO") break;
    auto colon = line.find(':');
    if (!is_header || !line.starts_with('#') || colon == std::string_view::npos) continue;
    auto key = trim(line.substr(1, colon - 1));
    bool is_before = key == "X-Start-Before";
    bool is_after = key == "Required-Start" || key == "Should-Start";
    if (!is_before && !is_after) continue;
    auto& list = is_before ? out.before : out.after;
    for (auto& unit : units_of(line.substr(colon + 1), is_before)) list.push_back(std::move(unit));
  }
  out.start_commands = {"/etc/init.d/" + script.name + " start"};
  out.stop_commands = {"/etc/init.d/" + script.name + " stop"};
  out.has_default_dependencies = !contains(script.runlevels, "S");
  return out;
}

std::string target_of_runlevel(const std::string& runlevel) {
  if (runlevel == "S") return "sysinit.target";
  if (runlevel == "2" || runlevel == "3" || runlevel == "4") return "multi-user.target";
  return runlevel == "5" ? "graphical.target" : "";
}

}  // namespace pyfw
