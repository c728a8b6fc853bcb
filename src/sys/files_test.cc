#include "sys/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace pyfw {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

class ReplaceFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "pyfw-files-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    path_ = name + "/save";
  }
  void TearDown() override { fs::remove_all(folder_); }

  static std::string text_of(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }
  static unsigned mode_of(const std::string& path) {
    struct stat file{};
    EXPECT_EQ(stat(path.c_str(), &file), 0);
    return file.st_mode & 07777;
  }
  std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(folder_)) found.push_back(entry.path().filename());
    return found;
  }

  std::string folder_;
  std::string path_;
};

TEST_F(ReplaceFile, ANewOneIsTheOwnersAlone) {
  ASSERT_TRUE(replace_file(path_, "one\n"));
  EXPECT_EQ(text_of(path_), "one\n");
  EXPECT_EQ(mode_of(path_), 0600);
  EXPECT_THAT(names(), ElementsAre("save"));
}

TEST_F(ReplaceFile, TheOldOneIsKeptAndItsModeStays) {
  ASSERT_TRUE(replace_file(path_, "one\n"));
  ASSERT_EQ(chmod(path_.c_str(), 0640), 0);
  ASSERT_TRUE(replace_file(path_, "two\n"));
  EXPECT_EQ(text_of(path_), "two\n");
  EXPECT_EQ(text_of(path_ + ".bak"), "one\n");
  EXPECT_EQ(mode_of(path_), 0640);
  ASSERT_TRUE(replace_file(path_, std::string(1 << 20, 'x')));
  EXPECT_EQ(text_of(path_ + ".bak"), "two\n");
  EXPECT_THAT(names(), UnorderedElementsAre("save", "save.bak"));
}

TEST_F(ReplaceFile, WhatIsNoFileIsNotTouched) {
  ASSERT_EQ(symlink("/nowhere", path_.c_str()), 0);
  auto written = replace_file(path_, "x");
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().message, HasSubstr("not a regular file"));
  EXPECT_TRUE(fs::is_symlink(path_));
  EXPECT_FALSE(replace_file(folder_, "x"));
  EXPECT_TRUE(fs::is_directory(folder_));
}

TEST_F(ReplaceFile, AFailureLeavesNothingBehind) {
  EXPECT_FALSE(replace_file(folder_ + "/none/save", "x"));
  // The old one can't be kept where a folder has its name.
  ASSERT_TRUE(replace_file(path_, "one\n"));
  fs::create_directories(path_ + ".bak/full");
  EXPECT_FALSE(replace_file(path_, "two\n"));
  EXPECT_EQ(text_of(path_), "one\n");
  EXPECT_THAT(names(), UnorderedElementsAre("save", "save.bak"));
}

}  // namespace
}  // namespace pyfw
