// The host under test, in a network namespace of its own, and the far ends of its wires in another one: there
// is nobody there, but what comes out is seen, and what shall come in is put on the wire.
//
//   TRY(auto stage, Stage::build(topology));      // the calling thread is in the host's namespace now
//   TRY_VOID(stage.load(rules));
//   TRY(auto path, stage.send({.sent = ping, .wire = 0}));
//
// All is gone when it ends, and the thread is back where it was.

#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/fd.h"
#include "kernel_path.h"
#include "legacy_trace.h"
#include "nf/set.h"
#include "nft_trace.h"
#include "topology.h"
#include "wire.h"

namespace pyfw::differential {

// The text that restores them; empty where there is nothing.
struct Rules {
  std::string sets{};                                          // ipset restore
  std::map<std::pair<Backend, Family>, std::string> tables{};  // iptables-restore
};

// What the kernel has then.
struct Loaded {
  Sets sets{};
  std::map<std::pair<Backend, Family>, Ruleset> tables{};
};

// A packet, and where it begins.
struct Shipment {
  Sent sent{};
  std::optional<std::size_t> wire{};  // none: the host itself sends it
  std::optional<Mac> to_mac{};        // none: the host's own
  std::uint32_t mark = 0;             // of a local one
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::string bound_to{};          // an interface, of a local one
  bool keeps_connections = false;  // else conntrack forgets all before it
};

std::string in_words(const Shipment& shipment, const Topology& topology);

class Stage {
 public:
  static Result<Stage> build(const Topology& topology, HostItself host = HostItself::kIsMute);
  Stage(Stage&&) noexcept;
  Stage& operator=(Stage&&) = delete;
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;
  ~Stage();

  // In place of what was loaded before.
  Result<Loaded> load(const Rules& rules);
  Result<KernelPath> send(const Shipment& shipment);
  // What happened since then by itself, as where a program of the host has answered.
  Result<KernelPath> listen();

 private:
  struct Sockets;
  Stage();

  std::unique_ptr<Sockets> sockets_;
};

}  // namespace pyfw::differential
