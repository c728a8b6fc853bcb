#include "sys/state_dir.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "base/fd.h"

namespace pyfw {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr uid_t kNobody = 65534;

template <typename T>
T expect(Result<T> result) {
  if (!result) throw std::runtime_error(render(result.error()));
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

// "" where nothing went wrong.
template <typename T>
std::string what_went_wrong(const Result<T>& result) {
  return result ? "" : render(result.error());
}

class StateDirTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "/pyfw-state-XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp");
    top_ = pattern;
    path_ = top_ / "lib" / "pyfw";
    part_ = path_ / "host";
  }
  void TearDown() override { fs::remove_all(top_); }

  [[nodiscard]] Result<std::unique_ptr<Store>> try_open(StateAccess access) const {
    return open_state_dir(path_, "host", access);
  }
  [[nodiscard]] std::unique_ptr<Store> open_to_write() const { return expect(try_open(StateAccess::kWrite)); }
  [[nodiscard]] std::unique_ptr<Store> open_to_look() const { return expect(try_open(StateAccess::kLook)); }

  static void put(const fs::path& path, std::string_view text) { std::ofstream(path) << text; }
  static std::vector<std::string> names_in(const fs::path& folder) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename());
    return names;
  }
  static mode_t mode_of(const fs::path& path) {
    struct stat found{};
    return lstat(path.c_str(), &found) == 0 ? found.st_mode & 07777U : 0;
  }

  fs::path top_;
  fs::path path_;
  fs::path part_;
};

// Files of this process can't grow beyond `size` as long as this lives.
class FullDisk {
 public:
  explicit FullDisk(rlim_t size) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    rlimit now{.rlim_cur = size, .rlim_max = before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &now);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;
  ~FullDisk() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  sighandler_t handler_;
};

TEST_F(StateDirTest, WhatIsWrittenIsReadByALaterRun) {
  std::string bytes("a\0b\n", 4);
  {
    auto store = open_to_write();
    expect(store->write("record", bytes));
    expect(store->write("7/about", "seven"));
    expect(store->write("empty", ""));
  }
  auto later = open_to_look();
  EXPECT_EQ(expect(later->read("record")), bytes);
  EXPECT_EQ(expect(later->read("7/about")), "seven");
  EXPECT_EQ(expect(later->read("empty")), "");
  EXPECT_EQ(expect(later->read("other")), std::nullopt);
  EXPECT_EQ(expect(later->read("8/about")), std::nullopt);
  EXPECT_EQ(later->path(), part_);
}

TEST_F(StateDirTest, NobodyElseCanReadWhatIsMadeOrItsParents) {
  auto before = umask(0);
  auto store = open_to_write();
  expect(store->write("7/about", "seven"));
  umask(before);
  for (const auto& folder : {top_ / "lib", path_, part_, part_ / "7"})
    EXPECT_EQ(mode_of(folder), 0700U) << folder;
  EXPECT_EQ(mode_of(part_ / "7" / "about"), 0600U);
}

TEST_F(StateDirTest, PartsKnowNothingOfEachOther) {
  expect(open_to_write()->write("record", "of the host"));
  auto other = expect(open_state_dir(path_, "name-blue", StateAccess::kWrite));
  EXPECT_EQ(expect(other->read("record")), std::nullopt);
  EXPECT_EQ(other->path(), path_ / "name-blue");
}

TEST_F(StateDirTest, FoldersAreSortedAndNothingElseIsOne) {
  auto store = open_to_write();
  for (const auto* name : {"9/about", "10/about", "8/about", "record"}) expect(store->write(name, "x"));
  fs::create_directory(part_ / ".hidden");
  fs::create_directory(part_ / "lost+found");
  fs::create_directory_symlink(part_ / "8", part_ / "link");
  EXPECT_THAT(expect(store->folders()), ElementsAre("10", "8", "9"));
}

TEST_F(StateDirTest, RemovesTextsAndWholeFolders) {
  auto store = open_to_write();
  for (const auto* name : {"record", "7/about", "7/ipset.save", "8/about", "8/ipset.save"})
    expect(store->write(name, "x"));
  put(part_ / "7" / ".foreign", "x");
  fs::create_directory(part_ / "7" / "foreign");
  put(part_ / "7" / "foreign" / "text", "x");
  expect(store->remove("record"));
  expect(store->remove("7"));
  expect(store->remove("8/about"));
  EXPECT_THAT(names_in(part_), ElementsAre("8"));
  EXPECT_THAT(names_in(part_ / "8"), ElementsAre("ipset.save"));
}

TEST_F(StateDirTest, RemovingWhatIsNotThereIsFine) {
  auto store = open_to_write();
  expect(store->remove("record"));
  expect(store->remove("7"));
  expect(store->remove("7/about"));
  EXPECT_THAT(names_in(part_), IsEmpty());
}

