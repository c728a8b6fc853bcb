#include "wish/loops.h"

#include <gtest/gtest.h>

namespace pyfw {
namespace {

struct Scene {
  WrittenRules written;
  State desired;

  void wish(const std::string& chain, const std::string& target) {
    written[{.table = "filter", .chain = chain}].push_back(
        {.rule = Rule{"-j " + target}, .target = {.text = target, .place = {}}});
    add(chain, target);
  }
  void add(const std::string& chain, const std::string& target) {
    ensure_chain(desired.iptables, "filter", target);
    ensure_chain(desired.iptables, "filter", chain).rules.push_back(Rule{"-j " + target});
  }
};

TEST(RefuseLoops, NamesTheWishWhoseJumpClosesALoopThroughForeignRules) {
  Scene scene;
  scene.wish("INPUT", "A");
  scene.wish("A", "B");
  scene.add("B", "C");
  EXPECT_TRUE(refuse_loops(scene.written, scene.desired));
  scene.add("C", "A");
  auto refused = refuse_loops(scene.written, scene.desired);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "chain 'A' jumps to 'B', which leads back to it");
}

TEST(RefuseLoops, AChainThatIsMetTwiceIsNoLoop) {
  Scene scene;
  scene.wish("A", "B");
  scene.wish("A", "C");
  scene.wish("B", "C");
  EXPECT_TRUE(refuse_loops(scene.written, scene.desired));
}

}  // namespace
}  // namespace pyfw
