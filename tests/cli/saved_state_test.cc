// States from files: the saves' own texts and the documents of --print-state.

#include "cli.h"

namespace pyfw::cli {
namespace {

using testing::HasSubstr;

class SavedState : public CliTest {
 protected:
  void expect_refused_save(const std::string& option, std::string_view marked_text, std::string_view message,
                           std::string_view hint) const {
    Marked marked(marked_text);
    write("bad.save", marked.text);
    write("wishes.yaml", "pyfw_wishes:\n");
    auto classic = pyfw({"--wishes", "wishes.yaml", option, "bad.save"});
    EXPECT_EQ(classic.err, marked.error("bad.save", message, hint));
    EXPECT_EQ(classic.out, "");
    EXPECT_EQ(classic.status, 1);
    auto subcommand = pyfw({"state", option, "bad.save"});
    EXPECT_EQ(subcommand.err, classic.err);
    EXPECT_EQ(subcommand.status, 2);
  }
};

constexpr auto kRulesHint = "expected *TABLE, :CHAIN POLICY [0:0], -A CHAIN … or COMMIT";
constexpr auto kSetsHint = "expected create NAME TYPE … or add NAME MEMBER";

TEST_F(SavedState, SaveThatWasCutIsRefused) {
  expect_refused_save("--iptables-save", "*filter\n:INPUT ACCEPT [0:0]\n⟦-⟧A INPUT -j ACC",
                      "table 'filter' ends without COMMIT", "the text was cut off: save it again");
}

TEST_F(SavedState, TableThatIptablesCannotShowIsRefusedByName) {
  expect_refused_save(
      "--iptables-save", "⟦# Table `filter' is incompatible, use 'nft' tool.⟧\n",
      "table 'filter' holds rules that iptables can't show",
      "they were written by nft itself: see `nft list ruleset`, and move them to a table of their own");
}

TEST_F(SavedState, LineThatNoSavePrintsIsRefused) {
  expect_refused_save("--ip6tables-save", "*filter\n⟦iptables: Permission denied⟧\nCOMMIT\n",
                      "no line that iptables-save prints", kRulesHint);
}

TEST_F(SavedState, RuleOfAnUndeclaredChainIsRefused) {
  expect_refused_save("--iptables-save", "*filter\n:INPUT ACCEPT [0:0]\n⟦-A FOWARD -j DROP⟧\nCOMMIT\n",
                      "no chain 'FOWARD' was declared in this table", "");
}

TEST_F(SavedState, OfABuiltinChainThatIsNotDeclaredNoPolicyIsSaid) {
  write("save", "*filter\n-A INPUT -i lo -j ACCEPT\nCOMMIT\n");
  write("wishes.yaml",
        "pyfw_wishes:\n  iptables:\n    filter:\n      INPUT:\n        default_action: DROP\n");
  EXPECT_THAT(pyfw({"state", "--iptables-save", "save"}).out, HasSubstr("      INPUT:\n        rules:\n"));
  EXPECT_THAT(pyfw({"plan", "--wishes", "wishes.yaml", "--iptables-save", "save"}).out,
              HasSubstr("filter INPUT (iptables)\n  policy becomes DROP\n"));
}

TEST_F(SavedState, SaveOfTheOtherToolIsRefused) {
  expect_refused_save("--ipset-save", "⟦*filter⟧\nCOMMIT\n", "no line that ipset save prints", kSetsHint);
  expect_refused_save("--iptables-save", "⟦create a hash:ip family inet⟧\n",
                      "no line that iptables-save prints", kRulesHint);
}

TEST_F(SavedState, MemberOfAnUndeclaredSetIsRefused) {
  expect_refused_save("--ipset-save", "create a hash:ip family inet\n⟦add b 10.0.0.1⟧\n",
                      "no set 'b' was created before", kSetsHint);
}

TEST_F(SavedState, DocumentsOfAnotherShapeAreRefused) {
  expect_refused_save("--use-state", "⟦pyfw_wishes⟧:\n", "unknown key 'pyfw_wishes'", "");
  expect_refused_save("--use-state",
                      "pyfw_state:\n  iptables:\n    filter:\n      INPUT:\n        ⟦rule⟧: []\n",
                      "unknown key 'rule'", "did you mean 'rules'?");
  expect_refused_save("--use-state", "pyfw_state:\n  ipsets:\n    ⟦a⟧: { members: [] }\n",
                      "a set needs a name and a type, one word each", "");
}

TEST_F(SavedState, ADocumentMayBeginWithStateOnly) {
  write("state.yaml",
        "state:\n  iptables:\n    filter:\n      INPUT: { default_action: DROP, rules: [-j ACCEPT] }\n");
  auto run = pyfw({"state", "--use-state", "state.yaml", "--format", "save"});
  EXPECT_EQ(run.out,
            "# iptables-save\n*filter\n:INPUT DROP [0:0]\n-A INPUT -j ACCEPT\nCOMMIT\n# ip6tables-save\n"
            "# ipset save\n");
  EXPECT_EQ(run.status, 0);
}

// What a foreign program may write into its rules, and what YAML may take for something else.
TEST_F(SavedState, OddTextsSurviveTheWayThroughADocument) {
  std::string save =
      "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n:null - [0:0]\n:1.5 - [0:0]\n"
      ":y - [0:0]\n:lower.case_ü - [0:0]\n"
      "-A INPUT -m comment --comment \"\" -j ACCEPT\n"
      "-A INPUT -m comment --comment \"say \\\"hi\\\" it\\'s \\\\\" -j ACCEPT\n"
      "-A INPUT -m comment --comment \"key: value # none\" -j ACCEPT\n"
      "-A INPUT -m comment --comment \"grün \u2028 \u0085 \ufeff end\" -j ACCEPT\n"
      "-A INPUT -m comment --comment \"\x01\x1b[31m\x7f\" -j ACCEPT\n"
      "-A INPUT -m comment --comment \"two  blanks and a last one \" -j ACCEPT\n"
      "-A INPUT\n"
      "-A INPUT ! -i lo -j null\n"
      "-A null -j 1.5\nCOMMIT\n";
  std::string sets =
      "create a hash:ip family inet hashsize 1024 maxelem 65536 comment\nadd a 10.0.0.1 comment \"x: y\"\n"
      "create b bitmap:port range 0-1024\n";
  write("state.save", save);
  write("state.ipset", sets);
  auto document = pyfw({"--print-state", "--iptables-save", "state.save", "--ipset-save", "state.ipset"});
  EXPECT_EQ(document.err, "");
  write("state.yaml", document.out);
  auto back = pyfw({"state", "--format", "save", "--use-state", "state.yaml"});
  EXPECT_EQ(back.err, "");
  auto again = pyfw({"--print-state", "--use-state", "state.yaml"});
  EXPECT_EQ(again.out, document.out);
  for (std::string_view rest = save; !rest.empty(); rest.remove_prefix(rest.find('\n') + 1))
    EXPECT_THAT(back.out, HasSubstr(std::string(rest.substr(0, rest.find('\n') + 1))));
  EXPECT_THAT(back.out, HasSubstr("# ipset save\n" + sets));
}

TEST_F(SavedState, SaveFormatGivesTheSameBytes) {
  auto rules = golden("tutorial/1-plain-docker.iptables-save");
  auto sets = golden("tutorial/allowed_hosts.ipset-save");
  write("state.save", rules);
  auto run =
      pyfw({"state", "--format", "save", "--iptables-save", "state.save", "--ipset-save", "state.ipset"});
  for (const char* counters : {"[39:2172]", "[35:3776]"}) rules = replaced(rules, counters, "[0:0]");
  EXPECT_EQ(run.out, "# iptables-save\n" + rules + "# ip6tables-save\n# ipset save\n" + sets);
  EXPECT_EQ(run.status, 0);
}

TEST_F(SavedState, JsonHoldsBytesThatAreNoText) {
  write("state.save",
        "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -m comment --comment \"\xff\" -j ACCEPT\nCOMMIT\n");
  auto run = pyfw({"state", "--format", "json", "--iptables-save", "state.save"});
  EXPECT_THAT(run.out, HasSubstr("--comment \\\"\ufffd\\\" -j ACCEPT"));
  EXPECT_EQ(run.status, 0);
}

}  // namespace
}  // namespace pyfw::cli
