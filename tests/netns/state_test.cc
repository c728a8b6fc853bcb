// `pyfw state` on a live host.

#include <fmt/format.h>

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

// All of a document before its facts.
std::string without_facts(const std::string& document) {
  return document.substr(0, document.find("  facts:"));
}

TEST_P(State, AsYamlIsTheDocumentOfPrintStateAndMore) {
  auto run = pyfw({"state", "--format", "yaml"});
  auto backend = fmt::format("  backend: {}\n", is_legacy() ? "legacy" : "nft");
  auto classic = without_facts(pyfw({"--print-state"}).out);
  std::string_view top = "pyfw_state:\n";
  EXPECT_EQ(without_facts(run.out), classic.insert(top.size(), backend));
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

TEST_P(State, ADocumentTakesItsHostElsewhere) {
  sh("ip rule add fwmark 1 table 100 priority 50; ip route add blackhole 10.9.0.0/16 table 100;"
     "ip link add br0 type bridge; ip link add web type veth peer name eth0; ip link set web master br0;"
     "iptables-nft -A OUTPUT -j LOG; iptables-legacy -A OUTPUT -j LOG; nft add table inet theirs");
  auto here = pyfw({"state"});
  ASSERT_EQ(here.status, 0) << here.err;
  EXPECT_EQ(here.err, "");
  for (const char* text : {"blackhole", "mark: 0x1", "bridge: br0", "kind: veth", "ip_forward: ",
                           "rp_filter: ", "listeners: []", "other_backend:", "nft_tables:", "- inet theirs"})
    EXPECT_THAT(here.out, HasSubstr(text));
  fresh_host();
  auto written = host().write_file("/run/host.yaml", here.out);
  ASSERT_TRUE(written);
  EXPECT_EQ(pyfw({"state", "--use-state", "/run/host.yaml"}).out, here.out);
}

TEST_P(State, OfAHostThatNobodyTouchedIsEmpty) {
  fresh_host();
  EXPECT_EQ(pyfw({"state", "--format", "save"}).out, "# iptables-save\n# ip6tables-save\n# ipset save\n");
}

PYFW_ON_BOTH_BACKENDS(State);

}  // namespace
}  // namespace pyfw::netns
