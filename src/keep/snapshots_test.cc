#include "keep/snapshots.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "keep/store_for_tests.h"

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

State example_state() {
  State state;
  ensure_chain(state.iptables, "filter", "INPUT").rules = {Rule{"-j DROP"}};
  state.sets = {{.name = "all", .type = "list:set", .header = "size 8", .members = {"one"}},
                {.name = "one", .type = "hash:ip", .header = "family inet", .members = {"10.0.0.1"}}};
  return state;
}

Snapshot example(SnapshotKind kind = SnapshotKind::kApply) {
  Snapshot snapshot{.id = {}, .kind = kind, .time = "2026-11-20 13:19:59 UTC"};
  snapshot.summary = "3 rules new \xff";
  snapshot.backend = Backend::kLegacy;
  snapshot.record = Record{.wishes = "/etc/pyfw"};
  return snapshot;
}

std::vector<std::string> ids(const Snapshots& snapshots) {
  std::vector<std::string> out;
  for (const auto& snapshot : snapshots.all) out.push_back(snapshot.id);
  return out;
}

TEST(Snapshots, AreReadAsTheyWereKept) {
  MemoryStore store;
  EXPECT_EQ(*keep_snapshot(store, texts_of(example_state(), example())), "1");
  EXPECT_EQ(*keep_snapshot(store, texts_of(example_state(), example(SnapshotKind::kRollback))), "2");
  auto first = example();
  first.id = "1";
  first.changes = {change_of(State(), Desired{.state = example_state(), .foreign = {}}, {})};
  ASSERT_TRUE(update_snapshot(store, first));
  auto second = example(SnapshotKind::kRollback);
  second.id = "2";
  auto read = read_snapshots(store);
  ASSERT_TRUE(read);
  EXPECT_THAT(read->all, ElementsAre(first, second));
  EXPECT_THAT(read->damaged, IsEmpty());
}

TEST(Snapshots, AreSavesThatCanBeRestoredWithoutPyfw) {
  MemoryStore store;
  ASSERT_TRUE(keep_snapshot(store, texts_of(example_state(), example())));
  EXPECT_EQ(store.texts.at("1/iptables.save"),
            "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n"
            "-A INPUT -j DROP\nCOMMIT\n");
  EXPECT_EQ(store.texts.at("1/ip6tables.save"), "");
  EXPECT_EQ(store.texts.at("1/ipset.save"),
            "create one hash:ip family inet\nadd one 10.0.0.1\ncreate all list:set size 8\nadd all one\n");
}

TEST(Snapshots, OneThatWasCutShortDoesNotCount) {
  for (int writes = 0; writes < 4; ++writes) {
    MemoryStore store;
    store.writes_left = writes;
    EXPECT_FALSE(keep_snapshot(store, texts_of(example_state(), example())));
    auto read = read_snapshots(store);
    ASSERT_TRUE(read);
    EXPECT_THAT(read->all, IsEmpty());
    EXPECT_THAT(read->damaged, IsEmpty());
    store.writes_left = 4;
    auto id = *keep_snapshot(store, texts_of(example_state(), example()));
    EXPECT_EQ(*store.folders(), std::vector{id}) << "the half one is gone";
  }
}

TEST(Snapshots, OldestOfItsKindGoes) {
  MemoryStore store;
  ASSERT_TRUE(keep_snapshot(store, texts_of(State(), example())));
  ASSERT_TRUE(keep_snapshot(store, texts_of(State(), example(SnapshotKind::kRollback))));
  for (std::size_t i = 0; i < 2 * kSnapshotsKept; ++i)
    ASSERT_TRUE(keep_snapshot(store, texts_of(State(), example(SnapshotKind::kRepair))));
  auto read = *read_snapshots(store);
  EXPECT_EQ(read.all.size(), 2 + kSnapshotsKept);
  EXPECT_EQ(ids(read)[0], "1");
  EXPECT_EQ(ids(read)[2], std::to_string(3 + kSnapshotsKept));
  for (std::size_t i = 0; i < kSnapshotsKept - 1; ++i)
    ASSERT_TRUE(keep_snapshot(store, texts_of(State(), example())));
  read = *read_snapshots(store);
  EXPECT_EQ(ids(read)[0], "2");
  EXPECT_EQ(read.all.size(), 2 * kSnapshotsKept);
}

TEST(Snapshots, DamagedOneIsNamedAndLeftOut) {
  MemoryStore store;
  ASSERT_TRUE(keep_snapshot(store, texts_of(State(), example())));
  ASSERT_TRUE(keep_snapshot(store, texts_of(State(), example())));
  store.texts.at("1/about").pop_back();
  store.texts["x/about"] = "no snapshot";
  store.texts["007/about"] = "no snapshot";
  auto read = *read_snapshots(store);
  EXPECT_THAT(ids(read), ElementsAre("2"));
  EXPECT_THAT(read.damaged, ElementsAre("1"));
  EXPECT_EQ(*keep_snapshot(store, texts_of(State(), example())), "3");
}

TEST(Snapshots, OneThatThereIsNoRoomForLeavesNothing) {
  MemoryStore store;
  store.writes_left = 2;
  EXPECT_FALSE(keep_snapshot(store, {.iptables = "a", .ip6tables = "b", .ipset = "c", .about = "d"}));
  EXPECT_TRUE(store.texts.empty());
}

}  // namespace
}  // namespace pyfw