TEST_F(StateDirTest, RemovingALinkLeavesWhatItLeadsTo) {
  auto store = open_to_write();
  fs::create_directory(top_ / "precious");
  put(top_ / "precious" / "text", "precious");
  fs::create_directory_symlink(top_ / "precious", part_ / "7");
  EXPECT_THAT(what_went_wrong(store->remove("7/text")), HasSubstr("it is a link"));
  expect(store->remove("7"));
  EXPECT_THAT(names_in(part_), IsEmpty());
  EXPECT_TRUE(fs::exists(top_ / "precious" / "text"));
}

TEST_F(StateDirTest, LookingMakesNothing) {
  auto store = open_to_look();
  EXPECT_EQ(expect(store->read("record")), std::nullopt);
  EXPECT_EQ(expect(store->read("7/about")), std::nullopt);
  EXPECT_THAT(expect(store->folders()), IsEmpty());
  EXPECT_THAT(what_went_wrong(store->write("record", "x")), HasSubstr("only looks"));
  EXPECT_THAT(what_went_wrong(store->remove("record")), HasSubstr("only looks"));
  EXPECT_THAT(names_in(top_), IsEmpty());
}

TEST_F(StateDirTest, LookingChangesNothingThatIsThere) {
  expect(open_to_write()->write("record", "old"));
  put(part_ / ".pyfw-0123456789abcdef", "half");
  auto store = open_to_look();
  EXPECT_FALSE(store->write("record", "new"));
  EXPECT_FALSE(store->remove("record"));
  EXPECT_EQ(expect(store->read("record")), "old");
  EXPECT_THAT(names_in(part_), UnorderedElementsAre("record", ".pyfw-0123456789abcdef"));
}

TEST_F(StateDirTest, OddNamesAreRefusedEverywhere) {
  auto store = open_to_write();
  put(path_ / "outside", "x");
  for (std::string name : {"", ".", "..", "/", "a/", "/a", "a/b/c", "../outside", "a/..", "./a", ".hidden",
                           "a/.b", "a b", "a\nb", "ä", "a*"}) {
    EXPECT_THAT(what_went_wrong(store->read(name)), HasSubstr("can't be a name")) << name;
    EXPECT_THAT(what_went_wrong(store->write(name, "x")), HasSubstr("can't be a name")) << name;
    EXPECT_THAT(what_went_wrong(store->remove(name)), HasSubstr("can't be a name")) << name;
  }
  EXPECT_FALSE(store->write(std::string_view("a\0b", 3), "x"));
  EXPECT_FALSE(store->write(std::string(256, 'a'), "x"));
  EXPECT_THAT(names_in(part_), IsEmpty());
  for (const auto* part : {"", ".", "..", "a/b", ".a"})
    for (auto access : {StateAccess::kLook, StateAccess::kWrite})
      EXPECT_FALSE(open_state_dir(path_, part, access)) << part;
  EXPECT_FALSE(open_state_dir("", "host", StateAccess::kWrite));
}

TEST_F(StateDirTest, ALinkInPlaceOfAFolderIsRefusedWhereverItLeads) {
  fs::create_directories(top_ / "elsewhere" / "host");
  fs::create_directory(top_ / "lib");
  for (const auto& target : {top_ / "elsewhere", top_ / "nowhere"}) {
    fs::create_directory_symlink(target, path_);
    for (auto access : {StateAccess::kLook, StateAccess::kWrite}) {
      for (const auto* end : {"", "/", "/.", "//"}) {
        auto opened = open_state_dir(path_.string() + end, "host", access);
        EXPECT_THAT(what_went_wrong(opened), AllOf(HasSubstr(path_), HasSubstr("it is a link, not a folder"),
                                                   HasSubstr("--state-dir")));
      }
    }
    fs::remove(path_);
  }
  fs::create_directory(path_);
  fs::create_directory_symlink(top_ / "elsewhere" / "host", part_);
  for (auto access : {StateAccess::kLook, StateAccess::kWrite})
    EXPECT_THAT(what_went_wrong(try_open(access)), AllOf(HasSubstr(part_), HasSubstr("it is a link")));
  EXPECT_FALSE(fs::exists(top_ / "nowhere"));
}

TEST_F(StateDirTest, AParentMayBeALink) {
  fs::create_directory(top_ / "elsewhere");
  fs::create_directory_symlink(top_ / "elsewhere", top_ / "lib");
  expect(open_to_write()->write("record", "x"));
  EXPECT_TRUE(fs::exists(top_ / "elsewhere" / "pyfw" / "host" / "record"));
}

