// The far ends of all wires: what is put on them comes to the host, and what the host sends is seen.

#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/fd.h"
#include "kernel_path.h"
#include "topology.h"

namespace pyfw::differential {

struct Shipment;

class FarEnd {
 public:
  // In the namespace of the far ends, which are there already; brings them up.
  static Result<FarEnd> open(const Topology& topology);

  Result<void> send(const Shipment& shipment);
  // Adds what came out since the last time.
  Result<void> take(KernelPath& path);

 private:
  FarEnd(Fd socket, const Topology& topology) : socket_(std::move(socket)), wires_(topology.wires) {}

  Fd socket_;
  std::vector<Wire> wires_;
  std::vector<int> indexes_{};  // of the wires' interfaces
  std::map<int, std::string> names_by_index_{};
};

}  // namespace pyfw::differential
