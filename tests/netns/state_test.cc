// `pyfw state` on a live host.

#include <nlohmann/json.hpp>

#include "base/strings.h"
#include "live.h"

namespace pyfw::netns {
namespace {

using testing::HasSubstr;

class State : public LiveTest {
 protected:
  void SetUp() override {
    LiveTest::SetUp();
    if (IsSkipped()) return;
    sh("ipset create s hash:ip comment; ipset add s 10.0.0.1 comment 'it'\\''s a: b'; ipset create l "
       "list:set; ipset add l s;"
       "iptables -N lower.case; iptables -A INPUT -m comment --comment '' -j lower.case;"
       "iptables -A INPUT -m comment --comment 'it'\\''s \"q\" \\ ü' -m set --match-set s src -j DROP;"
       "iptables -t nat -A POSTROUTING -j MASQUERADE; ip6tables -P FORWARD DROP;"
       "ip6tables -A FORWARD -s 2001:db8::1 -j REJECT; ip addr add 10.0.0.1/24 dev lo");
  }
};

// A save's lines without what changes by itself.
std::string bare(const std::string& saved) {
  std::string out;
  for (auto line : split(saved, '\n')) {
    if (line.empty() || line.starts_with('#')) continue;
    bool counts = line.starts_with(':');
    out += counts ? std::string(line.substr(0, line.rfind('['))) + "[0:0]" : std::string(line);
    out += '\n';
  }
  return out;
}

TEST_P(State, AsSaveHasTheBytesOfTheTools) {
  auto run = pyfw({"state", "--format", "save"});
  EXPECT_EQ(run.out, "# iptables-save\n" + bare(sh("iptables-save")) + "# ip6tables-save\n" +
                         bare(sh("ip6tables-save")) + "# ipset save\n" + sh("ipset save"));
  EXPECT_EQ(run.err, "");
  EXPECT_EQ(run.status, 0);
}

TEST_P(State, AsYamlIsTheDocumentOfPrintState) {
  auto run = pyfw({"state", "--format", "yaml"});
  EXPECT_EQ(run.out, pyfw({"--print-state"}).out);
  EXPECT_EQ(run.out, pyfw({"state"}).out);
  for (const char* text : {"default_action: DROP", "name: lo", "10.0.0.1/24", "lower.case:"})
    EXPECT_THAT(run.out, HasSubstr(text));
}

TEST_P(State, AsJsonHoldsTheSame) {
  auto state = nlohmann::json::parse(pyfw({"state", "--format", "json"}).out).at("pyfw_state");
  EXPECT_EQ(state["iptables"]["filter"]["INPUT"]["rules"].size(), 2);
  EXPECT_EQ(state["iptables"]["filter"]["lower.case"]["default_action"], "-");
  EXPECT_EQ(state["ip6tables"]["filter"]["FORWARD"]["default_action"], "DROP");
  EXPECT_EQ(state["ipsets"]["s"]["members"][0], "10.0.0.1 comment \"it's a: b\"");
  EXPECT_EQ(state["facts"]["interfaces"][0]["name"], "lo");
}

TEST_P(State, OfAHostThatNobodyTouchedIsEmpty) {
  fresh_host();
  EXPECT_EQ(pyfw({"state", "--format", "save"}).out, "# iptables-save\n# ip6tables-save\n# ipset save\n");
}

PYFW_ON_BOTH_BACKENDS(State);

}  // namespace
}  // namespace pyfw::netns
