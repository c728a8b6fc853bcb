// The files that decide what starts at boot, and in what order: those of systemd and the old scripts.

#pragma once

#include <string>
#include <vector>

namespace pyfw {

// "docker.service", or one level below: "docker.service.d/tcp.conf", "multi-user.target.wants/ufw.service".
struct UnitFile {
  std::string name;
  std::string text{};
  std::string link{};  // where it leads, as it is written in the link; empty of a file

  bool operator==(const UnitFile&) const = default;
};

struct UnitFolder {
  std::string path;
  std::vector<UnitFile> files{};

  bool operator==(const UnitFolder&) const = default;
};

// Of /etc/init.d, with the runlevels ("2", "S") that start it.
struct InitScript {
  std::string name;
  std::string text{};
  std::vector<std::string> runlevels{};

  bool operator==(const InitScript&) const = default;
};

struct UnitFiles {
  std::vector<UnitFolder> folders{};  // what stands in an earlier one counts
  std::vector<InitScript> scripts{};

  bool operator==(const UnitFiles&) const = default;
};

}  // namespace pyfw
