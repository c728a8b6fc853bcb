#include "cage/attention.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/strings.h"
#include "cage/forced_buffers.h"
#include "cage/stand_ins.h"
#include "sys/process.h"

namespace pyfw {
namespace {

WrittenSetting setting_in(const CageWord& word) {
  std::string_view text(word.text, std::min(word.size, sizeof(word.text)));
  auto end = std::min(text.find('\n'), text.size());
  return {.name = std::string(text.substr(0, end)),
          .value = std::string(trim(text.substr(std::min(end + 1, text.size()))))};
}

}  // namespace

using Clock = std::chrono::steady_clock;

Attention::Attention(const FirstProcess& cage, const CageLimits& limits)
    : cage_(cage), deadline_(Clock::now() + limits.time), limit_(limits.time), output_(limits.output_bytes) {}

Result<void> Attention::wait_for_network() {
  TRY(auto word, next());
  if (word.kind == CageWordKind::kInNetwork) return {};
  return fail("the cage did not get a network");
}

Result<CagedRun> Attention::wait_for_end() {
  CagedRun run;
  std::string notes;
  for (;;) {
    TRY(auto word, next());
    if (word.kind == CageWordKind::kMasked) notes.append(word.text, std::min(word.size, sizeof(word.text)));
    if (word.kind == CageWordKind::kSetting) run.settings.push_back(setting_in(word));
    if (word.kind != CageWordKind::kEnded) continue;
    while (take_output()) {
    }
    run.status = word.number;
    run.output = output_.text();
    run.masked = parse_notes(notes);
    return run;
  }
}

Result<CageWord> Attention::next() {
  for (;;) {
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - Clock::now()).count();
    if (left <= 0) return out_of_time();
    std::array waiting = {
        pollfd{.fd = cage_.words().get(), .events = POLLIN, .revents = 0},
        pollfd{.fd = output_ends_ ? -1 : cage_.output().get(), .events = POLLIN, .revents = 0},
        pollfd{.fd = buffer_calls_.get(), .events = POLLIN, .revents = 0}};
    int ready = poll(waiting.data(), waiting.size(), static_cast<int>(left));
    if (ready < 0 && errno != EINTR) return system_error("poll");
    if (ready <= 0) continue;
    if (waiting[1].revents != 0 && !take_output()) output_ends_ = true;
    if ((waiting[2].revents & POLLIN) != 0) {
      answer_buffer_call(buffer_calls_);
    } else if (waiting[2].revents != 0) {
      buffer_calls_.close();  // nobody is left who could call
    }
    if (waiting[0].revents != 0) return receive();
  }
}

Result<CageWord> Attention::receive() {
  CageWord word;
  iovec part{.iov_base = &word, .iov_len = sizeof(word)};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  auto size = recvmsg(cage_.words().get(), &message, MSG_CMSG_CLOEXEC);
  if (const auto* header = CMSG_FIRSTHDR(&message);
      size > 0 && header != nullptr && header->cmsg_type == SCM_RIGHTS) {
    int descriptor = -1;
    std::memcpy(&descriptor, CMSG_DATA(header), sizeof(int));
    buffer_calls_ = Fd(descriptor);
  }
  if (size != sizeof(word)) return fail("the script's cage was killed", output_.text());
  if (word.kind != CageWordKind::kFailed) return word;
  std::string_view what(word.text, std::min(word.size, sizeof(word.text)));
  return fail(fmt::format("the system lets us make no cage for the script: {}: {}", trim(what),
                          std::strerror(word.number)));
}

std::unexpected<Error> Attention::out_of_time() const {
  return fail(
      fmt::format(
          "the script did not end within {} s: import it without the lines that wait or go on for ever",
          std::chrono::duration<double>(limit_).count()),
      output_.text());
}

bool Attention::take_output() {
  std::array<char, 65536> buffer{};
  auto size = read(cage_.output().get(), buffer.data(), buffer.size());
  if (size <= 0) return size < 0 && errno == EINTR;
  output_.add({buffer.data(), static_cast<std::size_t>(size)});
  return true;
}

}  // namespace pyfw
