#include "sys/socket_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <optional>

#include "base/strings.h"
#include "net/address_kinds.h"

namespace pyfw {
namespace {

// include/net/tcp_states.h
constexpr unsigned kEstablished = 1;
constexpr unsigned kListen = 10;

template <typename Number>
std::optional<Number> parse_hex(std::string_view text) {
  Number value{};
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

Ip without_mapping(const Ip& ip) {
  constexpr std::array<std::uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  bool is_mapped =
      ip.family() == Family::kIpv6 && std::ranges::equal(kMapped, std::span(ip.bytes()).first(12));
  return is_mapped ? Ip::from_bytes(Family::kIpv4, ip.bytes().data() + 12) : ip;
}

// The words of an address stand there as this machine's numbers, whatever its byte order.
std::optional<Ip> parse_address(std::string_view text, Family family) {
  std::array<std::uint8_t, 16> bytes{};
  if (text.size() * 4 != address_bits(family)) return {};
  for (std::size_t at = 0; at < text.size(); at += 8) {
    auto word = parse_hex<std::uint32_t>(text.substr(at, 8));
    if (!word) return {};
    std::memcpy(bytes.data() + at / 2, &*word, sizeof *word);
  }
  return without_mapping(Ip::from_bytes(family, bytes.data()));
}

std::optional<TcpEnd> parse_end(std::string_view text, Family family) {
  auto colon = text.find(':');
  if (colon == std::string_view::npos) return {};
  auto ip = parse_address(text.substr(0, colon), family);
  auto port = parse_hex<std::uint16_t>(text.substr(colon + 1));
  if (!ip || !port) return {};
  return TcpEnd{.ip = *ip, .port = *port};
}

std::vector<std::string_view> words_of(std::string_view line) {
  auto words = split(line, ' ');
  std::erase_if(words, [](std::string_view word) { return word.empty(); });
  return words;
}

// sl local remote state tx:rx tr:when retransmits uid timeout inode …
std::optional<TcpSocket> parse_line(std::string_view line, Family family) {
  auto words = words_of(line);
  if (words.size() < 10) return {};
  auto local = parse_end(words[1], family);
  auto remote = parse_end(words[2], family);
  auto state = parse_hex<unsigned>(words[3]);
  auto inode = parse_number(words[9]);
  if (!local || !remote || !state || !inode) return {};
  return TcpSocket{.local = *local, .remote = *remote, .state = *state, .inode = *inode};
}

}  // namespace

std::string to_string(const TcpEnd& end) {
  auto ip = end.ip.to_string();
  return end.ip.family() == Family::kIpv6 ? fmt::format("[{}]:{}", ip, end.port)
                                          : fmt::format("{}:{}", ip, end.port);
}

std::optional<TcpEnd> parse_tcp_end(std::string_view text) {
  auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return {};
  auto address = text.substr(0, colon);
  bool has_brackets = address.starts_with('[') && address.ends_with(']');
  if (has_brackets) address = address.substr(1, address.size() - 2);
  auto ip = Ip::parse(address);
  auto port = parse_number(text.substr(colon + 1));
  if (!ip || !port || *port > 65535 || has_brackets != (ip->family() == Family::kIpv6)) return {};
  return TcpEnd{.ip = *ip, .port = static_cast<std::uint16_t>(*port)};
}

std::vector<TcpSocket> parse_socket_table(std::string_view text, Family family) {
  std::vector<TcpSocket> table;
  for (auto line : split(text, '\n'))
    if (auto socket = parse_line(line, family)) table.push_back(*socket);
  return table;
}

bool is_established(const TcpSocket& socket) { return socket.state == kEstablished; }

bool is_accepted(const TcpSocket& socket, std::span<const TcpSocket> table) {
  // [::] listens for IPv4 too, so any family's "any address" will do.
  return is_established(socket) && std::ranges::any_of(table, [&](const TcpSocket& other) {
           return other.state == kListen && other.local.port == socket.local.port &&
                  (other.local.ip == socket.local.ip || is_any(other.local.ip));
         });
}

bool is_within_host(const TcpSocket& socket, std::span<const TcpSocket> table) {
  return std::ranges::any_of(table, [&](const TcpSocket& other) {
    return other.local == socket.remote && other.remote == socket.local;
  });
}

}  // namespace pyfw
