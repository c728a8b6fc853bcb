#include "ask/dead_wishes.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ask/verdict_words.h"
#include "trace/host_for_tests.h"
#include "wish/wishes_for_tests.h"

namespace pyfw {
namespace {

using testing::ElementsAre;

// "filter INPUT 2 at a.yaml:4:10 (allow_ssh)", each; a rule of somebody else's has no place.
std::vector<std::string> found(const std::string& wishes_text, const std::string& live, Backend backend) {
  HostForTests made;
  auto& state = made.rules(live).state();
  state.backend = backend;
  auto wishes = wishes_from({wishes_text});
  auto written = write_rules(*wishes, {.facts = Facts{}});
  auto resolved = pyfw::resolved(wishes, state.state);
  EXPECT_TRUE(resolved.has_value()) << told(resolved);
  state.state = resolved->desired.state;
  state.other = BackendRules{.iptables = state.state.iptables, .ip6tables = {}};
  auto host = made.traced();
  auto dead = dead_wishes(host, state.state.sets, WishPlaces(*wishes, *written, resolved->desired, backend));
  std::vector<std::string> out;
  for (const auto& one : *dead)
    out.push_back(name_of_rule(host, one.dead.rule) +
                  (one.wish ? fmt::format(" at {} ({})", where(one.wish->place), one.wish->name) : ""));
  return out;
}

constexpr const char* kLive =
    "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n"
    "-A INPUT -p tcp -m comment --comment theirs -j ACCEPT\n"
    "-A INPUT -p udp -m udp --dport 53 -m comment --comment LIBVIRT -j ACCEPT\nCOMMIT\n";

constexpr const char* kWishes = R"(pyfw_wishes:
  iptables:
    filter:
      INPUT:
        rules:
        - no_udp: -p udp -j DROP
        - ~rest:
        - allow_ssh: -p tcp --dport 22 -j ACCEPT
        - -p tcp -m tcp --dport 23 -j DROP
        - ~match: LIBVIRT
)";

TEST(DeadWishes, HaveThePlaceOfTheWishAndThoseOfOthersNone) {
  EXPECT_THAT(found(kWishes, kLive, Backend::kNft),
              ElementsAre("legacy filter INPUT 3", "legacy filter INPUT 4", "legacy filter INPUT 5",
                          "nft filter INPUT 3 at a.yaml:8:22 (allow_ssh)",
                          "nft filter INPUT 4 at a.yaml:9:11 ()", "nft filter INPUT 5"));
}

TEST(DeadWishes, AreThoseOfTheBackendThatTheWishesAreOn) {
  EXPECT_THAT(found(kWishes, kLive, Backend::kLegacy),
              testing::Contains("legacy filter INPUT 3 at a.yaml:8:22 (allow_ssh)"));
  EXPECT_THAT(found(kWishes, kLive, Backend::kLegacy), testing::Contains("nft filter INPUT 3"));
}

}  // namespace
}  // namespace pyfw
