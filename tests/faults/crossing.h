// A host with a firewall between an outside, from where datagrams come from many addresses, and an inside, to
// which it forwards them; and what of a round of datagrams got through.
//
//   outside 10.1.0.11-18, fd00:1::11-14  --  10.1.0.1, fd00:1::1 host 10.2.0.1  --  10.2.0.2, fd00:2::2
//   inside
//
//   TRY(auto crossing, Crossing::make(lab, Backend::kNft));
//   auto arrived = crossing.round();          // {"10.1.0.11 to 10.1.0.1:80 at host:80", …}

#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "lab/host.h"

namespace pyfw::faults {

// Who sent what where, and where it arrived, in words.
using Arrivals = std::set<std::string>;

class Crossing {
 public:
  // Waits until everything gets through.
  static Result<Crossing> make(lab::Lab& lab, lab::Backend backend);

  [[nodiscard]] const lab::Host& host() const { return host_; }
  // Sends a datagram from each address to each port, and waits until all are where they will ever be. The
  // source port is a new one each time, so that no connection is known from before.
  [[nodiscard]] Result<Arrivals> round();
  [[nodiscard]] static std::size_t probes();

 private:
  struct Listener {
    std::string name;  // "inside:80"
    Fd socket;
  };
  // A wire's two ends for frames that no rule sees: what was sent before such a frame has arrived when it
  // does.
  struct Wire {
    Fd sender;
    Fd receiver;
    int interface = 0;
    std::string to;  // the hardware address
  };

  Crossing(lab::Host outside, lab::Host host, lab::Host inside)
      : outside_(std::move(outside)), host_(std::move(host)), inside_(std::move(inside)) {}
  Result<void> connect();
  Result<void> listen();
  Result<void> send_all(std::uint16_t port) const;

  lab::Host outside_;
  lab::Host host_;
  lab::Host inside_;
  std::vector<Listener> listeners_;
  std::vector<Wire> wires_;
  std::uint32_t round_ = 0;
};

}  // namespace pyfw::faults
