#include "sys/renewed_store.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <stdexcept>

#include "sys/state_dir.h"

namespace pyfw {
namespace {

namespace fs = std::filesystem;

class RenewedStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "/pyfw-renewed-XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp");
    top_ = pattern;
    path_ = top_ / "pyfw";
  }
  void TearDown() override { fs::remove_all(top_); }

  Result<std::unique_ptr<Store>> open_anew() {
    ++opened_;
    auto opened = open_state_dir(path_, "host", StateAccess::kWrite);
    if (on_opened_) std::exchange(on_opened_, {})();
    return opened;
  }
  RenewedStore renewed_store() {
    return {std::move(open_anew()).value(), [this] { return open_anew(); }};
  }
  // From a backup, say.
  void replace(const char* record) {
    fs::rename(path_, top_ / ("old" + std::to_string(++replaced_)));
    ASSERT_TRUE((*open_state_dir(path_, "host", StateAccess::kWrite))->write("record", record));
  }

  fs::path top_;
  fs::path path_;
  std::function<void()> on_opened_;
  int opened_ = 0;
  int replaced_ = 0;
};

TEST_F(RenewedStoreTest, IsOpenedOnceAsLongAsTheFolderIsTheSame) {
  auto store = renewed_store();
  EXPECT_TRUE(store.write("record", "one"));
  EXPECT_EQ(*store.read("record"), "one");
  EXPECT_TRUE(store.write("7/about", "x"));
  EXPECT_EQ(store.folders()->size(), 1U);
  EXPECT_TRUE(store.remove("7"));
  EXPECT_TRUE(store.folders()->empty());
  EXPECT_EQ(opened_, 1);
}

TEST_F(RenewedStoreTest, IsThatOfTheFolderThatLiesThereNow) {
  auto store = renewed_store();
  EXPECT_TRUE(store.write("record", "one"));
  replace("two");
  EXPECT_EQ(*store.read("record"), "two");
  fs::remove_all(path_);
  EXPECT_EQ(*store.read("record"), std::nullopt);
  EXPECT_TRUE(store.write("record", "three"));
  EXPECT_EQ(*(*open_state_dir(path_, "host", StateAccess::kLook))->read("record"), "three");
}

TEST_F(RenewedStoreTest, OneThatIsReplacedWhileItIsOpenedIsOpenedAgain) {
  auto store = renewed_store();
  replace("two");
  on_opened_ = [this] { replace("three"); };
  (void)store.read("record");
  EXPECT_EQ(*store.read("record"), "three");
}

TEST_F(RenewedStoreTest, WhereTheFolderCantBeOpenedThatIsSaid) {
  auto store = renewed_store();
  fs::remove_all(path_);
  fs::create_symlink("elsewhere", path_);
  EXPECT_FALSE(store.read("record"));
  EXPECT_FALSE(store.write("record", "two"));
}

}  // namespace
}  // namespace pyfw
