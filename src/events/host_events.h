// All that can wake the daemon on a real host: the kernel's netlink events, the rules of iptables-legacy and
// the sets, which are polled, Docker's events, files, and signals.

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "events/docker_events.h"
#include "events/file_events.h"
#include "events/legacy_poll.h"
#include "events/netlink_events.h"
#include "events/set_poll.h"
#include "nf/backend.h"
#include "watch/events.h"

namespace pyfw {

struct ListenTo {
  Backend backend = Backend::kNft;
  std::string docker_socket{};        // empty for none
  std::vector<std::string> memory{};  // paths of the record and the pending change
};

class LinuxHostEvents : public HostEvents {
 public:
  // In the network namespace of the calling thread. SIGTERM, SIGINT and SIGHUP come as events from then on,
  // so no thread may run before that.
  static Result<std::unique_ptr<LinuxHostEvents>> open(const ListenTo& what);

  // Of that backend, and no longer of the other.
  Result<void> listen_to_rules(Backend backend);

  Result<Waking> wait(std::int64_t until) override;
  void listen_to(const Interests& interests) override;
  void forget_polled_rules() override;
  void forget_polled_sets() override;
  [[nodiscard]] std::vector<std::string> watched() const override;

 private:
  LinuxHostEvents(NetlinkEvents links, FileEvents memory, FileEvents wishes, DockerEvents docker, Fd signals)
      : links_(std::move(links)),
        memory_(std::move(memory)),
        wishes_(std::move(wishes)),
        docker_(std::move(docker)),
        signals_(std::move(signals)) {}
  // In ms, at most so long.
  [[nodiscard]] int patience(std::int64_t until) const;
  void take(Waking& waking);
  void take_signals(Waking& waking);
  void poll_what_nobody_tells(Waking& waking);

  std::optional<NetlinkEvents> rules_{};
  std::optional<LegacyPoll> legacy_{};
  NetlinkEvents links_;
  FileEvents memory_;
  FileEvents wishes_;
  DockerEvents docker_;
  Fd signals_;
  std::string wishes_path_{};
  SetPoll sets_{};  // those that are wished
};

}  // namespace pyfw
