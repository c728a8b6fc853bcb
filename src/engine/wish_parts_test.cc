#include "engine/wish_parts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/outlook_for_tests.h"

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> names_of(const std::vector<WishPart>& parts) {
  std::vector<std::string> names;
  for (const auto& part : parts) names.push_back(name_of(part));
  return names;
}

std::vector<std::string> sets_of(const WishPart& part) {
  std::vector<std::string> names;
  for (const auto& [name, set] : part.wishes.sets) names.push_back(name);
  return names;
}

std::vector<WishPart> parts_of(const std::string& wishes, const Record& record = {}) {
  return parts_of(wishes_from({"pyfw_wishes: " + wishes}).value(), record);
}

TEST(PartsOf, EachFamilysNatComesLast) {
  auto parts = parts_of(
      R"({ ip46tables: { nat: { INPUT: { rules: [] }}, filter: { INPUT: { rules: [] }, A: { rules: [] }},
                                           mangle: { INPUT: { rules: [] }}}})");
  EXPECT_THAT(names_of(parts), ElementsAre("iptables mangle", "iptables filter", "iptables nat",
                                           "ip6tables mangle", "ip6tables filter", "ip6tables nat"));
  EXPECT_EQ(parts[1].wishes.chains.size(), 2);
  EXPECT_EQ(parts[4].wishes.chains.begin()->first.family, Family::kIpv6);
}

TEST(PartsOf, ASetComesWithTheTablesThatMayNameItAndElseAlone) {
  auto parts = parts_of(R"({ vars: { v: by_variable },
    ipsets: { direct: { type: 'hash:ip' }, by_variable: { type: 'hash:ip' }, unnamed: { type: 'hash:ip' },
              held: { type: 'hash:ip' }, all: { type: 'list:set', members_equal: [held] } },
    iptables: { filter: { INPUT: { rules: [ '-m set --match-set direct src -j DROP' ] } },
                mangle: { INPUT: { rules: [ '-m set --match-set all src -j DROP', '-m set --match-set ${v} src -j DROP' ] } } } })");
  ASSERT_THAT(names_of(parts), ElementsAre("iptables mangle", "iptables filter", "sets"));
  EXPECT_THAT(sets_of(parts[0]), ElementsAre("all", "by_variable", "held"));
  EXPECT_THAT(sets_of(parts[1]), ElementsAre("by_variable", "direct"));
  EXPECT_THAT(sets_of(parts[2]), ElementsAre("unnamed"));
}

// Else what another part wishes would be taken for what no wish names any more.
TEST(PartsOf, TheRecordOfAPartNamesNothingOfAnother) {
  auto mangle = filter_chain("INPUT");
  mangle.table = "mangle";
  Record record;
  record.rules = {{.chain = filter_chain("A"), .name = "", .text = "-j DROP", .place = ""},
                  {.chain = mangle, .name = "", .text = "-j DROP", .place = ""}};
  record.policies = {{.chain = mangle, .policy = "DROP", .before = "ACCEPT"}};
  record.chains = {filter_chain("A")};
  record.adopted = {mangle};
  record.sets = {{.name = "elsewhere"}};
  auto parts = parts_of("{ iptables: { filter: { A: { rules: [ -j DROP ] }}}}", record);
  ASSERT_THAT(names_of(parts), ElementsAre("iptables filter"));
  const auto& part = parts[0].record;
  ASSERT_EQ(part.rules.size(), 1);
  EXPECT_EQ(part.rules[0].chain, filter_chain("A"));
  EXPECT_THAT(part.chains, ElementsAre(filter_chain("A")));
  EXPECT_THAT(part.policies, IsEmpty());
  EXPECT_THAT(part.adopted, IsEmpty());
  EXPECT_THAT(part.sets, IsEmpty());
}

}  // namespace
}  // namespace pyfw
