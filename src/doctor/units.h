// The units of a host: which start at boot, and which comes before which.
//
//   Units units(files);
//   units.starts_at_boot("pyfw.service")
//   units.comes_before("pyfw.service", "docker.service")
//
// As systemd.unit(5) has it: drop-ins, masks, aliases, templates, links in .wants, the dependencies that come
// by default. A script of /etc/init.d is a unit where no other has its name.

#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "doctor/unit_files.h"
#include "doctor/unit_text.h"

namespace pyfw {

struct Unit {
  std::string name;
  std::string path{};  // of its file or script
  bool is_masked = false;
  UnitText text{};  // with its drop-ins, and what links in .wants and .requires add
};

class Units {
 public:
  Units() = default;
  explicit Units(const UnitFiles& files);

  // By its name or another one that it has; null where there is none.
  [[nodiscard]] const Unit* find(std::string_view name) const;
  [[nodiscard]] bool exists(std::string_view name) const { return find(name) != nullptr; }
  // Whether the host's start brings it up, as far as files tell.
  [[nodiscard]] bool starts_at_boot(std::string_view name) const;
  // Whether the second waits for the first where both start, by whatever starts between them.
  [[nodiscard]] bool comes_before(std::string_view first, std::string_view second) const;
  [[nodiscard]] bool empty() const { return units_.empty(); }

 private:
  [[nodiscard]] std::string canonical(std::string_view name) const;
  void find_started();
  void find_order();

  std::map<std::string, Unit, std::less<>> units_{};
  std::map<std::string, std::string, std::less<>> aliases_{};
  std::set<std::string, std::less<>> started_{};
  std::map<std::string, std::set<std::string>, std::less<>> followers_{};
};

}  // namespace pyfw
