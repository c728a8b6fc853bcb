#include "events/file_events.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <vector>

namespace pyfw {
namespace {

namespace fs = std::filesystem;

class FileEventsTest : public testing::Test {
 protected:
  FileEventsTest() {
    auto name = (fs::temp_directory_path() / "pyfw-events-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    folder_ = name;
  }
  ~FileEventsTest() override {
    std::error_code none;
    fs::remove_all(folder_, none);
  }

  [[nodiscard]] std::string path(const std::string& name) const { return folder_ / name; }
  void write(const std::string& name) const { std::ofstream(path(name)) << "x"; }

  fs::path folder_;
};

TEST_F(FileEventsTest, AFileIsHeardOfHoweverItIsWritten) {
  auto events = FileEvents::open();
  ASSERT_TRUE(events);
  events->listen_to(std::vector{path("wishes.yaml")});
  EXPECT_FALSE(events->take());
  write("wishes.yaml");
  EXPECT_TRUE(events->take());
  // As editors do it.
  write("new");
  EXPECT_FALSE(events->take());
  fs::rename(path("new"), path("wishes.yaml"));
  EXPECT_TRUE(events->take());
  write("wishes.yaml");
  EXPECT_TRUE(events->take());
  fs::remove(path("wishes.yaml"));
  EXPECT_TRUE(events->take());
  std::ifstream(path("wishes.yaml")).get();
  EXPECT_FALSE(events->take());
}

TEST_F(FileEventsTest, OfAFolderOnlyFilesWithThatEndingCount) {
  auto events = FileEvents::open();
  ASSERT_TRUE(events);
  events->listen_to_folder(folder_, ".yaml");
  write("one.yaml.swp");
  EXPECT_FALSE(events->take());
  write("one.yaml");
  EXPECT_TRUE(events->take());
}

TEST_F(FileEventsTest, OthersTakeThePlaceOfTheFormer) {
  fs::create_directory(path("other"));
  auto events = FileEvents::open();
  ASSERT_TRUE(events);
  events->listen_to(std::vector{path("one")});
  events->listen_to(std::vector{path("other/two"), std::string("/nowhere/at/all")});
  write("one");
  EXPECT_FALSE(events->take());
  write("other/two");
  EXPECT_TRUE(events->take());
}

// Git and configuration management put links there.
TEST_F(FileEventsTest, WhatALinkLeadsToIsHeardOf) {
  fs::create_directory(path("away"));
  write("away/real.yaml");
  fs::create_symlink("away/real.yaml", path("wishes.yaml"));
  auto events = FileEvents::open();
  ASSERT_TRUE(events);
  events->listen_to(std::vector{path("wishes.yaml")});
  EXPECT_FALSE(events->take());
  write("away/real.yaml");
  EXPECT_TRUE(events->take());
  fs::create_directory(path("other"));
  write("other/real.yaml");
  EXPECT_FALSE(events->take());
  fs::create_symlink("other/real.yaml", path("new"));
  fs::rename(path("new"), path("wishes.yaml"));
  EXPECT_TRUE(events->take());
  write("other/real.yaml");
  EXPECT_TRUE(events->take());
  write("away/real.yaml");
  EXPECT_FALSE(events->take());
  fs::remove(path("wishes.yaml"));
  fs::create_symlink("wishes.yaml", path("wishes.yaml"));
  EXPECT_TRUE(events->take());
}

TEST_F(FileEventsTest, AFolderThatIsReplacedIsListenedToAgain) {
  auto events = FileEvents::open();
  ASSERT_TRUE(events);
  events->listen_to(std::vector{path("etc/pyfw/wishes.yaml")});
  events->listen_to_folder(path("etc/pyfw/wishes.d"), ".yaml");
  EXPECT_FALSE(events->take());
  fs::create_directories(path("etc/pyfw"));
  EXPECT_TRUE(events->take());
  write("etc/pyfw/wishes.yaml");
  EXPECT_TRUE(events->take());
  fs::create_directory(path("etc/pyfw/wishes.d"));
  EXPECT_TRUE(events->take());
  write("etc/pyfw/wishes.d/a.yaml");
  EXPECT_TRUE(events->take());
  fs::rename(path("etc"), path("old"));
  EXPECT_TRUE(events->take());
  fs::create_directories(path("etc/pyfw"));
  EXPECT_TRUE(events->take());
  write("old/pyfw/wishes.yaml");
  EXPECT_FALSE(events->take());
  write("etc/pyfw/wishes.yaml");
  EXPECT_TRUE(events->take());
}

TEST_F(FileEventsTest, AFileThatOthersMayWriteFromNowOnIsHeardOf) {
  write("wishes.yaml");
  auto events = FileEvents::open();
  ASSERT_TRUE(events);
  events->listen_to(std::vector{path("wishes.yaml")});
  fs::permissions(path("wishes.yaml"), fs::perms::others_write, fs::perm_options::add);
  EXPECT_TRUE(events->take());
}

// What was lost may have been about our file.
TEST_F(FileEventsTest, MoreThanTheQueueHoldsIsHeardOfWhateverItWas) {
  std::size_t held = 0;
  std::ifstream("/proc/sys/fs/inotify/max_queued_events") >> held;
  auto events = FileEvents::open();
  ASSERT_TRUE(events);
  events->listen_to(std::vector{path("wishes.yaml")});
  write("other");
  EXPECT_FALSE(events->take());
  for (std::size_t i = 0; i <= held / 2; ++i) {
    fs::rename(path("other"), path("another"));
    fs::rename(path("another"), path("other"));
  }
  EXPECT_TRUE(events->take());
  EXPECT_FALSE(events->take());
}

// No one writes it any more.
TEST_F(FileEventsTest, AFileThatGetsAnotherNameIsHeardOfUnderThatName) {
  write("new");
  auto events = FileEvents::open();
  ASSERT_TRUE(events);
  events->listen_to(std::vector{path("wishes.yaml")});
  fs::create_hard_link(path("new"), path("wishes.yaml"));
  EXPECT_TRUE(events->take());
}

// Else an editor's half of a file would be read.
TEST_F(FileEventsTest, AFileIsHeardOfWhenItHasBeenWrittenNotWhenItIsMade) {
  auto events = FileEvents::open();
  ASSERT_TRUE(events);
  events->listen_to(std::vector{path("wishes.yaml")});
  std::ofstream file(path("wishes.yaml"));
  file << "half" << std::flush;
  EXPECT_FALSE(events->take());
  file.close();
  EXPECT_TRUE(events->take());
}

}  // namespace
}  // namespace pyfw
