// A host for tests of the cage: namespaces of the test's own around it, with a secret and with what is to
// stay as it is, so that whatever gets out of a cage gets no further than there.

#pragma once

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "cage/caged_run.h"
#include "sys/namespace_for_tests.h"
#include "sys/programs.h"

namespace pyfw {

inline CageHost cage_host() {
  CageHost host{.backend = usual_backend()};
  host.facts.interfaces = {
      {.name = "lo"},
      {.name = "eth0", .is_up = true, .addresses = {*Prefix::parse("192.168.122.190/24")}},
      {.name = "docker0", .is_up = true, .addresses = {*Prefix::parse("172.17.0.1/16")}, .kind = "bridge"}};
  host.facts.routes = {{.destination = *Prefix::parse("0.0.0.0/0"),
                        .gateway = Ip::parse("192.168.122.1"),
                        .interface = "eth0"}};
  return host;
}

class OnCageHost : public InOwnNamespace {
 protected:
  static constexpr std::string_view kSecret = "nobody-else-knows";

  void SetUp() override {
    InOwnNamespace::SetUp();
    if (IsSkipped()) return;
    mounts_ = Fd(open("/proc/thread-self/ns/mnt", O_RDONLY | O_CLOEXEC));
    ASSERT_EQ(unshare(CLONE_NEWNS), 0);
    sh(R"(mount --make-rprivate /
mount -t tmpfs t /mnt
mkdir /mnt/upper /mnt/work
mount -t overlay o -o lowerdir=/etc,upperdir=/mnt/upper,workdir=/mnt/work /etc
for folder in /root /run /opt /srv /home; do mount -t tmpfs t $folder; done
rm -rf /etc/iptables
mkdir /etc/iptables
for file in /root/secret /etc/secret /opt/secret /srv/secret; do (umask 077; echo nobody-else-knows >$file); done
echo nobody-else-knows >/home/readable
echo nobody-else-knows >/run/readable
echo everybody >/etc/iptables/public)");
  }
  void TearDown() override {
    if (mounts_.valid() && setns(mounts_.get(), CLONE_NEWNS) != 0) std::abort();
    InOwnNamespace::TearDown();
  }

  static Result<CagedRun> try_script(std::string_view text, const CageLimits& limits = {}) {
    return run_caged({.path = "/etc/firewall.sh", .text = std::string(text)}, cage_host(), limits);
  }
  static CagedRun script(std::string_view text, const CageLimits& limits = {}) {
    return expect(try_script(text, limits));
  }
  static std::string output_of(std::string_view text) { return script(text).output; }

  // So many processes of the whole machine have that word on their command line.
  static int processes_with(std::string_view word) {
    int count = 0;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
      std::ifstream file(entry.path() / "cmdline");
      std::string line(std::istreambuf_iterator<char>(file), {});
      count += line.find(word) != std::string::npos ? 1 : 0;
    }
    return count;
  }

 private:
  Fd mounts_;
};

}  // namespace pyfw
