// Wishes files of the wrong shape: one message, with its place, and what would be right.

#include "cli.h"

namespace pyfw::cli {
namespace {

class BadYaml : public CliTest, public testing::WithParamInterface<Refused> {};

TEST_P(BadYaml, IsRefusedAtItsPlace) {
  expect_refused(GetParam().wishes, GetParam().message, GetParam().hint);
}

std::string in_input(const std::string& lines) {
  return "pyfw_wishes:\n  iptables:\n    filter:\n      INPUT:\n" + lines;
}

constexpr auto kSections = "pyfw_wishes knows: vars, ipsets, iptables, ip6tables, ip46tables, expectations";

INSTANTIATE_TEST_SUITE_P(
    Keys, BadYaml,
    testing::Values(
        Refused{"MisspeltTop", "⟦pyfw_wish⟧: {}\n", "unknown key 'pyfw_wish'", "did you mean 'pyfw_wishes'?"},
        Refused{"MisspeltSection", "pyfw_wishes:\n  ⟦iptable⟧:\n    filter: {}\n", "unknown key 'iptable'",
                "did you mean 'iptables'?"},
        Refused{"UnlikeAnySection", "pyfw_wishes:\n  ⟦firewall⟧: {}\n", "unknown key 'firewall'", kSections},
        Refused{"MisspeltTable", "pyfw_wishes:\n  iptables:\n    ⟦filtr⟧: {}\n", "unknown key 'filtr'",
                "did you mean 'filter'?"},
        Refused{"MisspeltChainKey", in_input("        ⟦rule⟧: []\n"), "unknown key 'rule'",
                "did you mean 'rules'?"},
        Refused{"MisspeltPolicyKey", in_input("        ⟦default_acton⟧: DROP\n"),
                "unknown key 'default_acton'", "did you mean 'default_action'?"},
        Refused{"MisspeltDirective", in_input("        rules:\n        - ⟦~rests⟧:\n"),
                "unknown directive '~rests'", "did you mean '~rest'?"},
        Refused{"MisspeltSetKey", "pyfw_wishes:\n  ipsets:\n    a:\n      ⟦memebers_equal⟧: []\n",
                "unknown key 'memebers_equal'", "did you mean 'members_equal'?"},
        Refused{"MisspeltSetOption", "pyfw_wishes:\n  ipsets:\n    a:\n      options: { ⟦maxelm⟧: 5 }\n",
                "unknown key 'maxelm'", "did you mean 'maxelem'?"},
        Refused{"MisspeltExpectationKey", "pyfw_wishes:\n  expectations:\n  - a: { from: host, ⟦too⟧: c }\n",
                "unknown key 'too'", "did you mean 'to'?"},
        Refused{"TopTwice", "pyfw_wishes: {}\n⟦pyfw_wishes⟧: {}\n",
                "key 'pyfw_wishes' stands here a second time", "it first stands at wishes.yaml:1:1"},
        Refused{"TableTwice", "pyfw_wishes:\n  iptables:\n    filter: {}\n    nat: {}\n    ⟦filter⟧: {}\n",
                "key 'filter' stands here a second time", "it first stands at wishes.yaml:3:5"},
        Refused{"ChainTwice", in_input("        rules: []\n      ⟦INPUT⟧: {}\n"),
                "key 'INPUT' stands here a second time", "it first stands at wishes.yaml:4:7"},
        Refused{"TwiceInFlowStyle", "pyfw_wishes: { vars: { a: 1, ⟦a⟧: 2 } }\n",
                "key 'a' stands here a second time", "it first stands at wishes.yaml:1:24"},
        Refused{"KeyWithLineBreak", "pyfw_wishes:\n  \"⟦foo\\nbar⟧\": 1\n", "unknown key 'foo\\x0abar'",
                kSections},
        Refused{"KeyOfOtherLetters", "pyfw_wishes:\n  { vars: { ü: 'ä' }, ⟦vars⟧: {} }\n",
                "key 'vars' stands here a second time", "it first stands at wishes.yaml:2:5"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Syntax, BadYaml,
    testing::Values(
        Refused{"Tag", in_input("        rules:\n        - r: ⟦!⟧ -s 10.0.0.0/8 -j DROP\n"),
                "YAML reads this '!' as a tag and takes it away", "put quotes around the whole text: '! …'"},
        Refused{"TagOfUnnamedRule", in_input("        rules:\n        - ⟦!⟧ -s 10.0.0.0/8 -j DROP\n"),
                "YAML reads this '!' as a tag and takes it away", "put quotes around the whole text: '! …'"},
        Refused{"TagOfMapping", "pyfw_wishes: ⟦!⟧!map\n  vars: {}\n",
                "YAML reads this '!' as a tag and takes it away", "put quotes around the whole text: '! …'"},
        Refused{"Anchor", in_input("        rules:\n        - r: ⟦&⟧a -j DROP\n"),
                "YAML anchors are not taken", "a text that begins with '&' needs quotes around it"},
        Refused{"AnchoredMapping", "pyfw_wishes: ⟦&⟧a\n  vars: {}\n", "YAML anchors are not taken",
                "a text that begins with '&' needs quotes around it"},
        Refused{"Alias", in_input("        rules:\n        - r: ⟦*⟧a\n"), "YAML aliases are not taken",
                "a text that begins with '*' needs quotes around it"},
        Refused{"MergeKey", "pyfw_wishes:\n  vars:\n    <<: ⟦*⟧a\n", "YAML aliases are not taken",
                "a text that begins with '*' needs quotes around it"},
        Refused{"Tab", "pyfw_wishes:\n⟦\t⟧iptables: {}\n",
                "not YAML: found character that cannot start any token",
                "YAML takes blanks for indentation, no tabs"},
        Refused{"ColonInText", "pyfw_wishes:\n  vars:\n    a: b⟦:⟧ c\n",
                "not YAML: mapping values are not allowed in this context",
                "a text that holds ': ' needs quotes around it"},
        Refused{"OpenQuote", "pyfw_wishes:\n  vars:\n    a: ⟦'⟧b c\n", "this quote is never closed",
                "a text that holds ': ' and quotes of its own needs quotes around the whole of it"},
        Refused{"SecondDocument", "pyfw_wishes: {}\n⟦-⟧--\npyfw_wishes: {}\n", "a second YAML document"},
        Refused{"Directive", "⟦%⟧YAML 1.1\n---\npyfw_wishes: {}\n", "YAML directives are not taken"},
        Refused{"TooDeep", "pyfw_wishes: " + std::string(32, '[') + "⟦[⟧[[[[", "nested too deep"},
        Refused{"LineSeparator", "pyfw_wishes: # ⟦\u2028⟧ ü\n  ü: 1\n",
                "YAML takes this invisible character for a line break",
                "remove it; lines end with a newline"},
        Refused{"CutByComment", in_input("        rules:\n        - r: ⟦-s 10.0.0.0/8 -j DROP⟧ # no\n"),
                "YAML cuts the rule 'r' at the ' #' that follows",
                "put quotes around the whole text, or the comment on a line of its own"},
        Refused{"CommentOptionCut", in_input("        rules:\n        - ⟦-m comment --comment⟧ #1 -j DROP\n"),
                "YAML cuts a rule at the ' #' that follows",
                "put quotes around the whole text, or the comment on a line of its own"},
        Refused{"NulInText", in_input("        rules:\n        - r: ⟦\"⟧-j DROP\\0\"\n"),
                "a NUL character in a text"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Shape, BadYaml,
    testing::Values(
        Refused{"EmptyMapping", "⟦{⟧}\n", "no wishes here", "a wishes file begins with 'pyfw_wishes:'"},
        Refused{"OnlyComments", "⟦#⟧ nothing\n", "no wishes here",
                "a wishes file begins with 'pyfw_wishes:'"},
        Refused{"ListOnTop", "⟦-⟧ a\n", "a wishes file must be a mapping of keys to values, not a list"},
        Refused{"TextOnTop", "⟦wishes⟧\n", "a wishes file must be a mapping of keys to values, not a text"},
        Refused{"ChainIsList", in_input("      ⟦-⟧ r: -j DROP\n"),
                "chain INPUT must be a mapping, not a list", "put 'rules:' above the list"},
        Refused{"RulesAreText", in_input("        rules: ⟦-j DROP⟧\n"), "rules must be a list, not a text",
                "each rule begins with '- '"},
        Refused{"RuleIsMapping", in_input("        rules:\n        - r: ⟦{⟧ a: b }\n"),
                "a rule must be a text, not a mapping",
                "a text that begins with '!' or '-' and one that holds ': ' or ' #' needs quotes around it"},
        Refused{"RuleIsList", in_input("        rules:\n        - ⟦[⟧a, b]\n"),
                "a rule is NAME: TEXT, or a TEXT, not a list"},
        Refused{"RuleIsEmpty", in_input("        rules:\n        - r:⟦⟧\n"), "the rule 'r' is empty"},
        Refused{"TwoRulesInOneEntry",
                in_input("        rules:\n        - r: -j DROP\n          ⟦q⟧: -j ACCEPT\n"),
                "one rule an entry: this one needs a '- ' of its own"},
        Refused{"RestWithoutColon", in_input("        rules:\n        - ⟦~rest⟧\n"), "'~rest' needs a colon",
                "write '- ~rest:'"},
        Refused{"RestWithValue", in_input("        rules:\n        - ~rest: ⟦all⟧\n"), "~rest takes no value",
                "write '- ~rest:'"},
        Refused{"RestTwice", in_input("        rules:\n        - ~rest:\n        - ⟦~rest⟧:\n"),
                "~rest stands here a second time", "the other one stands at wishes.yaml:6:11"},
        Refused{"BadExpression", in_input("        rules:\n        - ~match: \"⟦(foo⟧\"\n"),
                "not a regular expression: missing ): (foo", "the syntax is that of RE2"},
        Refused{"BackReference", in_input("        rules:\n        - ~match: '⟦(a)\\1⟧'\n"),
                "not a regular expression: invalid escape sequence: \\1", "the syntax is that of RE2"},
        Refused{"RulesBesideRulesEqual", in_input("        rules_equal: []\n        ⟦rules⟧: []\n"),
                "rules beside rules_equal", "the other one stands at wishes.yaml:5:9"},
        Refused{"DirectiveInRulesEqual", in_input("        rules_equal:\n        - ⟦~rest⟧:\n"),
                "under rules_equal stand the rules themselves, no directives",
                "rules_equal means: exactly these rules"},
        Refused{"VariableOfVariables", "pyfw_wishes:\n  vars: { a: \"⟦${b}⟧\" }\n",
                "a variable can't be made of other variables"},
        Refused{"VariableName", "pyfw_wishes:\n  vars: { ⟦a b⟧: c }\n",
                "'a b' can't be the name of a variable", "letters, digits, '_' and '-' can"}),
    name_of);

}  // namespace
}  // namespace pyfw::cli
