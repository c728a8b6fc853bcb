#include "sys/process_sockets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"

namespace pyfw {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;
using testing::Pair;

std::uint64_t inode_of(const Fd& fd) {
  struct stat file{};
  if (fstat(fd.get(), &file) != 0) throw std::runtime_error("fstat");
  return file.st_ino;
}

TEST(ProcessSockets, AreThoseThatAreOpen) {
  Fd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  auto inode = inode_of(fd);
  auto sockets = sockets_of(getpid());
  ASSERT_TRUE(sockets);
  EXPECT_THAT(*sockets, Contains(inode));
  fd.close();
  EXPECT_THAT(*sockets_of(getpid()), Not(Contains(inode)));
}

TEST(ProcessSockets, AreNamedByTheProgramThatHoldsThem) {
  Fd ours(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  EXPECT_THAT(holders_of({inode_of(ours), 0}), ElementsAre(Pair(inode_of(ours), "sys_test")));
}

}  // namespace
}  // namespace pyfw
