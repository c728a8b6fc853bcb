// What a host knows of an address besides what its rules ask: how it gets there, by which interface, who
// listens there, and what Docker has there. Sources, and destinations, of which it knows the same go the same
// way between the chains, unless both are the same one.
//
//   EndKinds kinds(traced, sets, Family::kIpv4);
//   kinds.of_source(*Ip::parse("198.51.100.1")) == kinds.of_source(*Ip::parse("203.0.113.9"))

#pragma once

#include <span>
#include <string>
#include <vector>

#include "ext/target_values.h"
#include "net/ip.h"
#include "trace/traced_host.h"

namespace pyfw {

class EndKinds {
 public:
  // The host must outlive it.
  EndKinds(const TracedHost& host, std::span<const Set> sets, Family family);

  // Texts that mean nothing but by being the same or not. The address must stand for all of a span that
  // address_questions() does not cut.
  [[nodiscard]] std::string of_source(const Ip& ip) const;
  [[nodiscard]] std::string of_destination(const Ip& ip) const;

 private:
  [[nodiscard]] std::string of_any(const Ip& ip) const;
  [[nodiscard]] std::string of_routes(const Ip& ip) const;
  [[nodiscard]] std::string of_docker(const Ip& ip) const;
  [[nodiscard]] std::string of_listeners(const Ip& ip) const;

  const TracedHost& host_;
  std::vector<Prefix> told_apart_;    // by code that asks whether an address is in there
  std::vector<Prefix> networks_;      // the host's own, and Docker's
  std::vector<AddressRange> ranges_;  // that NAT leaves an address in
  bool are_ports_asked_ = false;      // -m physdev: which port of a bridge it is behind
  bool are_lengths_asked_ = false;    // a routing rule passes over routes that are too short
  bool are_own_asked_ = false;        // -m addrtype --limit-iface-in: on which interface an own address is
};

// The addresses of the one who is there: a container has several.
std::vector<Ip> beside(const TracedHost& host, const Ip& ip);

}  // namespace pyfw
