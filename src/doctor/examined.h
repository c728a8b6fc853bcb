// All that `pyfw doctor` has looked at on a host, as values.
//
//   Examined examined = examine(…);              // or made by a test
//   auto findings = diagnose(examined);

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "doctor/docker_daemon.h"
#include "doctor/units.h"
#include "host/state_document.h"

namespace pyfw {

// What could not be looked at, and why: "the rules", "iptables-save: Permission denied".
struct Unseen {
  std::string what;
  std::string why;

  bool operator==(const Unseen&) const = default;
};

// What the kernel is set to besides what decides about a packet's way.
struct KernelLimits {
  std::optional<std::uint64_t> connections{};  // that conntrack knows
  std::optional<std::uint64_t> most_connections{};
  std::map<std::string, int> accept_ra{};  // by interface
};

// A file from which all rules of a host are put back at boot.
struct SavedRules {
  std::string path;
  std::string unit;  // that does it
  std::string text{};
};

// The settings of other firewalls that decide what they do to Docker; empty where there is no such file.
struct OtherFirewalls {
  std::vector<SavedRules> saved{};
  std::string nftables_path{};
  std::string nftables_conf{};
  std::string firewalld_conf{};
  std::string shorewall_conf{};
  std::string ferm_conf{};
  std::string ufw_conf{};
};

struct InstalledProgram {
  std::string name;
  std::string version{};  // as it says itself; empty where it is not installed
};

// Something of the kernel that pyfw or Docker need, and what it says where it can't be had.
struct MissingFeature {
  std::string name;
  std::string needed_for;
  std::string refusal;
};

// pyfw itself: what it keeps, and whether its daemon runs.
struct OwnAffairs {
  bool has_applied = false;
  bool is_confirmed = true;
  // Of a change that waits for its confirm.
  enum class Wait : std::uint8_t { kNone, kInTime, kOverdue };
  Wait wait = Wait::kNone;
  std::string deadline{};
  bool has_daemon_run = false;
  bool daemon_runs = false;
  std::string daemon_since{};
  std::string daemon_standing{};  // in words, where it does not just hold the wishes
  std::string edited{};           // what is to be said of the wishes' files; empty where they are as applied
  std::string drift{};            // what would have to be done to fulfil the wishes again
  std::string last_failure{};     // of the newest repair, where it failed
  std::string damage{};           // why what it keeps can't be read or trusted
  std::string state_dir{};
};

struct Examined {
  bool is_root = true;
  HostState host{};                // what could be read of it; the backend is the one that pyfw works on
  bool are_rules_known = true;     // of host
  std::optional<Backend> usual{};  // that `iptables` means
  std::string hidden_rules{};      // why iptables-save does not show all that is in its tables
  bool has_docker_socket = false;
  std::optional<DockerDaemon> daemon{};  // of host.facts.docker
  Units units{};
  KernelLimits limits{};
  OtherFirewalls others{};
  std::vector<InstalledProgram> programs{};
  std::vector<MissingFeature> missing{};
  OwnAffairs own{};
  std::vector<Unseen> unseen{};
};

}  // namespace pyfw
