#include "wire.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace pyfw::differential {
namespace {

constexpr std::size_t kHeader4 = 20;
constexpr std::size_t kHeader6 = 40;
constexpr std::uint8_t kFragmentHeader = 44;

using Bytes = std::string;

void put16(Bytes& to, unsigned value) {
  to += static_cast<char>(value >> 8U & 0xffU);
  to += static_cast<char>(value & 0xffU);
}

void put32(Bytes& to, std::uint32_t value) {
  put16(to, value >> 16U);
  put16(to, value & 0xffffU);
}

void set16(Bytes& in, std::size_t at, unsigned value) {
  in[at] = static_cast<char>(value >> 8U & 0xffU);
  in[at + 1] = static_cast<char>(value & 0xffU);
}

unsigned at8(std::string_view bytes, std::size_t at) {
  return at < bytes.size() ? static_cast<std::uint8_t>(bytes[at]) : 0;
}

unsigned at16(std::string_view bytes, std::size_t at) { return at8(bytes, at) << 8U | at8(bytes, at + 1); }

void put_address(Bytes& to, const Ip& ip) {
  to.append(reinterpret_cast<const char*>(ip.bytes().data()), address_bits(ip.family()) / 8);
}

std::uint32_t sum(std::string_view bytes) {
  std::uint32_t total = 0;
  for (std::size_t i = 0; i < bytes.size(); i += 2) total += at16(bytes, i);
  return total;
}

unsigned folded(std::uint32_t total) {
  while (total >> 16U != 0) total = (total & 0xffffU) + (total >> 16U);
  return ~total & 0xffffU;
}

// What TCP, UDP and ICMPv6 put into their checksums beside themselves.
std::uint32_t pseudo_sum(const Packet& packet, std::size_t length) {
  Bytes pseudo;
  put_address(pseudo, packet.source);
  put_address(pseudo, packet.destination);
  put32(pseudo, static_cast<std::uint32_t>(length));
  put32(pseudo, packet.protocol);
  return sum(pseudo);
}

// One of each kind from 0 to 7 that is asked for; the kinds 0 and 1 are single bytes.
Bytes tcp_options(std::uint8_t kinds) {
  constexpr std::array<unsigned, 8> kLengths = {1, 1, 4, 3, 2, 10, 6, 6};
  Bytes options;
  for (unsigned kind = 1; kind < 8; ++kind) {
    if ((kinds >> kind & 1U) == 0) continue;
    options += static_cast<char>(kind);
    if (kind == 1) continue;
    options += static_cast<char>(kLengths.at(kind));
    options.append(kLengths.at(kind) - 2, kind == 2 ? '\x05' : '\x01');
  }
  // What pads ends the list, so a list that must not show that kind is padded with kind 1 in front.
  if ((kinds & 1U) != 0) options += '\0';
  while (options.size() % 4 != 0) options += (kinds & 1U) != 0 ? '\0' : '\x01';
  return options;
}

Bytes tcp_header(const Sent& sent) {
  const auto& packet = sent.packet;
  auto options = tcp_options(packet.tcp_option_kinds);
  Bytes out;
  put16(out, packet.source_port);
  put16(out, packet.destination_port);
  put32(out, sent.tcp_sequence);
  put32(out, sent.tcp_acknowledged);
  out += static_cast<char>((5 + options.size() / 4) << 4U);
  out += static_cast<char>(packet.tcp_flags);
  put16(out, 64240);
  put16(out, 0);
  put16(out, 0);
  return out + options;
}

Bytes icmp_header(const Sent& sent) {
  Bytes out;
  out += static_cast<char>(sent.packet.icmp_type);
  out += static_cast<char>(sent.packet.icmp_code);
  put16(out, 0);
  put16(out, sent.packet.icmp_id);
  put16(out, sent.about ? 0 : 1);
  if (sent.about) {
    auto quoted = bytes_of({.packet = *sent.about});
    out += quoted.substr(0, (sent.about->family() == Family::kIpv4 ? kHeader4 : kHeader6) + 8);
  }
  return out;
}

Bytes ports_and_length(const Packet& packet) {
  Bytes out;
  put16(out, packet.source_port);
  put16(out, packet.destination_port);
  put16(out, 0);
  put16(out, 0);
  return out;
}

Bytes sctp_header(const Packet& packet) {
  Bytes out;
  put16(out, packet.source_port);
  put16(out, packet.destination_port);
  put32(out, 0);
  put32(out, 0);
  // An INIT chunk, so that it is more than a header.
  out += std::string("\x01\x00\x00\x14\x00\x00\x00\x01\x00\x01\x00\x00\x00\x01\x00\x01\x00\x00\x00\x01", 20);
  return out;
}

Bytes dccp_header(const Packet& packet) {
  Bytes out;
  put16(out, packet.source_port);
  put16(out, packet.destination_port);
  // A request, with its whole header of 16 bytes and a service code.
  return out + std::string("\x05\0\0\0\x01\0\0\0\0\0\0\x01\0\0\0\0", 16);
}

Bytes transport_header(const Sent& sent) {
  switch (sent.packet.protocol) {
    case kTcp: return tcp_header(sent);
    case kUdp:
    case kUdplite: return ports_and_length(sent.packet);
    case kSctp: return sctp_header(sent.packet);
    case kDccp: return dccp_header(sent.packet);
    case kIcmp:
    case kIcmp6: return icmp_header(sent);
    default: return Bytes(8, '\0');
  }
}

std::uint32_t crc32c(std::string_view bytes) {
  std::uint32_t crc = 0xffffffff;
  for (char c : bytes) {
    crc ^= static_cast<std::uint8_t>(c);
    for (int i = 0; i < 8; ++i) crc = (crc >> 1U) ^ (0x82f63b78U & (0U - (crc & 1U)));
  }
  return ~crc;
}

// Of the transport header and what follows it, in place.
void put_checksum(const Packet& packet, Bytes& body) {
  auto with_pseudo = [&](std::size_t at) {
    set16(body, at, folded(pseudo_sum(packet, body.size()) + sum(body)));
  };
  switch (packet.protocol) {
    case kTcp: return with_pseudo(16);
    case kUdp: set16(body, 4, static_cast<unsigned>(body.size())); return with_pseudo(6);
    case kUdplite: return with_pseudo(6);  // a coverage of 0 is all of it
    case kIcmp: return set16(body, 2, folded(sum(body)));
    case kIcmp6: return with_pseudo(2);
    case kSctp: {
      set16(body, 14, static_cast<unsigned>(body.size() - 12));  // all of it is one chunk
      auto crc = crc32c(body);
      for (std::size_t i = 0; i < 4; ++i) body[8 + i] = static_cast<char>(crc >> (8 * i) & 0xffU);
      return;
    }
    default: return;
  }
}

// All that follows the IP header, and IPv6's fragment header where there is one.
Bytes body_of(const Sent& sent, std::size_t room) {
  Bytes body = sent.fragment_offset == 0 ? transport_header(sent) : Bytes();
  if (body.size() < room) body.resize(room, 'x');
  if (sent.fragment_offset == 0) put_checksum(sent.packet, body);
  return body;
}

bool is_part(const Sent& sent) { return sent.fragment_offset != 0 || sent.more_fragments; }

Bytes bytes4(const Sent& sent) {
  const auto& packet = sent.packet;
  auto room = packet.length > kHeader4 ? packet.length - kHeader4 : 0;
  auto body = body_of(sent, room);
  Bytes out;
  out += '\x45';
  out += static_cast<char>(packet.tos);
  put16(out, static_cast<unsigned>(kHeader4 + body.size()));
  put16(out, is_part(sent) ? 4711 : 1);
  put16(out, sent.fragment_offset | (sent.more_fragments ? 0x2000U : 0U));
  out += static_cast<char>(packet.ttl);
  out += static_cast<char>(packet.protocol);
  put16(out, 0);
  put_address(out, packet.source);
  put_address(out, packet.destination);
  set16(out, 10, folded(sum(out)));
  return out + body;
}

Bytes bytes6(const Sent& sent) {
  const auto& packet = sent.packet;
  auto headers = kHeader6 + (is_part(sent) ? 8U : 0U);
  auto body = body_of(sent, packet.length > headers ? packet.length - headers : 0);
  Bytes out;
  put32(out, 6U << 28U | static_cast<std::uint32_t>(packet.tos) << 20U);
  put16(out, static_cast<unsigned>(headers - kHeader6 + body.size()));
  out += static_cast<char>(is_part(sent) ? kFragmentHeader : packet.protocol);
  out += static_cast<char>(packet.ttl);
  put_address(out, packet.source);
  put_address(out, packet.destination);
  if (is_part(sent)) {
    out += static_cast<char>(packet.protocol);
    out += '\0';
    put16(out, sent.fragment_offset << 3U | (sent.more_fragments ? 1U : 0U));
    put32(out, 4711);
  }
  return out + body;
}

std::uint8_t option_kinds(std::string_view options) {
  std::uint8_t kinds = 0;
  for (std::size_t i = 0; i < options.size();) {
    auto kind = at8(options, i);
    if (kind < 8) kinds = static_cast<std::uint8_t>(kinds | 1U << kind);
    if (kind == 0) break;
    i += kind == 1 ? 1 : std::max(2U, at8(options, i + 1));
  }
  return kinds;
}

void read_transport(std::string_view body, Packet& packet) {
  if (packet.is_fragment) return;
  if (has_ports(packet.protocol)) {
    packet.source_port = static_cast<std::uint16_t>(at16(body, 0));
    packet.destination_port = static_cast<std::uint16_t>(at16(body, 2));
  }
  if (packet.protocol == kTcp) {
    packet.tcp_flags = static_cast<std::uint8_t>(at8(body, 13) & 0x3fU);
    auto header = std::size_t{at8(body, 12) >> 4U} * 4;
    if (header > 20 && body.size() >= header)
      packet.tcp_option_kinds = option_kinds(body.substr(20, header - 20));
  }
  if (packet.protocol == kIcmp || packet.protocol == kIcmp6) {
    packet.icmp_type = static_cast<std::uint8_t>(at8(body, 0));
    packet.icmp_code = static_cast<std::uint8_t>(at8(body, 1));
    packet.icmp_id = static_cast<std::uint16_t>(at16(body, 4));
  }
}

std::optional<Packet> packet4(std::string_view bytes) {
  if (bytes.size() < kHeader4) return {};
  const auto* raw = reinterpret_cast<const std::uint8_t*>(bytes.data());
  Packet packet{.source = Ip::from_bytes(Family::kIpv4, raw + 12),
                .destination = Ip::from_bytes(Family::kIpv4, raw + 16)};
  packet.tos = raw[1];
  packet.length = static_cast<std::uint16_t>(at16(bytes, 2));
  packet.ttl = raw[8];
  packet.protocol = raw[9];
  packet.is_fragment = (at16(bytes, 6) & 0x1fffU) != 0;
  read_transport(bytes.substr(std::min<std::size_t>(bytes.size(), (raw[0] & 0xfU) * 4U)), packet);
  return packet;
}

std::optional<Packet> packet6(std::string_view bytes) {
  if (bytes.size() < kHeader6) return {};
  const auto* raw = reinterpret_cast<const std::uint8_t*>(bytes.data());
  Packet packet{.source = Ip::from_bytes(Family::kIpv6, raw + 8),
                .destination = Ip::from_bytes(Family::kIpv6, raw + 24)};
  packet.tos = static_cast<std::uint8_t>(at16(bytes, 0) >> 4U & 0xffU);
  packet.length = static_cast<std::uint16_t>(at16(bytes, 4) + kHeader6);
  packet.protocol = raw[6];
  packet.ttl = raw[7];
  auto body = bytes.substr(kHeader6);
  if (packet.protocol == kFragmentHeader) {
    packet.protocol = static_cast<std::uint8_t>(at8(body, 0));
    packet.is_fragment = at16(body, 2) >> 3U != 0;
    body.remove_prefix(std::min<std::size_t>(body.size(), 8));
  }
  read_transport(body, packet);
  return packet;
}

std::string protocol_word(std::uint8_t protocol) {
  switch (protocol) {
    case kIcmp: return "icmp";
    case kTcp: return "tcp";
    case kUdp: return "udp";
    case kIcmp6: return "icmpv6";
    case kSctp: return "sctp";
    case kUdplite: return "udplite";
    case kDccp: return "dccp";
    default: return fmt::format("protocol {}", protocol);
  }
}

std::string flag_words(std::uint8_t flags) {
  constexpr std::array<std::string_view, 6> kNames = {"FIN", "SYN", "RST", "PSH", "ACK", "URG"};
  std::string out;
  for (std::size_t i = 0; i < kNames.size(); ++i)
    if ((flags >> i & 1U) != 0) out += fmt::format("{}{}", out.empty() ? "" : ",", kNames.at(i));
  return out.empty() ? "NONE" : out;
}

}  // namespace

