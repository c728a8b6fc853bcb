// Many messages to nftables, which the kernel takes as a whole: all of them take effect in one commit, or
// none.
//
//   NftBatch batch(generation);
//   batch.add(NFT_MSG_DELRULE, 0, family);
//   batch.put_text(NFTA_RULE_TABLE, "filter");
//   TRY(auto answer, send(std::move(batch), socket));   // its error is ERESTART where someone has written

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "net/ip.h"
#include "netlink/netfilter_socket.h"

namespace pyfw {

class NftBatch;

struct NftAnswer {
  int error = 0;          // the first
  std::size_t about = 0;  // the message that it is about, from 0
};

// Fails where the kernel can't be told, or does not answer.
Result<NftAnswer> send(NftBatch batch, NetfilterSocket& socket);

class NftBatch {
 public:
  // Is refused by the kernel where that is not the generation any more.
  explicit NftBatch(std::uint32_t generation);

  void reserve(std::size_t bytes) { bytes_.reserve(bytes); }
  // Begins the next message; what is put goes into it.
  void add(std::uint16_t message, std::uint16_t flags, Family family);
  void put(std::uint16_t attribute, std::string_view bytes);
  void put_text(std::uint16_t attribute, const std::string& text);  // with its zero
  // In network order.
  void put_number(std::uint16_t attribute, std::uint32_t number);
  void put_long_number(std::uint16_t attribute, std::uint64_t number);
  // Gives what end_nest() takes.
  std::size_t begin_nest(std::uint16_t attribute);
  void end_nest(std::size_t nest);

  [[nodiscard]] std::size_t messages() const { return messages_; }

 private:
  friend Result<NftAnswer> send(NftBatch batch, NetfilterSocket& socket);
  void begin(std::uint16_t type, std::uint16_t flags, std::uint8_t family, std::uint16_t resource);
  void end();

  std::vector<char> bytes_;
  std::size_t last_ = 0;  // where the last message begins
  std::size_t messages_ = 0;
};

}  // namespace pyfw
