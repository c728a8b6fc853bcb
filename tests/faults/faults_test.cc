// `pyfw apply` under attack: at each step of each change, on both backends.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <vector>

#include "faults/attack.h"

namespace pyfw::faults {
namespace {

// Cases that one host meets one after the other.
constexpr std::size_t kCasesAHost = 4;

struct Group {
  std::string name;
  lab::Backend backend;
  std::span<const Case> cases;
};

void PrintTo(const Group& group, std::ostream* out) {
  for (const auto& wanted : group.cases) *out << wanted.name << ' ';
}

class Apply : public testing::TestWithParam<Group> {};

TEST_P(Apply, UnderAttackIsNeverMoreOpenLosesNothingAndIsCompletedByTheNextRun) {
  auto lab = lab::Lab::open();
  if (!lab) GTEST_SKIP() << lab.error().message;
  auto ground = Ground::make(*lab, GetParam().backend);
  ASSERT_TRUE(ground) << ground.error().message;
  for (const auto& wanted : GetParam().cases) {
    SCOPED_TRACE(wanted.name);
    auto tally = attack(*ground, wanted);
    fmt::print("{}: {} commits, {} runs, {} rounds of {} datagrams\n", wanted.name, tally.commits, tally.runs,
               tally.rounds, Crossing::probes());
  }
}

std::vector<Group> all_groups() {
  std::vector<Group> groups;
  auto add = [&](const char* name, std::span<const Case> cases) {
    for (std::size_t first = 0; first < cases.size(); first += kCasesAHost)
      for (auto backend : {lab::Backend::kNft, lab::Backend::kLegacy})
        groups.push_back({.name = fmt::format("{}_{}_{}", name, first / kCasesAHost + 1,
                                              backend == lab::Backend::kNft ? "nft" : "legacy"),
                          .backend = backend,
                          .cases = cases.subspan(first, std::min(kCasesAHost, cases.size() - first))});
  };
  add("rules", rule_cases());
  add("sets", set_cases());
  add("tables", table_cases());
  return groups;
}

std::string name_of(const testing::TestParamInfo<Group>& group) { return group.param.name; }

INSTANTIATE_TEST_SUITE_P(On, Apply, testing::ValuesIn(all_groups()), name_of);

}  // namespace
}  // namespace pyfw::faults