std::string bytes_of(const Sent& sent) {
  return sent.packet.family() == Family::kIpv4 ? bytes4(sent) : bytes6(sent);
}

std::optional<Packet> packet_of(std::string_view bytes) {
  auto version = at8(bytes, 0) >> 4U;
  if (version == 4) return packet4(bytes);
  if (version == 6) return packet6(bytes);
  return {};
}

std::string in_words(const Packet& packet) {
  auto end = [&](const Ip& ip, std::uint16_t port) {
    if (!has_ports(packet.protocol) || packet.is_fragment) return ip.to_string();
    auto form = packet.family() == Family::kIpv4 ? "{}:{}" : "[{}]:{}";
    return fmt::format(fmt::runtime(form), ip.to_string(), port);
  };
  auto text =
      fmt::format("{} {} > {}", protocol_word(packet.protocol), end(packet.source, packet.source_port),
                  end(packet.destination, packet.destination_port));
  if (packet.is_fragment) return text + " fragment";
  if (packet.protocol == kTcp) text += " " + flag_words(packet.tcp_flags);
  if (packet.tcp_option_kinds != 0) text += fmt::format(" options {:#x}", packet.tcp_option_kinds);
  if (packet.protocol == kIcmp || packet.protocol == kIcmp6)
    text += fmt::format(" type {}/{} id {}", packet.icmp_type, packet.icmp_code, packet.icmp_id);
  return text + fmt::format(" ttl {} tos {:#x} length {}", packet.ttl, packet.tos, packet.length);
}

std::string in_words(const Sent& sent) {
  auto text = in_words(sent.packet);
  if (sent.about) text += fmt::format(" about ({})", in_words(*sent.about));
  if (sent.more_fragments) text += " more fragments";
  return text;
}

}  // namespace pyfw::differential
