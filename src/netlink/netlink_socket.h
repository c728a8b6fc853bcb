// A netlink socket to ask the kernel on. It is opened in the network namespace of the calling thread, and
// stays there wherever that thread goes.
//
//   TRY(auto socket, NetlinkSocket::open(NETLINK_ROUTE));
//   TRY_VOID(socket.dump(RTM_GETADDR, ifaddrmsg{}, [&] { seen.clear(); }, [&](const nlmsghdr& answer) { …
//   }));

#pragma once

#include <endian.h>
#include <libmnl/libmnl.h>
#include <linux/netlink.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace pyfw {

class NetlinkSocket {
 public:
  static Result<NetlinkSocket> open(int protocol);

  using OnAnswer = std::function<void(const nlmsghdr&)>;
  // Sends the request and gives each message of the answer. 0, or the errno that the kernel answers with:
  // EINTR where a dump was overtaken by a change, and has to be asked for again.
  [[nodiscard]] int ask(nlmsghdr& request, const OnAnswer& on_answer);
  // Asks again as long as it was overtaken, up to a hundred times; `begin` is called before each.
  [[nodiscard]] int ask_until_whole(nlmsghdr& request, const std::function<void()>& begin,
                                    const OnAnswer& on_answer);
  // The errno of a dump of all objects of a kind. `own` is the header of such a message behind the one that
  // all have; `begin` is called each time that it is asked for anew.
  template <typename Own>
  [[nodiscard]] int try_dump(std::uint16_t type, const Own& own, const std::function<void()>& begin,
                             const OnAnswer& on_answer) {
    alignas(nlmsghdr) std::array<char, NLMSG_SPACE(sizeof(Own))> bytes{};
    auto* header = mnl_nlmsg_put_header(bytes.data());
    header->nlmsg_type = type;
    header->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    std::memcpy(mnl_nlmsg_put_extra_header(header, sizeof(Own)), &own, sizeof(Own));
    return ask_until_whole(*header, begin, on_answer);
  }
  template <typename Own>
  Result<void> dump(std::uint16_t type, const Own& own, const std::function<void()>& begin,
                    const OnAnswer& on_answer) {
    if (int error = try_dump(type, own, begin, on_answer); error != 0) return failed(error);
    return {};
  }

  // From here on it hears what the kernel tells these multicast groups, as far as it fits in the buffer.
  Result<void> listen_to(std::initializer_list<int> groups, int buffer_bytes);

  [[nodiscard]] mnl_socket* get() const { return socket_.get(); }
  std::uint32_t next_sequence() { return ++sequence_; }

 private:
  struct Close {
    void operator()(mnl_socket* socket) const { mnl_socket_close(socket); }
  };
  explicit NetlinkSocket(mnl_socket* socket) : socket_(socket) {}
  static std::unexpected<Error> failed(int error);

  std::unique_ptr<mnl_socket, Close> socket_;
  std::vector<char> buffer_ = std::vector<char>(65536);
  std::uint32_t sequence_ = 0;
};

// The message's own header; null where it is too short for one.
template <typename Own>
const Own* own_header(const nlmsghdr& message) {
  if (mnl_nlmsg_get_payload_len(&message) < sizeof(Own)) return nullptr;
  return static_cast<const Own*>(mnl_nlmsg_get_payload(&message));
}

// What libmnl has too, but not inline; a chain of 10,000 rules has a million attributes.
inline std::string_view payload_of(const nlattr& attribute) {
  return {reinterpret_cast<const char*>(&attribute) + NLA_HDRLEN,
          static_cast<std::size_t>(attribute.nla_len) - NLA_HDRLEN};
}

// The first of the attributes, which is then taken off them; null at their end.
inline const nlattr* take_attribute(std::string_view& attributes) {
  if (attributes.size() < NLA_HDRLEN) return nullptr;
  const auto* first = reinterpret_cast<const nlattr*>(attributes.data());
  if (first->nla_len < NLA_HDRLEN || first->nla_len > attributes.size()) return nullptr;
  attributes.remove_prefix(std::min<std::size_t>(attributes.size(), NLA_ALIGN(first->nla_len)));
  return first;
}

// The attributes of a message, after its own header of `header` bytes.
inline std::string_view attributes_of(const nlmsghdr& message, std::size_t header) {
  std::string_view all(static_cast<const char*>(mnl_nlmsg_get_payload(&message)),
                       mnl_nlmsg_get_payload_len(&message));
  return all.substr(std::min<std::size_t>(all.size(), NLMSG_ALIGN(header)));
}

// The attributes of a message or of a nest, by their types; those from kSize on are left out.
template <std::size_t kSize>
class NetlinkAttributes {
 public:
  explicit NetlinkAttributes(std::string_view attributes) {
    while (const auto* attribute = take_attribute(attributes)) {
      std::size_t type = attribute->nla_type & NLA_TYPE_MASK;
      if (type < kSize) at_[type] = attribute;
    }
  }
  NetlinkAttributes(const nlmsghdr& message, std::size_t header)
      : NetlinkAttributes(attributes_of(message, header)) {}
  // A nest that is not there has none.
  explicit NetlinkAttributes(const nlattr* nest)
      : NetlinkAttributes(nest == nullptr ? std::string_view() : payload_of(*nest)) {}

  const nlattr* operator[](std::size_t type) const { return at_[type]; }
  // Empty and 0 where there is no such attribute, or one of another size. Netfilter's numbers are in network
  // order, all others as the machine has them.
  [[nodiscard]] std::string_view text(std::size_t type) const {
    if (at_[type] == nullptr) return {};
    auto all = payload_of(*at_[type]);
    return all.substr(0, all.find('\0'));
  }
  [[nodiscard]] std::uint8_t byte(std::size_t type) const { return value<std::uint8_t>(type); }
  [[nodiscard]] std::uint32_t number(std::size_t type) const { return be32toh(value<std::uint32_t>(type)); }
  [[nodiscard]] std::uint32_t host_number(std::size_t type) const { return value<std::uint32_t>(type); }
  [[nodiscard]] std::uint64_t long_number(std::size_t type) const {
    return be64toh(value<std::uint64_t>(type));
  }

 private:
  template <typename Value>
  [[nodiscard]] Value value(std::size_t type) const {
    Value value{};
    if (at_[type] == nullptr || payload_of(*at_[type]).size() != sizeof(value)) return value;
    std::memcpy(&value, payload_of(*at_[type]).data(), sizeof(value));
    return value;
  }

  std::array<const nlattr*, kSize> at_{};
};

}  // namespace pyfw
