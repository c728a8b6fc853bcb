// What one end of a flow stands for on a host: addresses, each with the name that a person knows it by.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ask/flows.h"
#include "prove/spans.h"

namespace pyfw {

// An address that a packet comes from. Without one: a process of the host, which takes the source address
// that the route to its destination wants.
struct SourcePoint {
  std::optional<Ip> ip{};
  std::string interface{};  // that it comes in by; empty: from the host itself, bound to nothing
  bool is_local = false;
  std::string name{};
  std::string container{};
  std::optional<Prefix> reach{};  // what a container gets to without a gateway
  bool has_gateway = true;        // an internal network has none
};

struct DestinationPoint {
  Ip ip;
  std::string name{};
};

Result<std::vector<SourcePoint>> sources_of(const Endpoint& endpoint, const Scene& scene);
Result<std::vector<DestinationPoint>> destinations_of(const Endpoint& endpoint, const Scene& scene);

// All addresses of the family that a source stands for, `any` and prefixes too; a network of Docker is its
// subnets here.
Result<Spans> source_spans_of(const Endpoint& endpoint, Family family, const Scene& scene);

// The interfaces by which packets come in to be routed: those that are up, ports of bridges and lo aside.
std::vector<std::string> entries_of(const Facts& facts);

// "container web (172.17.0.2)", or the address alone.
std::string name_of_source(const Ip& source, const Scene& scene);

}  // namespace pyfw
