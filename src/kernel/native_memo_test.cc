#include "kernel/native_memo.h"

#include <fmt/format.h>

#include <filesystem>

#include "kernel/linux_kernel.h"
#include "sys/namespace_cookie.h"
#include "sys/namespace_for_tests.h"
#include "sys/run_folder.h"

namespace pyfw {
namespace {

using testing::HasSubstr;

class NativeMemo : public InOwnNamespace {
 protected:
  void SetUp() override {
    InOwnNamespace::SetUp();
    if (!IsSkipped() && !namespace_cookie()) GTEST_SKIP() << "this kernel numbers no namespaces";
  }
  void TearDown() override {
    if (auto cookie = namespace_cookie(); cookie && !IsSkipped()) std::filesystem::remove(path());
    InOwnNamespace::TearDown();
  }
  static Result<void> look(LinuxKernel& kernel) {
    TRY_VOID(kernel.read());
    return kernel.finish_reading();
  }
  static std::string path() { return fmt::format("{}/iptables-only-{}", kRunFolder, *namespace_cookie()); }
};

constexpr const char* kAddNative = "nft add rule ip filter INPUT tcp dport '{ 80, 443 }' accept";

TEST_F(NativeMemo, IsOfOneGeneration) {
  EXPECT_FALSE(has_no_native_rules_at(7));
  note_no_native_rules_at(7);
  EXPECT_TRUE(has_no_native_rules_at(7));
  EXPECT_FALSE(has_no_native_rules_at(8));
  note_no_native_rules_at(1'234'567'890);
  EXPECT_TRUE(has_no_native_rules_at(1'234'567'890));
  note_no_native_rules_at(8);
  EXPECT_TRUE(has_no_native_rules_at(8));
  EXPECT_FALSE(has_no_native_rules_at(7));
}

TEST_F(NativeMemo, IsOfOneNamespace) {
  note_no_native_rules_at(7);
  auto here = path();
  ASSERT_EQ(unshare(CLONE_NEWNET), 0);
  EXPECT_FALSE(has_no_native_rules_at(7));
  std::filesystem::remove(here);
}

TEST_F(NativeMemo, IsOfOneBoot) {
  note_no_native_rules_at(7);
  sh("sed -i 's/^........-/00000000-/' " + path());
  EXPECT_FALSE(has_no_native_rules_at(7));
}

TEST_F(NativeMemo, OneThatAnybodyCouldHaveWrittenSaysNothing) {
  note_no_native_rules_at(7);
  sh("chmod 666 " + path());
  EXPECT_FALSE(has_no_native_rules_at(7));
}

TEST_F(NativeMemo, ARuleOfNftIsFoundAfterACleanLook) {
  sh("iptables-nft -A INPUT -p tcp --dport 22 -j ACCEPT");
  LinuxKernel kernel(Backend::kNft);
  expect(look(kernel));
  ASSERT_TRUE(has_no_native_rules_at(*expect(kernel.generation())));
  sh(kAddNative);
  auto looked = look(kernel);
  ASSERT_FALSE(looked);
  EXPECT_THAT(looked.error().message, HasSubstr("rule 2 of chain 'INPUT'"));
}

TEST_F(NativeMemo, ARuleOfNftIsFoundAfterACommitOfOurs) {
  LinuxKernel kernel(Backend::kNft);
  expect(look(kernel));
  TableCommit commit{.family = Family::kIpv4, .table = "filter", .lines = {}};
  commit.lines.push_back({.chain = "INPUT", .rule = Rule{"-j DROP"}, .at = 1});
  EXPECT_EQ(expect(kernel.commit(commit, expect(kernel.generation()))), Committed::kDone);
  EXPECT_TRUE(has_no_native_rules_at(*expect(kernel.generation())));
  sh(kAddNative);
  EXPECT_FALSE(look(kernel));
}

TEST_F(NativeMemo, ACommitOfOursVouchesForNothingThatNobodyLookedAt) {
  sh(std::string("iptables-nft -A INPUT -j LOG; ") + kAddNative);
  LinuxKernel kernel(Backend::kNft);
  TableCommit commit{.family = Family::kIpv4, .table = "filter", .lines = {}};
  commit.lines.push_back({.chain = "OUTPUT", .rule = Rule{"-j DROP"}, .at = 1});
  EXPECT_EQ(expect(kernel.commit(commit, expect(kernel.generation()))), Committed::kDone);
  EXPECT_FALSE(has_no_native_rules_at(*expect(kernel.generation())));
  EXPECT_FALSE(look(kernel));
}

}  // namespace
}  // namespace pyfw