TEST_F(StateDirTest, AFileInPlaceOfAFolderIsTold) {
  fs::create_directory(top_ / "lib");
  put(path_, "x");
  EXPECT_THAT(what_went_wrong(try_open(StateAccess::kWrite)),
              HasSubstr("it is a regular file, not a folder"));
}

TEST_F(StateDirTest, AFolderThatOthersCanWriteIsRefused) {
  auto store = open_to_write();
  expect(store->write("7/about", "seven"));
  for (auto mode : {0720, 0702}) {
    for (const auto& folder : {path_, part_}) {
      chmod(folder.c_str(), static_cast<mode_t>(mode));
      for (auto access : {StateAccess::kLook, StateAccess::kWrite})
        EXPECT_THAT(what_went_wrong(try_open(access)),
                    AllOf(HasSubstr(folder.string() + ": others than its owner can write it"),
                          HasSubstr("chmod go-w " + folder.string())));
      chmod(folder.c_str(), 0700);
    }
    chmod((part_ / "7").c_str(), static_cast<mode_t>(mode));
    for (const auto& wrong :
         {what_went_wrong(store->read("7/about")), what_went_wrong(store->write("7/about", "x")),
          what_went_wrong(store->remove("7/about"))})
      EXPECT_THAT(wrong, HasSubstr((part_ / "7").string() + ": others than its owner can write it"));
    chmod((part_ / "7").c_str(), 0700);
  }
  EXPECT_EQ(expect(store->read("7/about")), "seven");
}

TEST_F(StateDirTest, WhatBelongsToSomebodyElseIsRefused) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  auto store = open_to_write();
  expect(store->write("record", "x"));
  for (const auto& folder : {path_, part_}) {
    ASSERT_EQ(chown(folder.c_str(), kNobody, 0), 0);
    for (auto access : {StateAccess::kLook, StateAccess::kWrite})
      EXPECT_THAT(what_went_wrong(try_open(access)),
                  HasSubstr(folder.string() + ": it belongs to the user 65534, not to root"));
    ASSERT_EQ(chown(folder.c_str(), 0, 0), 0);
  }
  ASSERT_EQ(chown((part_ / "record").c_str(), kNobody, 0), 0);
  EXPECT_THAT(what_went_wrong(store->read("record")), HasSubstr("it belongs to the user 65534, not to root"));
}

TEST_F(StateDirTest, ReadsRegularFilesOfOursOnly) {
  auto store = open_to_write();
  put(top_ / "elsewhere", "secret");
  chmod((top_ / "elsewhere").c_str(), 0600);
  fs::create_symlink(top_ / "elsewhere", part_ / "link");
  fs::create_symlink(top_ / "nowhere", part_ / "dangling");
  fs::create_directory(part_ / "folder");
  ASSERT_EQ(mkfifo((part_ / "pipe").c_str(), 0600), 0);
  put(part_ / "open", "x");
  chmod((part_ / "open").c_str(), 0622);
  auto wrong = [&](const std::string& name, const std::string& why) {
    EXPECT_THAT(what_went_wrong(store->read(name)), HasSubstr((part_ / name).string() + ": " + why));
  };
  wrong("link", "it is a link, not a regular file");
  wrong("dangling", "it is a link, not a regular file");
  wrong("folder", "it is a folder, not a regular file");
  wrong("pipe", "it is a named pipe, not a regular file");
  wrong("open", "others than its owner can write it");
}

TEST_F(StateDirTest, WritingTakesThePlaceOfALinkOrAPipeAndLeavesItsTargetAlone) {
  auto store = open_to_write();
  put(top_ / "elsewhere", "precious");
  fs::create_symlink(top_ / "elsewhere", part_ / "link");
  ASSERT_EQ(mkfifo((part_ / "pipe").c_str(), 0600), 0);
  for (const auto* name : {"link", "pipe"}) {
    expect(store->write(name, "ours"));
    EXPECT_EQ(expect(store->read(name)), "ours");
  }
  EXPECT_EQ(fs::file_size(top_ / "elsewhere"), std::string_view("precious").size());
}

TEST_F(StateDirTest, TextsBeyondTheCapAreNeitherReadNorWritten) {
  auto store = open_to_write();
  constexpr std::size_t kTooMuch = (256UL << 20U) + 1;
  put(part_ / "large", "");
  fs::resize_file(part_ / "large", kTooMuch);
  EXPECT_THAT(what_went_wrong(store->read("large")), AllOf(HasSubstr(part_ / "large"), HasSubstr("256 MiB")));
  // The bytes are never looked at, and never become memory.
  EXPECT_THAT(what_went_wrong(store->write("record", std::string_view("", kTooMuch))), HasSubstr("256 MiB"));
  EXPECT_THAT(names_in(part_), ElementsAre("large"));
}

