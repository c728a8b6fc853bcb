// Each file in examples/ does what an example must: it is read without a warning, lint finds nothing that
// matters, it applies on a host with Docker, and then there is nothing to do.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "docs/stage.h"

namespace pyfw::docs {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = PYFW_SOURCE_DIR "/examples";

// "server", "recipes/subnet": as their paths in the folder, without .yaml.
std::vector<std::string> examples() {
  std::vector<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(kFolder))
    if (entry.path().extension() == ".yaml")
      names.push_back(entry.path().lexically_relative(kFolder).replace_extension().string());
  std::ranges::sort(names);
  return names;
}

// Docker's chains in both families, as Docker 27 and later make them, and a default route of each.
constexpr auto kHost = R"(set -e
iptables-restore < "$SOURCE"/tests/lab/recorded/plain.iptables-save
ip6tables -N DOCKER-USER
ip6tables -A FORWARD -j DOCKER-USER
ip link add eth0 type veth peer name eth0p; ip link set eth0p up
ip link set eth0 up
ip address add 192.0.2.10/24 dev eth0
ip route add default via 192.0.2.1
ip address add 2001:db8:1::10/64 dev eth0 nodad
ip route add default via 2001:db8:1::1
install -m 644 "$SOURCE"/examples/NAME.yaml wishes.yaml
)";

class Examples : public testing::TestWithParam<std::string> {};

TEST_P(Examples, ApplyOnceAndThenThereIsNothingToDo) {
  auto stage = Stage::open();
  if (!stage) GTEST_SKIP() << stage.error().message;
  auto say = [&](const std::string& command) {
    auto said = stage->say(command);
    EXPECT_TRUE(said) << said.error().message;
    EXPECT_EQ(stage->status(), 0) << command << "\n" << said.value_or("");
    return said.value_or("");
  };
  std::string make_host = kHost;
  make_host.replace(make_host.find("NAME"), 4, GetParam());
  say(make_host);
  EXPECT_EQ(say("pyfw --wishes wishes.yaml 2>&1 >/dev/null"), "") << "there must be no warning";
  say("pyfw lint --wishes wishes.yaml");
  EXPECT_TRUE(
      say("pyfw --wishes wishes.yaml").starts_with("# these commands should fullfill all given wishes:\n"));
  say("pyfw --wishes wishes.yaml --apply");
  EXPECT_EQ(say("pyfw --wishes wishes.yaml"), "# no commands needed, all wished fullfilled\n");
}

TEST(ExamplesReadme, NamesEachOfThemInATable) {
  std::ifstream file(kFolder / "README.md");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  for (const auto& name : examples())
    EXPECT_NE(text.find("](" + name + ".yaml) |"), std::string::npos) << name;
}

std::string as_test_name(const testing::TestParamInfo<std::string>& example) {
  auto name = example.param;
  for (char sign : {'-', '/'}) std::ranges::replace(name, sign, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(, Examples, testing::ValuesIn(examples()), as_test_name);

}  // namespace
}  // namespace pyfw::docs
