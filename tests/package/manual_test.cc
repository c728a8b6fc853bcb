// The pages of the manual: complete, and well-formed to those who print them.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/strings.h"
#include "sys/process.h"

namespace pyfw {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

std::string contents(const fs::path& path) {
  std::ostringstream out;
  out << std::ifstream(path).rdbuf();
  return out.str();
}

std::vector<std::string> pages() {
  std::vector<std::string> out;
  for (const auto* section : {"man5", "man8"})
    for (const auto& entry : fs::directory_iterator(fs::path(PYFW_BUILD_DIR "/manual") / section))
      out.push_back(entry.path().string());
  return out;
}

TEST(Manual, SomebodyHasWrittenAboutEachSubcommand) {
  for (const auto& page : pages())
    EXPECT_TRUE(fs::exists(fs::path(PYFW_SOURCE_DIR "/man") / (fs::path(page).filename().string() + ".in")))
        << "write man/" << fs::path(page).filename().string() << ".in";
}

TEST(Manual, EachSubcommandThatHelpNamesHasAPage) {
  auto help = run({PYFW_PROGRAM, "--help"}).value().out;
  auto subcommands = help.substr(help.find("Subcommands:\n") + 13);
  std::size_t count = 0;
  for (auto line : split(subcommands, '\n')) {
    auto name = trim(line.substr(0, 20));
    if (!line.starts_with("  ") || name.empty()) continue;
    ++count;
    EXPECT_TRUE(fs::exists(fmt::format("{}/manual/man8/pyfw-{}.8", PYFW_BUILD_DIR, name))) << name;
  }
  EXPECT_GT(count, 10U);
}

TEST(Manual, GroffHasNothingToSayOfIt) {
  if (!fs::exists("/usr/bin/groff")) GTEST_SKIP() << "there is no groff";
  for (const auto& page : pages()) {
    auto checked = run({"/usr/bin/groff", "-ww", "-mdoc", "-Tutf8", "-z", page}).value();
    EXPECT_EQ(checked.err, "") << page;
  }
}

TEST(Manual, MandocHasNothingToSayOfIt) {
  if (!fs::exists("/usr/bin/mandoc")) GTEST_SKIP() << "there is no mandoc";
  for (const auto& page : pages())
    EXPECT_EQ(run({"/usr/bin/mandoc", "-T", "lint", "-W", "warning", page})->out, "");
}

TEST(Manual, WishesNamesEachKeyThatThereIs) {
  auto page = contents(PYFW_SOURCE_DIR "/man/pyfw-wishes.5.in");
  auto schema = nlohmann::json::parse(contents(PYFW_SOURCE_DIR "/docs/wishes.schema.json"));
  for (const auto* part : {"wishes", "set", "builtin_chain", "expectation"})
    for (const auto& [key, unused] : schema["$defs"][part]["properties"].items())
      EXPECT_THAT(page, HasSubstr(" " + key)) << part;
}

TEST(Manual, ItsExampleOfWishesIsTakenAndLintFindsNothingInIt) {
  if (!fs::exists("/usr/bin/mandoc")) GTEST_SKIP() << "there is no mandoc";
  auto page =
      run({"/usr/bin/mandoc", "-T", "ascii", "-O", "width=200", PYFW_BUILD_DIR "/manual/man5/pyfw-wishes.5"})
          .value()
          .out;
  std::string plain;
  for (char c : page) {
    if (c == '\b') {
      plain.pop_back();
    } else {
      plain += c;
    }
  }
  auto begin = plain.find("pyfw_wishes:\n", plain.find("EXAMPLES"));
  auto wishes = "pyfw_wishes:\n" + plain.substr(begin + 13, plain.find("SEE ALSO") - begin - 13);
  std::string file = "/tmp/pyfw-example-XXXXXX";
  close(mkstemp(file.data()));
  std::string state = file + ".state";
  std::string text;
  for (auto line : split(wishes, '\n'))
    text += std::string(line.starts_with("     ") ? line.substr(5) : line) + "\n";
  std::ofstream(file) << text;
  std::ofstream(state) << "pyfw_state:\n  iptables: {}\n  facts:\n    interfaces: []\n"
                          "    routes: [{to: 0.0.0.0/0, interface: eth0, metric: 0}]\n";
  auto planned = run({PYFW_PROGRAM, "--wishes", file, "--use-state", state}).value();
  EXPECT_EQ(planned.status, 0) << text << planned.err;
  EXPECT_THAT(planned.out, HasSubstr("--match-set partners src"));
  EXPECT_EQ(run({PYFW_PROGRAM, "lint", "--no-host", "--wishes", file}).value().out, "Nothing found.\n");
  fs::remove(file);
  fs::remove(state);
}

}  // namespace
}  // namespace pyfw
