#include "sys/find_restorers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

namespace pyfw {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

class FindRestorers : public testing::Test {
 protected:
  FindRestorers() {
    std::string name = "/tmp/pyfw-units-XXXXXX";
    root_ = mkdtemp(name.data());
  }
  ~FindRestorers() override {
    std::error_code none;
    fs::remove_all(root_, none);
  }
  void link(const std::string& from, const std::string& to) const {
    auto path = fs::path(root_ + from);
    fs::create_directories(path.parent_path());
    fs::create_symlink(to, path);
  }
  [[nodiscard]] std::vector<std::string> found() const {
    std::vector<std::string> units;
    for (const auto& one : find_restorers(root_)) {
      EXPECT_TRUE(one.is_enabled);
      EXPECT_FALSE(one.is_active) << "of another root nobody can be asked";
      units.push_back(one.unit);
    }
    return units;
  }

 private:
  std::string root_;
};

TEST_F(FindRestorers, NoneWhereNoneIsEnabled) {
  EXPECT_THAT(found(), IsEmpty());
  link("/usr/lib/systemd/system/ufw.service", "elsewhere");
  link("/etc/systemd/system/multi-user.target.wants/ssh.service", "/usr/lib/systemd/system/ssh.service");
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(FindRestorers, ThoseThatATargetWantsOrRequires) {
  link("/etc/systemd/system/sysinit.target.wants/nftables.service",
       "/usr/lib/systemd/system/nftables.service");
  link("/run/systemd/system/basic.target.requires/iptables.service",
       "/usr/lib/systemd/system/iptables.service");
  link("/usr/lib/systemd/system/multi-user.target.wants/netfilter-persistent.service", "../x");
  EXPECT_THAT(found(), ElementsAre("netfilter-persistent.service", "iptables.service", "nftables.service"));
}

TEST_F(FindRestorers, WhatIsMaskedDoesNotStart) {
  link("/etc/systemd/system/multi-user.target.wants/ufw.service", "/usr/lib/systemd/system/ufw.service");
  EXPECT_THAT(found(), ElementsAre("ufw.service"));
  link("/etc/systemd/system/ufw.service", "/dev/null");
  EXPECT_THAT(found(), IsEmpty());
}

}  // namespace
}  // namespace pyfw