TEST_F(StateDirTest, AReaderSeesTheOldTextOrTheNewOneNeverAnother) {
  std::string old_text(300'000, 'o');
  std::string new_text(200'000, 'n');
  auto store = open_to_write();
  expect(store->write("record", old_text));
  std::atomic<bool> done = false;
  std::atomic<int> reads = 0;
  std::atomic<int> odd = 0;
  std::thread reader([&] {
    auto look = open_to_look();
    while (!done) {
      auto text = look->read("record");
      bool whole = text && *text && (**text == old_text || **text == new_text);
      if (!whole) ++odd;
      ++reads;
    }
  });
  for (int i = 0; i < 40 || reads < 40; ++i) expect(store->write("record", i % 2 == 0 ? new_text : old_text));
  done = true;
  reader.join();
  EXPECT_EQ(odd, 0);
}

TEST_F(StateDirTest, AWriteThatFailsLeavesTheOldTextAndNothingElse) {
  auto store = open_to_write();
  expect(store->write("record", "old"));
  {
    FullDisk full(1000);
    EXPECT_THAT(what_went_wrong(store->write("record", std::string(5000, 'n'))), HasSubstr(part_ / "record"));
  }
  fs::create_directory(part_ / "7");
  EXPECT_THAT(what_went_wrong(store->write("7", "x")), HasSubstr(part_ / "7"));
  EXPECT_EQ(expect(store->read("record")), "old");
  EXPECT_THAT(names_in(part_), UnorderedElementsAre("record", "7"));
}

TEST_F(StateDirTest, WhatAKilledWriterLeftGoesWithTheNextRunThatWrites) {
  for (const auto* name : {"record", "7/about"}) {
    auto store = open_to_write();
    expect(store->write(name, "old"));
    auto pid = fork();
    if (pid == 0) {
      // The signal comes in the midst of the write.
      rlimit no_core{};
      setrlimit(RLIMIT_CORE, &no_core);
      rlimit small{.rlim_cur = 1000, .rlim_max = 1000};
      setrlimit(RLIMIT_FSIZE, &small);
      _exit(store->write(name, std::string(5000, 'n')) ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(waitpid(pid, &status, 0), pid);
    ASSERT_TRUE(WIFSIGNALED(status));
    auto folder = (part_ / name).parent_path();
    ASSERT_THAT(names_in(folder), testing::Contains(testing::StartsWith(".pyfw-")));
    EXPECT_EQ(expect(open_to_write()->read(name)), "old");
    EXPECT_THAT(names_in(folder), testing::Not(testing::Contains(testing::StartsWith(".pyfw-"))));
  }
}

TEST_F(StateDirTest, ARemovalThatWasKilledIsEndedByTheNextRunThatWrites) {
  expect(open_to_write()->write("7/about", "x"));
  fs::rename(part_ / "7", part_ / ".pyfw-0123456789abcdef");
  auto store = open_to_write();
  EXPECT_THAT(names_in(part_), IsEmpty());
}

TEST_F(StateDirTest, WhatIsBeingWrittenAndHiddenFilesOfOthersAreNoLeftovers) {
  auto store = open_to_write();
  auto in_work = part_ / ".pyfw-0123456789abcdef";
  put(in_work, "half");
  Fd writer(open(in_work.c_str(), O_WRONLY | O_CLOEXEC));
  ASSERT_EQ(flock(writer.get(), LOCK_EX), 0);
  for (const auto* name : {".record.swp", ".pyfw-notes", ".pyfw-0123456789abcdeg"}) put(part_ / name, "x");
  auto later = open_to_write();
  EXPECT_THAT(names_in(part_), UnorderedElementsAre(".pyfw-0123456789abcdef", ".record.swp", ".pyfw-notes",
                                                    ".pyfw-0123456789abcdeg"));
}

TEST_F(StateDirTest, RunsThatOpenTheFolderDoNotDisturbOneThatWrites) {
  auto store = open_to_write();
  std::atomic<bool> done = false;
  std::thread other([&] {
    while (!done) expect(try_open(StateAccess::kWrite));
  });
  for (int i = 0; i < 200; ++i) EXPECT_EQ(what_went_wrong(store->write("record", std::to_string(i))), "");
  done = true;
  other.join();
  EXPECT_EQ(expect(store->read("record")), "199");
}

TEST_F(StateDirTest, AFolderThatWasRemovedMeanwhileIsTold) {
  auto store = open_to_write();
  fs::remove_all(path_);
  EXPECT_EQ(expect(store->read("record")), std::nullopt);
  EXPECT_THAT(what_went_wrong(store->write("record", "x")),
              AllOf(HasSubstr(part_ / "record"), HasSubstr("start pyfw again")));
}

}  // namespace
}  // namespace pyfw
