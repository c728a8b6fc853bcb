#include "doctor/diagnose.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include "doctor/examined_for_tests.h"
#include "show/schema_for_tests.h"

namespace pyfw {
namespace {

using testing::Contains;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

namespace fs = std::filesystem;

std::string contents(const fs::path& path) {
  std::ifstream file(path);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

std::set<std::string> all_of(const std::string& text, const char* pattern) {
  std::set<std::string> out;
  std::regex regex(pattern);
  for (std::sregex_iterator at(text.begin(), text.end(), regex), end; at != end; ++at) out.insert((*at)[1]);
  return out;
}

std::string sources(bool of_tests) {
  std::string all;
  for (const auto& entry : fs::directory_iterator(PYFW_SOURCE_DIR "/src/doctor")) {
    auto name = entry.path().filename().string();
    if (name.ends_with("_test.cc") == of_tests && name.ends_with(".cc")) all += contents(entry.path());
  }
  return all;
}

// `.id = "…"`, also where one of two is chosen.
std::set<std::string> ids_in_code() {
  auto code = sources(false);
  auto ids = all_of(code, R"re(\.id = "([a-z0-9-]+)")re");
  ids.merge(all_of(code, R"re(\.id = \w+ \? "([a-z0-9-]+)")re"));
  ids.merge(all_of(code, R"re(\.id = \w+ \? "[a-z0-9-]+" : "([a-z0-9-]+)")re"));
  return ids;
}

TEST(Diagnosis, TheDocumentExplainsEachFindingAndNoOther) {
  auto documented = all_of(contents(PYFW_SOURCE_DIR "/docs/doctor.md"), "\n### ([a-z0-9-]+)");
  EXPECT_EQ(documented, ids_in_code());
}

TEST(Diagnosis, EachFindingIsTested) {
  auto tests = sources(true);
  for (const auto& id : ids_in_code()) EXPECT_THAT(tests, HasSubstr('"' + id + '"'));
}

TEST(Diagnosis, TheWorstComesFirst) {
  auto host = with_docker(filter(""));
  host.unseen = {{.what = "the journal", .why = "no"}};
  auto findings = diagnose(host).findings;
  ASSERT_GT(findings.size(), 2U);
  EXPECT_TRUE(std::ranges::is_sorted(findings, std::ranges::greater(), &Advice::severity));
  EXPECT_EQ(findings.front().id, "docker-rules-gone");
}

TEST(Diagnosis, WhatIsFineIsOnlyWhatWasLookedAt) {
  auto host = with_docker(kPublished);
  auto fine = diagnose(host).fine;
  EXPECT_THAT(fine, Contains("Docker's rules"));
  EXPECT_THAT(fine, Not(Contains("who reaches what")));
  EXPECT_THAT(fine, Not(Contains("pyfw itself")));
  host.are_rules_known = false;
  host.host.facts.docker.reset();
  host.daemon.reset();
  fine = diagnose(host).fine;
  EXPECT_THAT(fine, Not(Contains("Docker's rules")));
  EXPECT_THAT(fine, Not(Contains("who reaches what")));
  EXPECT_THAT(fine, Not(Contains("Docker's networks")));
}

TEST(Diagnosis, SumsTheHostUp) {
  auto host = with_docker(kPublished);
  EXPECT_EQ(summary_of(host),
            "Docker 20.10.24, 2 containers, 1 published port; iptables on nft; pyfw has applied nothing");
  host.own = {.has_applied = true, .daemon_runs = true};
  host.host.other.emplace();
  EXPECT_THAT(summary_of(host), EndsWith("iptables on both backends; pyfw watch runs"));
  EXPECT_THAT(summary_of(without_docker("")), StartsWith("no Docker that answers here; "));
  host.daemon->is_podman = true;
  EXPECT_THAT(summary_of(host), StartsWith("Podman 20.10.24, "));
  host.is_root = false;
  EXPECT_THAT(summary_of(host), EndsWith("what pyfw has applied is unknown"));
}

TEST(Diagnosis, AsTextIsTheSummaryTheFindingsAndWhatIsFine) {
  Diagnosis diagnosis{
      .summary = "a host",
      .findings = {{.id = "a-b", .severity = Severity::kError, .message = "m", .why = "w", .instead = "i"}},
      .fine = {"one", "two"}};
  EXPECT_EQ(as_text(diagnosis, false),
            "a host\n\nerror: m [a-b]\n   why: w\n   instead: i\n\nfine: one, two\n");
}

TEST(Diagnosis, AsJsonIsAsItsSchemaSays) {
  auto schema = contents(PYFW_SOURCE_DIR "/docs/doctor.schema.json");
  for (const auto& host : {with_docker(filter("")), without_docker("")})
    EXPECT_THAT(violations(as_json(diagnose(host)), schema), IsEmpty());
}

}  // namespace
}  // namespace pyfw
