// What an apply does not touch goes on counting from where it was.

#include <fmt/format.h>

#include "base/strings.h"
#include "live.h"

namespace pyfw::netns {
namespace {

using testing::Contains;
using testing::Not;

class Counters : public LiveTest {
 protected:
  void SetUp() override {
    LiveTest::SetUp();
    if (IsSkipped()) return;
    sh("ipset create s hash:ip; ipset add s 10.0.0.1");
    restore(
        "*filter\n:INPUT ACCEPT [1:2]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:THEIRS - [0:0]\n"
        "[11:12] -A INPUT -j THEIRS\n[13:14] -A INPUT -s 10.9.9.9/32 -j DROP\n[15:16] -A INPUT -s "
        "10.9.9.9/32 -j DROP\n"
        "[17:18] -A INPUT -m set --match-set s src -j DROP\n[23:24] -A THEIRS -i virbr0 -j ACCEPT\nCOMMIT\n");
    foreign_ = counted();
    ASSERT_EQ(foreign_.size(), 5);
  }

  // Each rule with its counters.
  std::vector<std::string> counted() const {
    std::vector<std::string> lines;
    auto saved = save("iptables", "-c -t filter");
    for (auto line : split(saved, '\n'))
      if (line.starts_with('[')) lines.emplace_back(line);
    return lines;
  }
  void apply_wishes(const std::string& wishes) const {
    wish("pyfw_wishes:\n" + wishes);
    auto run = pyfw({"apply"});
    EXPECT_EQ(run.status, 0) << run.out << run.err;
    auto now = counted();
    for (const auto& line : foreign_) EXPECT_THAT(now, Contains(line)) << wishes;
  }
  // As if packets had met the rule of that name.
  void count(const std::string& name, const std::string& counters) const {
    auto saved = save("iptables", "-c -t filter");
    std::string changed;
    for (auto line : split(saved, '\n')) {
      auto behind = line.find("] -A");
      bool is_it =
          behind != std::string_view::npos && line.find("--comment " + name + " ") != std::string_view::npos;
      changed += is_it ? counters + std::string(line.substr(behind + 1)) : std::string(line);
      changed += '\n';
    }
    restore(changed);
  }

  std::vector<std::string> foreign_;
};

TEST_P(Counters, OfUntouchedRulesStayOverInsertsMovesAndPolicies) {
  apply_wishes(
      "  iptables: { filter: { INPUT: { rules: [ a: -s 10.0.0.1 -j LOG, '~rest': , b: -s 10.0.0.2 -j LOG ] "
      "}}}\n");
  count("a", "[70:700]");
  EXPECT_THAT(counted(), Contains("[70:700] -A INPUT -s 10.0.0.1/32 -m comment --comment a -j LOG"));
  apply_wishes(
      "  iptables: { filter: { INPUT: { default_action: DROP, rules: [ b: -s 10.0.0.2 -j LOG, a: -s 10.0.0.1 "
      "-j LOG, "
      "'~rest': , c: -j LOG ] }}}\n");
  EXPECT_THAT(counted(), Contains("[70:700] -A INPUT -s 10.0.0.1/32 -m comment --comment a -j LOG"));
  apply_wishes(
      "  iptables: { filter: { INPUT: { default_action: ACCEPT, rules: [ a: -s 10.0.0.1 -j LOG, '~rest': ] "
      "}}}\n");
  EXPECT_THAT(counted(), Contains("[70:700] -A INPUT -s 10.0.0.1/32 -m comment --comment a -j LOG"));
}

TEST_P(Counters, OfRulesThatUseASetStayWhileItIsSwapped) {
  apply_wishes(
      "  ipsets: { o: { type: 'hash:ip', members_equal: [10.0.0.1] } }\n"
      "  iptables: { filter: { INPUT: { rules: [ a: -m set --match-set o src -j LOG ] }}}\n");
  count("a", "[70:700]");
  apply_wishes(
      "  ipsets: { o: { type: 'hash:ip', members_equal: [10.0.0.3, 10.0.0.2] }, s: { members_include: "
      "[10.0.0.5, "
      "10.0.0.6] } }\n"
      "  iptables: { filter: { INPUT: { rules: [ a: -m set --match-set o src -j LOG ] }}}\n");
  EXPECT_THAT(counted(),
              Contains("[70:700] -A INPUT -m set --match-set o src -m comment --comment a -j LOG"));
}

// A set that changes together with its rules is brought to them under another name, so they are laid anew;
// and so are rules that move.
TEST_P(Counters, OfRulesThatAreLaidAnewGoOn) {
  apply_wishes(
      "  ipsets: { o: { type: 'hash:ip', members_equal: [10.0.0.1] } }\n"
      "  iptables: { filter: { INPUT: { rules: [ a: -m set --match-set o src -j LOG, b: -s 10.0.0.2 -j LOG ] "
      "}}}\n");
  count("a", "[70:700]");
  count("b", "[80:800]");
  apply_wishes(
      "  ipsets: { o: { type: 'hash:ip', members_equal: [10.0.0.3, 10.0.0.2] } }\n"
      "  iptables: { filter: { INPUT: { rules: [ c: -j LOG, a: -m set --match-set o src -j LOG, '~rest': , "
      "b: -s "
      "10.0.0.2 -j LOG ] }}}\n");
  EXPECT_THAT(counted(),
              Contains("[70:700] -A INPUT -m set --match-set o src -m comment --comment a -j LOG"));
  EXPECT_THAT(counted(), Contains("[80:800] -A INPUT -s 10.0.0.2/32 -m comment --comment b -j LOG"));
  apply_wishes(
      "  ipsets: { o: { type: 'hash:net', members_equal: [10.0.0.0/8] } }\n"
      "  iptables: { filter: { INPUT: { rules: [ a: -m set --match-set o src -j LOG, '~rest': , b: -s "
      "10.0.0.2 -j "
      "LOG ] }}}\n");
  EXPECT_THAT(counted(),
              Contains("[70:700] -A INPUT -m set --match-set o src -m comment --comment a -j LOG"));
}

PYFW_ON_BOTH_BACKENDS(Counters);

}  // namespace
}  // namespace pyfw::netns
