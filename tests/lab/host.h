// A host of the lab: a network namespace of its own, in which programs run as they would on a machine
// that has no other firewall, no other Docker and no other pyfw.
//
//   TRY(auto lab, Lab::open());
//   TRY(auto host, lab.add_host("web", Backend::kNft));
//   TRY_VOID(host.output({"/usr/sbin/iptables", "-P", "INPUT", "DROP"}));   // touches this host alone
//
// Beside its network a host has its own /run, /etc/pyfw, /etc/docker, /var/lib/docker and /var/lib/pyfw,
// empty and in memory, and its own choice of what `iptables` is. All else is the machine's file system,
// so a test's binary and its temporary files stand where they are. Paths must be absolute.

#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/fd.h"
#include "lab/keeper.h"
#include "lab/started.h"
#include "sys/process.h"

namespace pyfw::lab {

enum class Backend { kNft, kLegacy };

// A handle: copies mean the same host, which lasts as long as one of them.
class Host {
 public:
  [[nodiscard]] const std::string& name() const { return name_; }
  // Its network namespace; setns() takes it, and so does `ip … netns /proc/PID/fd/N`.
  [[nodiscard]] int network() const { return namespaces_->network.get(); }

  // Like pyfw::run, inside the host.
  [[nodiscard]] Result<Outcome> run(const std::vector<std::string>& argv, RunOptions options = {}) const;
  // Standard output; any other exit status than 0 is an error that says what the program said.
  [[nodiscard]] Result<std::string> output(const std::vector<std::string>& argv,
                                           RunOptions options = {}) const;
  // Starts a program that goes on running. It ends with its Started, and at the latest with the lab.
  [[nodiscard]] Result<Started> start(const std::vector<std::string>& argv,
                                      const std::vector<std::string>& environment = {}) const;
  // Writes a file as the host sees it, with the folders above it.
  [[nodiscard]] Result<void> write_file(const std::string& path, std::string_view text) const;

 private:
  friend class Lab;
  struct Namespaces {
    Fd network;
    Fd mounts;
    Fd processes;
  };
  Host(std::string name, Namespaces namespaces)
      : name_(std::move(name)), namespaces_(std::make_shared<const Namespaces>(std::move(namespaces))) {}
  [[nodiscard]] bool enter() const;

  std::string name_;
  std::shared_ptr<const Namespaces> namespaces_;
};

class Lab {
 public:
  static Result<Lab> open();
  Result<Host> add_host(std::string name, Backend backend = Backend::kNft);
  [[nodiscard]] const Keeper& keeper() const { return keeper_; }

 private:
  explicit Lab(Keeper keeper) : keeper_(std::move(keeper)) {}
  Keeper keeper_;
};

}  // namespace pyfw::lab
