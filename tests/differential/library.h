// What the library under test says of the same packets, and whether the kernel agrees.
//
//   Library library(host);
//   auto told = library.tell(shipment, topology);
//   if (auto difference = library.difference(told, kernel_path)) …

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kernel_path.h"
#include "stage.h"
#include "trace/trace.h"

namespace pyfw::differential {

HostState state_of(const Loaded& loaded, const Facts& facts);

class Library {
 public:
  explicit Library(const HostState& host) : host_(host) {}

  // One path, or where something can't be told each that may be. They follow what was `kept` before, unless
  // the packet begins anew. Of the kernel's path it takes the ports that NAT drew by lot.
  std::vector<Path> tell(const Shipment& shipment, const Topology& topology, const KernelPath& kernel);
  // Of a path that is as the kernel's: what conntrack keeps of it.
  void keep(const Path& path);
  // None where the path is the kernel's, else what differs.
  [[nodiscard]] std::optional<std::string> difference(const Path& path, const KernelPath& kernel,
                                                      const Topology& topology) const;
  [[nodiscard]] std::string in_words(const Path& path) const;

 private:
  [[nodiscard]] Arrival arrival_of(const Shipment& shipment, const Topology& topology) const;
  [[nodiscard]] std::vector<Step> steps_of(const Path& path) const;

  TracedHost host_;
  std::vector<Connection> connections_{};
};

}  // namespace pyfw::differential
