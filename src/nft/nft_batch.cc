#include "nft/nft_batch.h"

#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <sys/socket.h>

#include <cerrno>

#include "sys/process.h"

namespace pyfw {
namespace {

// What the default allows holds some hundred messages.
void allow_to_send(const mnl_socket* socket, std::size_t bytes) {
  auto size = static_cast<int>(bytes + 4096);
  if (setsockopt(mnl_socket_get_fd(socket), SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)) != 0)
    setsockopt(mnl_socket_get_fd(socket), SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
}

struct Read {
  NftAnswer answer;
  bool is_acknowledged = false;
};

// The kernel has answered all when a send returns.
Read read_answer(const mnl_socket* socket, std::uint32_t first) {
  Read read;
  std::vector<char> buffer(65536);
  while (true) {
    auto received = recv(mnl_socket_get_fd(socket), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (received < 0 && errno == EINTR) continue;
    // So many errors that they did not fit.
    if (received < 0 && errno == ENOBUFS) {
      if (read.answer.error == 0) read.answer.error = ENOBUFS;
      continue;
    }
    if (received < 0) return read;
    auto left = static_cast<int>(received);
    for (const auto* message = reinterpret_cast<const nlmsghdr*>(buffer.data()); mnl_nlmsg_ok(message, left);
         message = mnl_nlmsg_next(message, &left)) {
      if (message->nlmsg_type != NLMSG_ERROR || message->nlmsg_seq < first ||
          mnl_nlmsg_get_payload_len(message) < sizeof(nlmsgerr))
        continue;
      auto error = -static_cast<const nlmsgerr*>(mnl_nlmsg_get_payload(message))->error;
      if (error == 0) read.is_acknowledged = true;
      if (error == 0 || read.answer.error != 0) continue;
      read.answer.error = error;
      // The first is the begin of the batch.
      auto index = message->nlmsg_seq - first;
      read.answer.about = index == 0 ? 0 : index - 1;
    }
  }
}

// Each message has a number; gives the first.
std::uint32_t number(std::vector<char>& bytes, NetfilterSocket& socket) {
  std::uint32_t first = 0;
  for (std::size_t at = 0; at < bytes.size();) {
    auto& header = *reinterpret_cast<nlmsghdr*>(bytes.data() + at);
    header.nlmsg_seq = socket.next_sequence();
    if (at == 0) first = header.nlmsg_seq;
    at += NLMSG_ALIGN(header.nlmsg_len);
  }
  return first;
}

}  // namespace

NftBatch::NftBatch(std::uint32_t generation) {
  begin(NFNL_MSG_BATCH_BEGIN, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES);
  put_number(NFNL_BATCH_GENID, generation);
}

void NftBatch::begin(std::uint16_t type, std::uint16_t flags, std::uint8_t family, std::uint16_t resource) {
  end();
  last_ = bytes_.size();
  bytes_.resize(last_ + NLMSG_ALIGN(sizeof(nlmsghdr)) + NLMSG_ALIGN(sizeof(nfgenmsg)));
  nlmsghdr header{};
  header.nlmsg_type = type;
  header.nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
  std::memcpy(bytes_.data() + last_, &header, sizeof(header));
  nfgenmsg netfilter{.nfgen_family = family, .version = NFNETLINK_V0, .res_id = htobe16(resource)};
  std::memcpy(bytes_.data() + last_ + NLMSG_ALIGN(sizeof(nlmsghdr)), &netfilter, sizeof(netfilter));
}

// Of the last message the length is known now.
void NftBatch::end() {
  if (bytes_.empty()) return;
  auto length = static_cast<std::uint32_t>(bytes_.size() - last_);
  std::memcpy(bytes_.data() + last_ + offsetof(nlmsghdr, nlmsg_len), &length, sizeof(length));
  bytes_.resize(NLMSG_ALIGN(bytes_.size()));
}

void NftBatch::add(std::uint16_t message, std::uint16_t flags, Family family) {
  begin(static_cast<std::uint16_t>((NFNL_SUBSYS_NFTABLES << 8U) | message), flags, nfproto(family), 0);
  ++messages_;
}

void NftBatch::put(std::uint16_t attribute, std::string_view bytes) {
  nlattr header{.nla_len = static_cast<std::uint16_t>(NLA_HDRLEN + bytes.size()), .nla_type = attribute};
  const auto* raw = reinterpret_cast<const char*>(&header);
  bytes_.insert(bytes_.end(), raw, raw + sizeof(header));
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  bytes_.resize(NLA_ALIGN(bytes_.size()));
}

void NftBatch::put_text(std::uint16_t attribute, const std::string& text) {
  put(attribute, {text.c_str(), text.size() + 1});
}

void NftBatch::put_number(std::uint16_t attribute, std::uint32_t number) {
  auto value = htobe32(number);
  put(attribute, {reinterpret_cast<const char*>(&value), sizeof(value)});
}

void NftBatch::put_long_number(std::uint16_t attribute, std::uint64_t number) {
  auto value = htobe64(number);
  put(attribute, {reinterpret_cast<const char*>(&value), sizeof(value)});
}

std::size_t NftBatch::begin_nest(std::uint16_t attribute) {
  auto at = bytes_.size();
  put(static_cast<std::uint16_t>(attribute | NLA_F_NESTED), {});
  return at;
}

void NftBatch::end_nest(std::size_t nest) {
  auto length = static_cast<std::uint16_t>(bytes_.size() - nest);
  std::memcpy(bytes_.data() + nest + offsetof(nlattr, nla_len), &length, sizeof(length));
}

Result<NftAnswer> send(NftBatch batch, NetfilterSocket& socket) {
  auto last = batch.messages_ == 0 ? 0 : batch.last_;
  batch.begin(NFNL_MSG_BATCH_END, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES);
  batch.end();
  auto first = number(batch.bytes_, socket);
  // Errors are always told; that the last one came through says so of all.
  if (last != 0) reinterpret_cast<nlmsghdr*>(batch.bytes_.data() + last)->nlmsg_flags |= NLM_F_ACK;
  allow_to_send(socket.get(), batch.bytes_.size());
  if (mnl_socket_sendto(socket.get(), batch.bytes_.data(), batch.bytes_.size()) < 0)
    return system_error("netlink");
  auto read = read_answer(socket.get(), first);
  if (last != 0 && read.answer.error == 0 && !read.is_acknowledged)
    return fail("nftables: the kernel did not answer");
  return read.answer;
}

}  // namespace pyfw
