// Packets as bytes: what is put on a wire for a Packet, with all checksums right, and what bytes say.
//
//   Sent ping{.packet = {.source = a, .destination = b, .protocol = kIcmp, .icmp_type = 8, .length = 28}};
//   auto seen = packet_of(bytes_of(ping));     // ping.packet again

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "net/packet.h"

namespace pyfw::differential {

struct Sent {
  Packet packet;
  // Of an ICMP error: the packet that it is about, of which the header and 8 bytes more are quoted.
  std::optional<Packet> about{};
  std::uint16_t fragment_offset = 0;  // in units of 8 bytes; `packet.is_fragment` where it is not 0
  bool more_fragments = false;
  std::uint32_t tcp_sequence = 1000;
  std::uint32_t tcp_acknowledged = 0;

  bool operator==(const Sent&) const = default;
};

// From the IP header on. The packet is as long as it says, or as its headers need.
std::string bytes_of(const Sent& sent);

// The headers of a packet, of which the end may be cut off. None where there is no IP header.
std::optional<Packet> packet_of(std::string_view bytes);

// How it is told to a person: "tcp 10.0.0.2:50000 > 10.0.1.2:80 SYN ttl 64 tos 0 length 60".
std::string in_words(const Packet& packet);
std::string in_words(const Sent& sent);

}  // namespace pyfw::differential
