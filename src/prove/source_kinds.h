// What a host knows of a source besides what its rules ask: how it gets back there, by which interface, and
// what Docker has there. Sources of which it knows the same go the same way between the chains, unless they
// are where the packet goes, too.
//
//   SourceKinds kinds(traced, sets, Family::kIpv4);
//   kinds.of(*Ip::parse("198.51.100.1")) == kinds.of(*Ip::parse("203.0.113.9"))   // both by the default
//   route

#pragma once

#include <span>
#include <string>
#include <vector>

#include "ext/target_values.h"
#include "net/ip.h"
#include "trace/traced_host.h"

namespace pyfw {

class SourceKinds {
 public:
  // The host must outlive it.
  SourceKinds(const TracedHost& host, std::span<const Set> sets, Family family);

  // A text that means nothing but by being the same or not. The address must stand for all of a span that
  // address_questions() does not cut.
  [[nodiscard]] std::string of(const Ip& ip) const;

 private:
  [[nodiscard]] std::string of_docker(const Ip& ip) const;

  const TracedHost& host_;
  std::vector<Prefix> told_apart_;    // by code that asks whether an address is in there
  std::vector<AddressRange> ranges_;  // that NAT leaves a source in
  bool are_ports_asked_ = false;      // -m physdev: which port of a bridge it is behind
  bool are_lengths_asked_ = false;    // a routing rule passes over routes that are too short
};

// The addresses of the one who is there: a container has several.
std::vector<Ip> beside(const TracedHost& host, const Ip& ip);

}  // namespace pyfw
