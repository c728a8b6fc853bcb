#include "watched_host.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "base/fd.h"
#include "keep/daemon_note.h"
#include "sys/process.h"

namespace pyfw::bench {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::uint16_t kPort = 7777;
constexpr auto kPatience = 30s;
constexpr auto kBetweenPackets = 50us;
constexpr auto kTooQuickToSee = 300ms;

double ms_since(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

// As iptables-save prints it, without the comment.
std::string match_of(int i) {
  if (i == 0) return fmt::format("-p udp -m udp --dport {}", kPort);
  return fmt::format("-s 10.{}.{}.{}/32 -p tcp -m tcp --dport 22", i / 65536, i / 256 % 256, i % 256);
}

std::string wishes_of(Amount amount) {
  std::string text = "pyfw_wishes:\n  iptables:\n    filter:\n      INPUT:\n        rules:\n";
  for (int i = 0; i < amount.wished; ++i) text += fmt::format("        - w{}: {} -j DROP\n", i, match_of(i));
  return text;
}

std::string foreign_rules_of(Amount amount) {
  std::string text = "*filter\n";
  for (int i = amount.wished; i < amount.rules; ++i)
    text += fmt::format("-A INPUT {} -j ACCEPT\n", match_of(i));
  return text + fmt::format("-A INPUT {} -j ACCEPT\nCOMMIT\n", match_of(0));
}

// The first wished rule, as it stands there.
std::string first_wished() { return fmt::format("{} -m comment --comment w0 -j DROP", match_of(0)); }

// Packets to itself, by lo; in the host's network.
class Packets {
 public:
  static Result<Packets> open() {
    Fd to(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    Fd from(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(kPort);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const auto* there = reinterpret_cast<const sockaddr*>(&address);
    if (bind(to.get(), there, sizeof(address)) != 0 || connect(from.get(), there, sizeof(address)) != 0)
      return system_error("a socket on lo");
    return Packets(std::move(to), std::move(from));
  }

  // Whether one gets in.
  [[nodiscard]] bool get_in() const {
    char byte = 0;
    bool got_in = send(from_.get(), &byte, 1, 0) == 1 && recv(to_.get(), &byte, 1, 0) == 1;
    while (recv(to_.get(), &byte, 1, 0) == 1) continue;
    return got_in;
  }
  // False where none did until a moment behind that.
  [[nodiscard]] bool wait_until_they_get_in(const std::atomic<bool>& is_disturbed) const {
    auto disturbed_at = Clock::time_point::max();
    while (!get_in()) {
      if (is_disturbed && disturbed_at == Clock::time_point::max()) disturbed_at = Clock::now();
      if (is_disturbed && Clock::now() - disturbed_at > kTooQuickToSee) return false;
      std::this_thread::sleep_for(kBetweenPackets);
    }
    return true;
  }
  [[nodiscard]] Result<void> wait_until_they_do_not() const {
    auto begin = Clock::now();
    while (get_in()) {
      if (Clock::now() - begin > kPatience) return fail("packets get in for ever");
      std::this_thread::sleep_for(kBetweenPackets);
    }
    return {};
  }

 private:
  Packets(Fd to, Fd from) : to_(std::move(to)), from_(std::move(from)) {}
  Fd to_;
  Fd from_;
};

}  // namespace

Result<lab::Started> start_daemon(const lab::Host& host) {
  TRY_VOID(host.output({"/bin/sh", "-c", "rm -f /var/lib/pyfw/*/daemon"}));
  TRY(auto daemon, host.start({PYFW_PROGRAM, "watch"}));
  auto begin = Clock::now();
  while (host.run({"/bin/sh", "-c", "test -e /var/lib/pyfw/*/daemon"})->status != 0) {
    if (!daemon.running() || Clock::now() - begin > kPatience) return fail(daemon.said());
    std::this_thread::sleep_for(20ms);
  }
  return daemon;
}

Result<WatchedHost> WatchedHost::make(lab::Backend backend, Amount amount) {
  TRY(auto lab, lab::Lab::open());
  TRY(auto host, lab.add_host("host", backend));
  TRY_VOID(host.output({"/usr/sbin/iptables-restore"}, {.input = foreign_rules_of(amount)}));
  TRY_VOID(host.write_file("/etc/pyfw/wishes.yaml", wishes_of(amount)));
  TRY_VOID(host.output({PYFW_PROGRAM, "apply"}));
  TRY(auto daemon, start_daemon(host));
  return WatchedHost(std::move(lab), std::move(host), std::move(daemon));
}

Result<std::string> WatchedHost::sh(const std::string& script) const {
  return host_.output({"/bin/sh", "-ec", script});
}

Result<double> WatchedHost::open_ms_after(Drift drift) const {
  auto disturb = fmt::format("*filter\n-D INPUT {}\n", first_wished());
  if (drift == Drift::kMoved) disturb += fmt::format("-A INPUT {}\n", first_wished());
  disturb += "COMMIT\n";
  Result<double> open_ms = fail("nobody looked");
  std::atomic<bool> is_disturbed = false;
  std::thread looks([&] {
    open_ms = [&]() -> Result<double> {
      if (setns(host_.network(), CLONE_NEWNET) != 0) return system_error("setns");
      TRY(auto packets, Packets::open());
      if (!packets.wait_until_they_get_in(is_disturbed)) return 0;
      auto begin = Clock::now();
      TRY_VOID(packets.wait_until_they_do_not());
      return ms_since(begin);
    }();
  });
  auto disturbed = host_.output({"/usr/sbin/iptables-restore", "--noflush"}, {.input = disturb});
  is_disturbed = true;
  looks.join();
  TRY_VOID(disturbed);
  // So that the next one meets it at rest.
  std::this_thread::sleep_for(300ms);
  return open_ms;
}

// Without what it costs to enter the host.
Result<double> WatchedHost::save_ms() const {
  TRY(auto ns, sh("begin=$(date +%s%N); iptables-save >/dev/null; end=$(date +%s%N); echo $((end - begin))"));
  return std::stod(ns) / 1e6;
}

Result<double> WatchedHost::idle_ms(int seconds) const {
  std::this_thread::sleep_for(2s);
  TRY(auto note, parse_daemon_note(sh("cat /var/lib/pyfw/*/daemon").value_or("")));
  auto ticks = [&]() -> Result<double> {
    TRY(auto text, sh(fmt::format("awk '{{ print $14 + $15 }}' /proc/{}/stat", note.pid)));
    return std::stod(text);
  };
  TRY(auto before, ticks());
  std::this_thread::sleep_for(std::chrono::seconds(seconds));
  TRY(auto after, ticks());
  return (after - before) * 1'000 / static_cast<double>(sysconf(_SC_CLK_TCK)) / seconds;
}

}  // namespace pyfw::bench
