// The ports that Docker publishes on a host, as far as its rules and its inventory tell.
//
//   for (const auto& port : published_on(host, traced.compiled()))
//     if (port.is_translated) …          // forwarded: INPUT never sees what comes for it from outside

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/state_document.h"
#include "trace/compiled_host.h"

namespace pyfw {

struct PublishedHere {
  Family family = Family::kIpv4;  // of those who ask for it
  std::uint8_t protocol = kTcp;
  std::optional<Ip> host_ip{};  // none: any
  std::uint16_t host_port = 0;
  std::uint16_t container_port = 0;
  std::optional<Ip> container_ip{};
  std::string container{};     // its name; empty where Docker was not asked
  bool is_translated = false;  // a DNAT rule leads there
  bool is_proxied = false;     // docker-proxy listens for it

  // "port 8000", "port 8000 (container web, port 80)"
  [[nodiscard]] std::string words() const;
};

std::vector<PublishedHere> published_on(const Facts& facts, const CompiledHost& host);

}  // namespace pyfw
