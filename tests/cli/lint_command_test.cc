// `pyfw lint`, and what docs/lint.md shows: each of its examples has exactly its finding, and mended none.

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

#include "base/strings.h"
#include "cli.h"
#include "show/schema_for_tests.h"

namespace pyfw::cli {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

// A section of docs/lint.md: wishes that have the finding, and the same mended.
struct Explained {
  std::string id;
  std::vector<std::string> examples{};
};

std::vector<Explained> explained() {
  std::vector<Explained> out;
  std::string* block = nullptr;
  auto document = golden("../../docs/lint.md");
  for (auto line : split(document, '\n')) {
    if (line.starts_with("## ")) {
      out.push_back({.id = std::string(line.substr(3))});
    } else if (line == "```yaml" && !out.empty()) {
      block = &out.back().examples.emplace_back();
    } else if (line == "```") {
      block = nullptr;
    } else if (block != nullptr) {
      *block += std::string(line) + "\n";
    }
  }
  std::erase_if(out, [](const Explained& one) { return one.id == "Silences"; });
  return out;
}

class LintCommand : public CliTest {
 protected:
  [[nodiscard]] Outcome lint(std::string_view wishes, std::vector<std::string> more = {"--no-host"}) const {
    write("wishes.yaml", wishes);
    std::vector<std::string> arguments = {"lint", "--wishes", "wishes.yaml"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return pyfw(arguments);
  }
  [[nodiscard]] std::set<std::string> ids_of(std::string_view wishes, const std::string& host) const {
    write("host.yaml", golden("lint/" + host));
    auto run = lint(wishes, {"--use-state", "host.yaml", "--format", "json"});
    EXPECT_EQ(run.err, "");
    std::set<std::string> ids;
    for (const auto& finding : nlohmann::json::parse(run.out).at("findings")) ids.insert(finding.at("id"));
    return ids;
  }
};

constexpr auto kLog =
    "pyfw_wishes:\n  iptables:\n    filter:\n      INPUT:\n        rules:\n        - log: -p tcp -j LOG\n";
constexpr auto kClosed =
    "pyfw_wishes:\n  iptables:\n    filter:\n      INPUT:\n        default_action: DROP\n";

TEST_F(LintCommand, EachExampleOfTheDocumentHasItsFindingAndMendedNone) {
  for (const auto& [id, examples] : explained()) {
    ASSERT_EQ(examples.size(), 2U) << id;
    bool is_of_ipv6 = id == "ipv6-left-open" || id == "proxy-past-wishes";
    const auto* host = is_of_ipv6                    ? "host-with-ipv6.yaml"
                       : id == "accepts-before-bans" ? "host-with-bans.yaml"
                                                     : "host.yaml";
    EXPECT_THAT(ids_of(examples[0], host), ElementsAre(id)) << examples[0];
    EXPECT_THAT(ids_of(examples[1], host), IsEmpty()) << examples[1];
  }
}

TEST_F(LintCommand, TheDocumentExplainsEachKindInTheirOrder) {
  auto run = lint(kLog, {"--no-host", "--format", "sarif"});
  std::vector<std::string> ids;
  for (const auto& rule : nlohmann::json::parse(run.out).at("runs")[0].at("tool").at("driver").at("rules"))
    ids.push_back(rule.at("id"));
  std::vector<std::string> told;
  for (const auto& one : explained()) told.push_back(one.id);
  EXPECT_EQ(told, ids);
}

TEST_F(LintCommand, NotesAreNoFailure) {
  EXPECT_EQ(lint(kLog).status, 0);
  EXPECT_EQ(lint(kClosed).status, 3);
  EXPECT_EQ(lint("pyfw_wishes:\n").out, "Nothing found.\n");
}

TEST_F(LintCommand, JsonFitsItsSchema) {
  auto run = lint(kClosed, {"--no-host", "--format", "json"});
  EXPECT_THAT(violations(run.out, golden("../../docs/lint.schema.json")), IsEmpty()) << run.out;
  EXPECT_FALSE(nlohmann::json::parse(run.out).at("clean"));
}

TEST_F(LintCommand, SarifNamesTheRegion) {
  auto run = lint(kLog, {"--no-host", "--format", "sarif"});
  auto sarif = nlohmann::json::parse(run.out);
  EXPECT_EQ(sarif.at("version"), "2.1.0");
  const auto& result = sarif.at("runs")[0].at("results")[0];
  EXPECT_EQ(result.at("ruleId"), "log-without-limit");
  EXPECT_EQ(result.at("level"), "note");
  auto index = result.at("ruleIndex").get<std::size_t>();
  EXPECT_EQ(sarif.at("runs")[0].at("tool").at("driver").at("rules")[index].at("id"), "log-without-limit");
  const auto& place = result.at("locations")[0].at("physicalLocation");
  EXPECT_EQ(place.at("artifactLocation").at("uri"), "wishes.yaml");
  EXPECT_EQ(place.at("region").at("startLine"), 6);
  EXPECT_EQ(place.at("region").at("startColumn"), 26);
  EXPECT_EQ(place.at("region").at("endColumn"), 29);
}

TEST_F(LintCommand, NamesOfTheHostAreFineWithoutAHost) {
  constexpr auto kNames =
      "pyfw_wishes:\n  iptables:\n    filter:\n      DOCKER-USER:\n        rules:\n"
      "        - one: -i ${external_interface} -d ${container:web} -m set --match-set bad src -j DROP\n"
      "        - two: -s 10.0.0.0/8 -i ${network:shop:bridge} -j their_chain\n";
  auto run = lint(kNames);
  EXPECT_EQ(run.out, "Nothing found.\n");
  EXPECT_EQ(run.err, "");
}

TEST_F(LintCommand, BadWishesAreAnErrorAsEverywhere) {
  EXPECT_EQ(lint("pyfw_wishes:\n  iptable: {}\n").status, 2);
  EXPECT_EQ(lint(kLog, {"--no-host", "--use-state", "host.yaml"}).status, 2);
}

}  // namespace
}  // namespace pyfw::cli
