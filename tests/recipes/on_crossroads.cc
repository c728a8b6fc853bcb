#include "recipes/on_crossroads.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>

#include "base/strings.h"
#include "lab/must.h"

namespace pyfw::recipes {
namespace {

using lab::Probe;
using lab::Reach;

constexpr std::array kFamilyPrograms = {"/usr/sbin/iptables", "/usr/sbin/ip6tables"};

// One for all suites: a Docker takes long to start.
class Place : public testing::Environment {
 public:
  void SetUp() override {
    auto built = Crossroads::build();
    if (!built) why_not_ = built.error().message;
    if (built) all_.emplace(std::move(*built));
  }
  void TearDown() override { all_.reset(); }

  [[nodiscard]] Crossroads* all() { return all_ ? &*all_ : nullptr; }
  [[nodiscard]] const std::string& why_not() const { return why_not_; }

 private:
  std::optional<Crossroads> all_;
  std::string why_not_;
};

// It is googletest's own from here on.
Place* const place = [] {
  auto* made = new Place;
  testing::AddGlobalTestEnvironment(made);
  return made;
}();

// "[2001:db8::1]:80" -> 2001:db8::1 and 80
std::pair<std::string, std::uint16_t> parts_of(const std::string& end) {
  auto colon = end.rfind(':');
  auto address = end.substr(0, colon);
  if (address.starts_with('[')) address = address.substr(1, address.size() - 2);
  return {address, static_cast<std::uint16_t>(parse_number(end.substr(colon + 1)).value_or(0))};
}

void expect_visits(const std::vector<Visit>& visits, int timeout_ms) {
  std::vector<Probe> probes;
  std::vector<std::string> expected;
  for (const auto& [from, to, is] : visits) {
    auto [address, port] = parts_of(to);
    probes.push_back(
        {.from = from, .network = place->all()->network_of(from), .address = address, .port = port});
    expected.push_back(fmt::format("{} to {}: {}", from, to, word(is)));
  }
  auto reached = must(probe(probes, timeout_ms));
  std::vector<std::string> found;
  for (std::size_t i = 0; i < probes.size(); ++i)
    found.push_back(fmt::format("{} to {}: {}", visits[i].from, visits[i].to, word(reached[i])));
  EXPECT_EQ(found, expected);
}

void expect_letter(const Letter& letter) {
  const auto& all = *place->all();
  auto is =
      must(exchange({.network = all.network_of(letter.from), .port = letter.from_port},
                    {.network = all.network_of(letter.to), .address = letter.address, .port = letter.port}));
  EXPECT_EQ(word(is), word(letter.is))
      << letter.from << ":" << letter.from_port << " to " << letter.address << ":" << letter.port;
}

void expect_echo(const Echo& echo) {
  const auto* patience = echo.is_answered ? "-W20" : "-W1";
  auto pinged = must(place->all()->others.at(echo.from).run(
      {must(lab::find_busybox()), "ping", "-c1", patience, echo.address}));
  EXPECT_EQ(pinged.status == 0, echo.is_answered) << echo.from << " pings " << echo.address;
}

}  // namespace

void OnCrossroads::SetUp() {
  if (place->all() == nullptr) GTEST_SKIP() << place->why_not();
  for (const auto* program : kFamilyPrograms)
    saves_[program] = must(place->all()->docker_host.output({fmt::format("{}-save", program)}));
}

void OnCrossroads::TearDown() {
  // mangle may not have been there before.
  for (const auto& [program, save] : saves_)
    must(place->all()->docker_host.output({fmt::format("{}-restore", program)},
                                          {.input = "*mangle\nCOMMIT\n" + save}));
}

// Who shall get through has time for it, on a busy machine as well; so only silence is waited for.
void OnCrossroads::expect(const Traffic& traffic) {
  std::vector<Visit> silent;
  std::vector<Visit> others;
  for (const auto& visit : traffic.visits) (visit.is == Reach::kDropped ? silent : others).push_back(visit);
  expect_visits(others, 20'000);
  expect_visits(silent, 1'000);
  for (const auto& letter : traffic.letters) expect_letter(letter);
  for (const auto& echo : traffic.echoes) expect_echo(echo);
}

OpenConnection OnCrossroads::open(const Visit& visit) {
  auto [address, port] = parts_of(visit.to);
  return must(OpenConnection::to(place->all()->network_of(visit.from), address, port));
}

Outcome OnCrossroads::pyfw(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), PYFW_PROGRAM);
  return must(place->all()->docker_host.run(arguments));
}

void OnCrossroads::run(const std::vector<std::string>& commands) {
  for (const auto& command : commands) must(place->all()->docker_host.output({"/bin/sh", "-ec", command}));
}

void OnCrossroads::wish(const std::string& example) {
  std::ifstream file(PYFW_SOURCE_DIR "/examples/" + example + ".yaml");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  must(place->all()->docker_host.write_file("/etc/pyfw/wishes.yaml", text));
}

std::vector<std::string> OnCrossroads::crossed(const std::string& checked) {
  constexpr std::string_view kCross = "✗ ";
  std::vector<std::string> out;
  for (auto line : split(checked, '\n')) {
    if (!line.starts_with(kCross)) continue;
    auto name = line.substr(kCross.size());
    out.emplace_back(name.substr(0, name.find("  ")));
  }
  return out;
}

std::vector<std::string> OnCrossroads::rules() {
  std::vector<std::string> out;
  for (const auto* program : kFamilyPrograms)
    for (auto line : split(must(place->all()->docker_host.output({fmt::format("{}-save", program)})), '\n'))
      if (line.starts_with("-A")) out.push_back(fmt::format("{} {}", program, line));
  std::ranges::sort(out);
  return out;
}

void OnCrossroads::restart_docker() { must(place->all()->docker.restart()); }

}  // namespace pyfw::recipes
