#include <gtest/gtest.h>

#include "engine/boot.h"
#include "keep/snapshots.h"
#include "keep/store_for_tests.h"

namespace pyfw {
namespace {

class ConfirmedRecord : public testing::Test {
 protected:
  void apply_unconfirmed(const std::optional<Record>& before) {
    keep({.wishes = "/new.yaml", .is_confirmed = false});
    ASSERT_TRUE(keep_snapshot(store_, texts_of({}, {.id = {}, .time = {}, .record = before})));
  }
  void keep(const Record& record) { store_.texts.insert_or_assign("record", write_record(record)); }

  MemoryStore store_;
  const Record before_{.wishes = "/before.yaml"};
};

TEST_F(ConfirmedRecord, IsTheOneThatStandsThere) {
  keep(before_);
  EXPECT_EQ(confirmed_record(store_).value(), before_);
}

TEST_F(ConfirmedRecord, IsTheOneBeforeAnApplyThatDiedAndIsPutBack) {
  apply_unconfirmed(before_);
  EXPECT_EQ(confirmed_record(store_).value(), before_);
  EXPECT_EQ(read_record(store_).value(), before_);
}

TEST_F(ConfirmedRecord, IsNoneBeforeTheFirstApplyOfAll) {
  apply_unconfirmed({});
  EXPECT_EQ(confirmed_record(store_).value(), std::nullopt);
  EXPECT_EQ(read_record(store_).value(), std::nullopt);
}

TEST_F(ConfirmedRecord, IsNotKnownWithoutTheSnapshot) {
  keep({.wishes = "/new.yaml", .is_confirmed = false});
  EXPECT_FALSE(confirmed_record(store_));
}

}  // namespace
}  // namespace pyfw
