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

}  // namespace
}  // namespace pyfw
