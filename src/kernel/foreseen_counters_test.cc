#include "kernel/foreseen_counters.h"

#include "plan/continued.h"
#include "sys/namespace_for_tests.h"

namespace pyfw {
namespace {

// Not one that is put in as bytes (portable_rule.h), for which nothing has to be foreseen.
constexpr auto kRule = "-m limit --limit 3/hour -j LOG";

class ForeseenCountersTest : public InOwnNamespace {
 protected:
  void SetUp() override {
    InOwnNamespace::SetUp();
    if (!IsSkipped())
      sh("iptables-nft-restore -c", fmt::format("*filter\n[70:700] -A INPUT {}\nCOMMIT\n", kRule));
  }
  // A rule that goes on as another one.
  static TableCommit commit() {
    TableCommit out{.table = "filter", .lines = {}};
    out.lines.push_back({.kind = TableLine::Kind::kDelete, .chain = "INPUT", .rule = Rule{kRule}, .at = 1});
    out.lines.push_back({.chain = "INPUT", .rule = Rule{kRule}, .at = 1});
    std::vector<Commit> marked = {out};
    mark_continued(marked, {});
    return std::get<TableCommit>(marked[0]);
  }
  static std::optional<Counters> kept_by(ForeseenCounters& counters) {
    auto out = commit();
    counters.keep(out);
    return out.lines[1].counters;
  }

  Netns netns_{Backend::kNft};
  ForeseenCounters counters_{netns_};
};

TEST_F(ForeseenCountersTest, AreReadWhereNobodyKnowsThem) {
  EXPECT_EQ(kept_by(counters_), (Counters{.packets = 70, .bytes = 700}));
}

TEST_F(ForeseenCountersTest, AreThoseOfALookOnceAndThenReadAgain) {
  counters_.take({.table = "filter"}, fmt::format("[9:90] -A INPUT {}\n", kRule));
  EXPECT_EQ(kept_by(counters_), (Counters{.packets = 9, .bytes = 90}));
  EXPECT_EQ(kept_by(counters_), (Counters{.packets = 70, .bytes = 700}));
}

TEST_F(ForeseenCountersTest, AreThoseOfTheTimeWhenTheyWereForeseen) {
  Commit foreseen = commit();
  counters_.foresee(std::span(&foreseen, 1));
  sh("iptables-nft -Z INPUT");
  EXPECT_EQ(kept_by(counters_), (Counters{.packets = 70, .bytes = 700}));
  EXPECT_EQ(kept_by(counters_), Counters{});
}

TEST_F(ForeseenCountersTest, NobodyCountsInAScratchNamespace) {
  Netns scratch(Backend::kNft, expect(Scratch::make()));
  ForeseenCounters counters(scratch);
  counters.take({.table = "filter"}, fmt::format("[9:90] -A INPUT {}\n", kRule));
  EXPECT_EQ(kept_by(counters), std::nullopt);
}

}  // namespace
}  // namespace pyfw
