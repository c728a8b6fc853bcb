#include "examine/read_unit_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "doctor/units.h"

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

namespace fs = std::filesystem;

class ReadUnitFiles : public testing::Test {
 protected:
  ReadUnitFiles() {
    std::string folder = testing::TempDir() + "/units-XXXXXX";
    if (mkdtemp(folder.data()) == nullptr) std::abort();
    root_ = folder;
  }
  ~ReadUnitFiles() override { fs::remove_all(root_); }

  void write(const std::string& path, const std::string& text) const {
    fs::create_directories(fs::path(root_ + path).parent_path());
    std::ofstream(root_ + path) << text;
  }
  void link(const std::string& path, const std::string& to) const {
    fs::create_directories(fs::path(root_ + path).parent_path());
    fs::create_symlink(to, root_ + path);
  }
  [[nodiscard]] Units units() const { return Units(read_unit_files(root_)); }

  std::string root_;
};

TEST_F(ReadUnitFiles, NothingIsFineWhereThereIsNoSystemd) {
  EXPECT_EQ(read_unit_files(root_), UnitFiles());
  EXPECT_FALSE(units().starts_at_boot("docker.service"));
}

TEST_F(ReadUnitFiles, FindsUnitsLinksAndDropInsWhereSystemdDoes) {
  write("/usr/lib/systemd/system/docker.service", "[Unit]\nAfter=network-online.target\n");
  write("/usr/lib/systemd/system/pyfw.service", "[Unit]\n");
  write("/etc/systemd/system/pyfw.service.d/order.conf", "[Unit]\nBefore=docker.service\n");
  link("/etc/systemd/system/multi-user.target.wants/docker.service",
       "/usr/lib/systemd/system/docker.service");
  link("/etc/systemd/system/multi-user.target.wants/pyfw.service", "/usr/lib/systemd/system/pyfw.service");
  EXPECT_TRUE(units().starts_at_boot("docker.service"));
  EXPECT_TRUE(units().comes_before("pyfw.service", "docker.service"));
  EXPECT_EQ(units().find("docker.service")->path, "/usr/lib/systemd/system/docker.service");
}

TEST_F(ReadUnitFiles, ReadsLibOnceWhereItIsALink) {
  write("/usr/lib/systemd/system/a.service", "[Unit]\n");
  link("/lib", "usr/lib");
  EXPECT_EQ(read_unit_files(root_).folders.size(), 1U);
}

TEST_F(ReadUnitFiles, FollowsALinkBelowTheRoot) {
  write("/opt/app/app.service", "[Unit]\nBefore=docker.service\n");
  link("/etc/systemd/system/app.service", "/opt/app/app.service");
  link("/etc/systemd/system/other.service", "app.service");
  EXPECT_TRUE(units().comes_before("app.service", "docker.service"));
  EXPECT_EQ(units().find("other.service")->name, "app.service");
}

TEST_F(ReadUnitFiles, AMaskIsALinkToNowhereOrAnEmptyFile) {
  write("/usr/lib/systemd/system/ufw.service", "[Unit]\n");
  link("/etc/systemd/system/ufw.service", "/dev/null");
  EXPECT_TRUE(units().find("ufw.service")->is_masked);
  write("/usr/lib/systemd/system/b.service", "[Unit]\n");
  write("/etc/systemd/system/b.service", "");
  EXPECT_TRUE(units().find("b.service")->is_masked);
}

TEST_F(ReadUnitFiles, ScriptsOfInitStartInTheirRunlevels) {
  write("/etc/init.d/firewall",
        "#!/bin/sh\n### BEGIN INIT INFO\n# X-Start-Before: docker\n### END INIT INFO\n");
  write("/etc/init.d/README", "no script\n");
  link("/etc/rc2.d/S01firewall", "../init.d/firewall");
  link("/etc/rc0.d/K01firewall", "../init.d/firewall");
  auto scripts = read_unit_files(root_).scripts;
  ASSERT_EQ(scripts.size(), 2U);
  EXPECT_THAT(scripts[0].runlevels, IsEmpty());
  EXPECT_THAT(scripts[1].runlevels, ElementsAre("2"));
  EXPECT_TRUE(units().starts_at_boot("firewall.service"));
  EXPECT_TRUE(units().comes_before("firewall.service", "docker.service"));
}

TEST_F(ReadUnitFiles, WhatCanNotBeReadIsLeftOut) {
  link("/etc/systemd/system/round.service", "round.service");
  link("/etc/systemd/system/gone.service", "/nowhere/gone.service");
  fs::create_directories(root_ + "/etc/systemd/system/folder.service");
  ASSERT_EQ(mkfifo((root_ + "/etc/systemd/system/pipe.service").c_str(), 0600), 0);
  auto files = read_unit_files(root_);
  ASSERT_EQ(files.folders.size(), 1U);
  std::vector<std::string> names;
  for (const auto& file : files.folders[0].files) names.push_back(file.name);
  EXPECT_THAT(names, ElementsAre("gone.service", "round.service"));
}

}  // namespace
}  // namespace pyfw
