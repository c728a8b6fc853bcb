#include "lint/silences.h"

#include "lint/for_tests.h"

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

constexpr auto kLog = "- log: -p tcp --dport 23 -j LOG";

std::vector<std::string> said(std::vector<std::string> lines) {
  lines.emplace_back("- no: -p tcp --dport 24 -j DROP");
  return said_of(chain_of("INPUT", lines));
}

TEST(Silences, StandAboveTheLineOrAtItsEnd) {
  EXPECT_THAT(said({kLog}), ElementsAre(StartsWith("log-without-limit at 6:")));
  EXPECT_THAT(said({"# pyfw: ignore log-without-limit, since it is meant", kLog}), IsEmpty());
  EXPECT_THAT(said({std::string(kLog) + "  # pyfw: ignore log-without-limit because it is meant"}),
              IsEmpty());
}

TEST(Silences, MayHaveOtherCommentsBetweenThemAndTheLine) {
  EXPECT_THAT(said({"# pyfw: ignore log-without-limit, since it is meant", "# Telnet.", kLog}), IsEmpty());
}

TEST(Silences, ReachNoOtherLine) {
  EXPECT_THAT(said({"# pyfw: ignore log-without-limit, since it is meant", kLog, "- b: -p udp -j LOG"}),
              ElementsAre(StartsWith("log-without-limit at 8:")));
}

TEST(Silences, NameSeveralFindings) {
  EXPECT_THAT(said({"# pyfw: ignore log-without-limit, old-state-match, since both are meant",
                    "- log: -m state --state NEW -j LOG"}),
              IsEmpty());
}

TEST(Silences, WithoutAReasonAreAFinding) {
  EXPECT_THAT(said({"# pyfw: ignore log-without-limit", kLog}), ElementsAre("silence-without-reason at 6:9"));
  EXPECT_THAT(said({"# pyfw: ignore log-without-limit, since", kLog}),
              ElementsAre("silence-without-reason at 6:9"));
}

TEST(Silences, OfNothingAreAFinding) {
  EXPECT_THAT(said({"# pyfw: ignore old-state-match, since it was there", "- a: -p udp -j DROP"}),
              ElementsAre("silence-of-nothing at 6:9"));
  EXPECT_THAT(said({"# pyfw: ignore no-such-lint, since …", "- a: -p udp -j DROP"}),
              ElementsAre("silence-of-nothing at 6:9"));
}

TEST(Silences, AreNoneInQuotes) {
  auto file = std::make_shared<const Source>(Source{
      .name = "a", .text = "- 'it # pyfw: ignore a, since b'\n- \"a \\\" # pyfw: ignore a, since b\"\n"});
  EXPECT_THAT(silences_in(file), IsEmpty());
}

}  // namespace
}  // namespace pyfw
