// Files that can't be read or must not be trusted. Root is asked for where ownership matters.

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "cli.h"

namespace pyfw::cli {
namespace {

class BadFiles : public CliTest {
 protected:
  void expect_unreadable(const std::string& name, const std::string& message) const {
    auto run = pyfw({"--wishes", name, "--iptables-save", "state.save"});
    EXPECT_EQ(run.err, "pyfw: error: can't read " + name + ": " + message + "\n");
    EXPECT_EQ(run.out, "");
    EXPECT_EQ(run.status, 1);
  }
  [[nodiscard]] std::string path(const std::string& name) const { return folder_ + "/" + name; }
};

TEST_F(BadFiles, MissingFileIsNamed) { expect_unreadable("nowhere.yaml", "No such file or directory"); }

TEST_F(BadFiles, NamedPipeIsRefusedWithoutWaitingForAWriter) {
  ASSERT_EQ(mkfifo(path("pipe.yaml").c_str(), 0600), 0);
  expect_unreadable("pipe.yaml", "not a regular file");
}

TEST_F(BadFiles, DeviceIsRefused) { expect_unreadable("/dev/zero", "not a regular file"); }

TEST_F(BadFiles, FolderWithoutWishesIsRefused) {
  std::filesystem::create_directory(path("empty"));
  expect_unreadable("empty", "no *.yaml file in this folder");
}

TEST_F(BadFiles, FolderCalledLikeAFileIsRefused) {
  std::filesystem::create_directories(path("folder/a.yaml"));
  auto run = pyfw({"--wishes", "folder", "--iptables-save", "state.save"});
  EXPECT_EQ(run.err, "pyfw: error: can't read folder/a.yaml: not a regular file\n");
}

TEST_F(BadFiles, FileThatOthersCanWriteIsRefused) {
  if (geteuid() != 0) GTEST_SKIP() << "only root's files decide about root's firewall";
  write("open.yaml", "pyfw_wishes:\n");
  ASSERT_EQ(chmod(path("open.yaml").c_str(), 0646), 0);
  expect_unreadable("open.yaml", "others than root can write it; chmod go-w open.yaml");
}

TEST_F(BadFiles, FileOfAnotherUserIsRefused) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  write("alien.yaml", "pyfw_wishes:\n");
  ASSERT_EQ(chown(path("alien.yaml").c_str(), 65534, 0), 0);
  expect_unreadable("alien.yaml", "it does not belong to root; chown root alien.yaml");
}

TEST_F(BadFiles, MembersFileThatOthersCanWriteIsRefusedAtItsMention) {
  if (geteuid() != 0) GTEST_SKIP() << "only root's files decide about root's firewall";
  write("members.txt", "10.0.0.1\n");
  ASSERT_EQ(chmod(path("members.txt").c_str(), 0666), 0);
  expect_refused("pyfw_wishes:\n  ipsets:\n    a: { type: 'hash:ip', members_file: ⟦members.txt⟧ }\n",
                 "can't read members.txt: others than root can write it", "chmod go-w members.txt");
}

TEST_F(BadFiles, HugeFileIsRefusedUnread) {
  write("huge.yaml", "");
  std::filesystem::resize_file(path("huge.yaml"), (64U << 20U) + 1);
  expect_unreadable("huge.yaml", "larger than 64 MiB");
}

TEST_F(BadFiles, EmptyFileIsNoWish) {
  auto run = plan("");
  EXPECT_EQ(run.err,
            "wishes.yaml:1:1: error: no wishes here\n    1 | \n      | ^\n   a wishes file begins with "
            "'pyfw_wishes:'\n");
  EXPECT_EQ(run.status, 1);
}

TEST_F(BadFiles, TextThatIsNotUtf8IsRefusedAtTheByte) {
  auto run = plan("pyfw_wishes:\n  # für \xff\n");
  EXPECT_EQ(
      run.err,
      "wishes.yaml:2:9: error: not valid UTF-8 text: invalid leading UTF-8 octet\n    2 |   # für \xff\n"
      "      |         ^\n");
  EXPECT_EQ(run.status, 1);
}

TEST_F(BadFiles, ByteOrderMarkIsNoError) {
  auto run = plan("\xEF\xBB\xBFpyfw_wishes:\n");
  EXPECT_EQ(run.out, kNothingToDo);
  EXPECT_EQ(run.err, "");
}

TEST_F(BadFiles, CarriageReturnsBeforeNewlinesAreNoError) {
  auto run =
      plan("pyfw_wishes:\r\n  iptables:\r\n    filter:\r\n      INPUT:\r\n        default_action: DROP\r\n");
  EXPECT_EQ(run.out, kNothingToDo);
  EXPECT_EQ(run.err, "");
}

TEST_F(BadFiles, LoneCarriageReturnIsRefused) {
  auto run = plan("pyfw_wishes:\n  vars:\r    a: b\n");
  EXPECT_EQ(run.err,
            "wishes.yaml:2:8: error: YAML takes this invisible character for a line break\n"
            "    2 |   vars:?    a: b\n      |        ^\n   remove it; lines end with a newline\n");
}

TEST_F(BadFiles, ControlCharactersOfTheFileDoNotReachTheTerminal) {
  auto run = plan("pyfw_wishes:\n  \"a\\e[31m\": 1\n  b: \x1b[31m\n");
  EXPECT_EQ(run.err.find('\x1b'), std::string::npos) << run.err;
  EXPECT_EQ(run.status, 1);
}

TEST_F(BadFiles, ControlCharactersInAFileNameDoNotReachTheTerminal) {
  auto run = pyfw({"--wishes", "a\x1b[31m\nb\xC2\x9Bm", "--iptables-save", "state.save"});
  EXPECT_EQ(run.err, "pyfw: error: can't read a\\x1b[31m\\x0ab\\xc2\\x9bm: No such file or directory\n");
}

TEST_F(BadFiles, CaretOfALongLineStandsInTheShownPart) {
  auto run = plan("pyfw_wishes: { vars: { a: " + std::string(5000, 'a') + ", 'c d': e } }\n");
  EXPECT_EQ(run.status, 1);
  auto lines = run.err.find("\n");
  ASSERT_NE(lines, std::string::npos);
  auto shown = run.err.substr(lines + 1);
  auto carets = shown.substr(shown.find('\n') + 1);
  EXPECT_EQ(shown.substr(carets.find('^'), 3), "c d");
}

}  // namespace
}  // namespace pyfw::cli
