#include "keep/daemon_note.h"

#include <gtest/gtest.h>

#include "keep/store_for_tests.h"

namespace pyfw {
namespace {

TEST(DaemonNote, IsReadAsItWasWritten) {
  MemoryStore store;
  EXPECT_EQ(*read_daemon_note(store), std::nullopt);
  DaemonNote note{.pid = 4711,
                  .started = ~std::uint64_t{0},
                  .since = "2026-11-20 13:19:59 UTC",
                  .follows = true,
                  .watched = {"nftables", "/var/run/docker.sock"},
                  .standing = "a change waits for its confirm",
                  .edit = "w\xe9.yaml:1:1: no wishes here"};
  ASSERT_TRUE(store.write(kDaemonNoteName, write_daemon_note(note)));
  EXPECT_EQ(*read_daemon_note(store), note);
  ASSERT_TRUE(store.write(kDaemonNoteName, write_daemon_note(note).substr(7)));
  EXPECT_FALSE(read_daemon_note(store));
}

}  // namespace
}  // namespace pyfw
