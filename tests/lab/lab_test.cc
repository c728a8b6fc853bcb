// The lab itself: hosts are apart from each other and from the machine, and nothing outlives its owner.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>

#include "lab/host.h"
#include "lab/must.h"
#include "lab/network.h"
#include "lab/probe.h"

namespace pyfw::lab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class LabTest : public testing::Test {
 protected:
  void SetUp() override {
    auto lab = Lab::open();
    if (!lab) GTEST_SKIP() << lab.error().message;
    lab_.emplace(std::move(*lab));
  }
  std::optional<Lab> lab_;
};

TEST_F(LabTest, HostsHaveTheirOwnRules) {
  auto one = must(lab_->add_host("one"));
  auto other = must(lab_->add_host("other"));
  must(one.output({"/usr/sbin/iptables", "-P", "FORWARD", "DROP"}));
  EXPECT_THAT(must(one.output({"/usr/sbin/iptables", "-S"})), HasSubstr("-P FORWARD DROP"));
  EXPECT_THAT(must(other.output({"/usr/sbin/iptables", "-S"})), HasSubstr("-P FORWARD ACCEPT"));
}

TEST_F(LabTest, HostsHaveTheirOwnFiles) {
  auto one = must(lab_->add_host("one"));
  auto other = must(lab_->add_host("other"));
  for (std::string path : {"/etc/pyfw/lab_test", "/run/lab_test", "/var/lib/pyfw/lab_test"}) {
    must(one.write_file(path, "mine"));
    EXPECT_EQ(must(one.output({"/usr/bin/cat", path})), "mine");
    EXPECT_NE(must(other.run({"/usr/bin/cat", path})).status, 0);
    EXPECT_FALSE(std::filesystem::exists(path));
  }
}

TEST_F(LabTest, HostsHaveTheBackendTheyWereGiven) {
  auto nft = must(lab_->add_host("nft", Backend::kNft));
  auto legacy = must(lab_->add_host("legacy", Backend::kLegacy));
  EXPECT_THAT(must(nft.output({"/usr/sbin/iptables", "-V"})), HasSubstr("nf_tables"));
  EXPECT_THAT(must(legacy.output({"/usr/sbin/ip6tables-save", "-V"})), HasSubstr("legacy"));
}

TEST_F(LabTest, LabsWithTheSameAddressesDoNotMeet) {
  auto second_lab = must(Lab::open());
  std::vector<Host> hosts;
  std::vector<Network> networks;
  for (Lab* lab : {&*lab_, &second_lab}) {
    networks.push_back(must(Network::make(*lab, "10.0.0.1/24")));
    hosts.push_back(must(lab->add_host("host")));
    must(networks.back().attach(hosts.back(), "10.0.0.2/24"));
  }
  must(hosts[1].output({"/usr/sbin/iptables", "-A", "INPUT", "-j", "DROP"}));
  std::vector<Probe> probes;
  for (const auto& host : hosts)
    probes.push_back({.from = host.name(), .network = host.network(), .address = "10.0.0.2", .port = 80});
  EXPECT_THAT(must(probe(probes)), ElementsAre(Reach::kRefused, Reach::kDropped));
}

TEST_F(LabTest, ProbeTellsRefusedFromDropped) {
  auto network = must(Network::make(*lab_, "10.0.0.1/24"));
  auto from = must(lab_->add_host("from"));
  auto to = must(lab_->add_host("to"));
  must(network.attach(from, "10.0.0.2/24"));
  must(network.attach(to, "10.0.0.3/24"));
  must(to.output({"/usr/sbin/iptables", "-A", "INPUT", "-p", "tcp", "--dport", "1", "-j", "REJECT"}));
  must(to.output({"/usr/sbin/iptables", "-A", "INPUT", "-p", "tcp", "--dport", "2", "-j", "DROP"}));
  std::vector<Probe> probes;
  for (std::uint16_t port : std::initializer_list<std::uint16_t>{1, 2, 3})
    probes.push_back({.from = "from", .network = from.network(), .address = "10.0.0.3", .port = port});
  EXPECT_THAT(must(probe(probes)), ElementsAre(Reach::kRefused, Reach::kDropped, Reach::kRefused));
}

TEST_F(LabTest, StartedProgramsEndWithTheirLab) {
  auto host = must(lab_->add_host("host"));
  auto started = must(host.start({"/usr/bin/sleep", "1000"}));
  EXPECT_TRUE(started.running());
  lab_.reset();
  EXPECT_FALSE(started.running());
}

[[noreturn]] void hold_a_lab(int report) {
  auto lab = Lab::open();
  auto host = lab ? lab->add_host("host") : std::unexpected(lab.error());
  auto started = host ? host->start({"/usr/bin/sleep", "1000"}) : std::unexpected(host.error());
  if (!started) _exit(1);
  pid_t first = lab->keeper().first_process();
  if (write(report, &first, sizeof first) != sizeof first) _exit(1);
  for (;;) pause();
}

// Runs a lab in a child process, which a signal then ends; the answer is whether the lab ended too.
bool lab_ends_with(int signal_number) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) return false;
  pid_t child = fork();
  if (child == 0) hold_a_lab(ends[1]);
  close(ends[1]);
  pid_t first = 0;
  bool told = read(ends[0], &first, sizeof first) == sizeof first;
  Fd process(static_cast<int>(syscall(SYS_pidfd_open, first, 0)));
  kill(child, signal_number);
  int status = 0;
  waitpid(child, &status, 0);
  close(ends[0]);
  pollfd ended{.fd = process.get(), .events = POLLIN, .revents = 0};
  // Only after SIGKILL does the keeper need a moment more than the process itself.
  int patience_ms = signal_number == SIGKILL ? 20'000 : 0;
  return told && WTERMSIG(status) == signal_number && poll(&ended, 1, patience_ms) == 1;
}

TEST_F(LabTest, EndsWithItsProcessWhateverEndsThat) {
  for (int number : {SIGINT, SIGTERM, SIGHUP, SIGKILL})
    EXPECT_TRUE(lab_ends_with(number)) << "signal " << number;
}

}  // namespace
}  // namespace pyfw::lab
