// The recipes in examples/ do what they say, on a real Docker and with real packets: before a restart of it
// and after, in both families. And `pyfw check` says so of them, and of plain Docker that it does not hold.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>

#include "base/strings.h"
#include "lab/probe.h"
#include "recipes/crossroads.h"
#include "recipes/exchange.h"
#include "recipes/open_connection.h"

namespace pyfw::recipes {
namespace {

using lab::Probe;
using lab::Reach;
constexpr auto kWorks = Reach::kWorks;
constexpr auto kDropped = Reach::kDropped;
constexpr auto kAnswered = Exchange::kAnswered;
constexpr auto kUnanswered = Exchange::kUnanswered;
constexpr auto kLost = Exchange::kLost;

template <typename T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(render(result.error()));
  return std::move(*result);
}

void must(const Result<void>& result) {
  if (!result) throw std::runtime_error(render(result.error()));
}

// By the names in crossroads.h: who connects to which address and port.
struct Visit {
  std::string from;
  std::string to;
  Reach is;
};

// Who sends a datagram from which port, to whom.
struct Letter {
  std::string from;
  std::uint16_t from_port;
  std::string to;
  std::string address;
  std::uint16_t port;
  Exchange is;
};

// Who pings whom, and whether there is an answer.
struct Echo {
  std::string from;
  std::string address;
  bool is_answered;
};

struct Recipe {
  std::string example;
  std::vector<std::string> broken_on_plain_docker;  // expectations
  std::vector<Visit> visits;
  std::vector<Letter> letters{};
  std::vector<Echo> echoes{};
  // Connections that are open before, and that nobody may open afterwards.
  std::vector<Visit> go_on{};
};

// What every recipe leaves to the containers.
const std::vector<Visit> kContainersAsk = {{"web", "192.0.2.66:80", kWorks},
                                           {"old", "198.51.100.200:80", kWorks},
                                           {"web", "[2001:db8:6::200]:80", kWorks}};
const std::vector<Letter> kContainersAskByUdp = {{"web", 0, "c", "192.0.2.66", 53, kAnswered}};

std::string contents(const std::string& example) {
  std::ifstream file(PYFW_SOURCE_DIR "/examples/" + example + ".yaml");
  return {std::istreambuf_iterator<char>(file), {}};
}

// "✗ nobody else does   dropped was expected" -> "nobody else does"
std::vector<std::string> names_behind(std::string_view mark, const std::string& said) {
  std::vector<std::string> out;
  for (auto line : split(said, '\n'))
    if (line.starts_with(mark)) {
      auto name = line.substr(mark.size());
      out.emplace_back(trim(name.substr(0, name.find("  "))));
    }
  return out;
}

class RecipesTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto built = Crossroads::build();
    if (!built) why_not_ = built.error().message;
    if (built) all_.emplace(std::move(*built));
  }
  static void TearDownTestSuite() { all_.reset(); }

  void SetUp() override {
    if (!all_) GTEST_SKIP() << why_not_;
    before_ = rules();
  }
  // What others do to the host next, they do to a plain Docker's.
  void TearDown() override {
    if (!all_) return;
    for (const auto* family : {"iptables", "ip6tables"})
      must(host().output({fmt::format("/usr/sbin/{}-restore", family)}, {.input = before_.at(family)}));
  }

  static const lab::Host& host() { return all_->docker_host; }
  static void restart_docker() { must(all_->docker.restart()); }
  static Outcome pyfw(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), PYFW_PROGRAM);
    return must(host().run(arguments));
  }
  static std::map<std::string, std::string> rules() {
    std::map<std::string, std::string> out;
    for (const auto* family : {"iptables", "ip6tables"})
      out[family] = must(host().output({fmt::format("/usr/sbin/{}-save", family)}));
    return out;
  }
  static void run(const std::vector<std::string>& commands) {
    for (const auto& command : commands) must(host().output({"/bin/sh", "-ec", command}));
  }

  // Who shall get through has time for it, on a busy machine as well; so only silence is waited for.
  static void expect(const std::vector<Visit>& visits) {
    std::vector<Visit> silent;
    std::vector<Visit> others;
    for (const auto& visit : visits) (visit.is == kDropped ? silent : others).push_back(visit);
    expect(others, 20'000);
    expect(silent, 1'000);
  }

  static void expect(const std::vector<Letter>& letters) {
    for (const auto& letter : letters) {
      auto is = must(
          exchange({.network = all_->network_of(letter.from), .port = letter.from_port},
                   {.network = all_->network_of(letter.to), .address = letter.address, .port = letter.port}));
      EXPECT_EQ(word(is), word(letter.is)) << letter.from << " to " << letter.address << ":" << letter.port;
    }
  }

  static OpenConnection open(const Visit& visit) {
    auto [address, port] = parts_of(visit.to);
    return must(OpenConnection::to(all_->network_of(visit.from), address, port));
  }

  static void expect(const std::vector<Echo>& echoes) {
    for (const auto& [from, address, is_answered] : echoes) {
      auto pinged = must(all_->others.at(from).run(
          {must(lab::find_busybox()), "ping", "-c1", is_answered ? "-W20" : "-W1", address}));
      EXPECT_EQ(pinged.status == 0, is_answered) << from << " pings " << address;
    }
  }

 private:
  // "[2001:db8::1]:80" -> 2001:db8::1 and 80
  static std::pair<std::string, std::uint16_t> parts_of(const std::string& end) {
    auto colon = end.rfind(':');
    auto address = end.substr(0, colon);
    if (address.starts_with('[')) address = address.substr(1, address.size() - 2);
    return {address, static_cast<std::uint16_t>(parse_number(end.substr(colon + 1)).value_or(0))};
  }

  static void expect(const std::vector<Visit>& visits, int timeout_ms) {
    std::vector<Probe> probes;
    std::vector<std::string> expected;
    for (const auto& [from, to, is] : visits) {
      auto [address, port] = parts_of(to);
      probes.push_back({.from = from, .network = all_->network_of(from), .address = address, .port = port});
      expected.push_back(fmt::format("{} to {}: {}", from, to, word(is)));
    }
    auto reached = must(probe(probes, timeout_ms));
    std::vector<std::string> found;
    for (std::size_t i = 0; i < probes.size(); ++i)
      found.push_back(fmt::format("{} to {}: {}", visits[i].from, visits[i].to, word(reached[i])));
    EXPECT_EQ(found, expected);
  }

  static inline std::optional<Crossroads> all_;
  static inline std::string why_not_;
  std::map<std::string, std::string> before_;
};

const std::vector<Recipe> kRecipes = {
    {.example = "recipes/single-address",
     .broken_on_plain_docker = {"nobody else does"},
     .visits = {{"a", "203.0.113.10:8000", kWorks},
                {"b", "203.0.113.10:8000", kDropped},
                {"c", "203.0.113.10:8000", kDropped},
                {"stranger", "203.0.113.10:8000", kDropped},
                {"stranger", "198.51.100.2:80", kDropped},
                {"stranger", "203.0.113.10:8001", kDropped},
                {"inside", "10.0.7.1:8000", kWorks},
                {"a", "[2001:db8:1111::2]:8000", kWorks},
                {"b", "[2001:db8:1111::2]:8000", kDropped},
                {"stranger", "[2001:db8:2222::2]:8000", kDropped}},
     .letters = kContainersAskByUdp,
     .go_on = {{"stranger", "203.0.113.10:8000", kDropped}}},
    {.example = "recipes/subnet",
     .broken_on_plain_docker = {"nobody else does"},
     .visits = {{"a", "203.0.113.10:8000", kWorks},
                {"c", "203.0.113.10:8000", kWorks},
                {"stranger", "203.0.113.10:8000", kDropped},
                {"stranger", "198.51.100.2:8000", kDropped},
                {"c", "[2001:db8:1111::2]:8000", kWorks},
                {"stranger", "[2001:db8:1111::2]:8000", kDropped}},
     .letters = kContainersAskByUdp,
     .go_on = {{"stranger", "203.0.113.10:8000", kDropped}}},
    {.example = "recipes/range",
     .broken_on_plain_docker = {"nobody else does"},
     .visits = {{"a", "203.0.113.10:8000", kWorks},
                {"b", "203.0.113.10:8000", kWorks},
                {"c", "203.0.113.10:8000", kDropped},
                {"stranger", "203.0.113.10:8000", kDropped},
                {"b", "[2001:db8:1111::2]:8000", kWorks},
                {"c", "[2001:db8:1111::2]:8000", kDropped},
                {"stranger", "[2001:db8:1111::2]:8000", kDropped}},
     .letters = kContainersAskByUdp,
     .go_on = {{"c", "203.0.113.10:8000", kDropped}}},
    {.example = "recipes/source-and-destination",
     .broken_on_plain_docker = {"nobody else does", "IPv6, nobody else does"},
     .visits = {{"a", "203.0.113.10:8000", kWorks},
                {"c", "203.0.113.10:8000", kDropped},
                {"stranger", "203.0.113.10:8001", kDropped},
                {"c", "198.51.100.2:8000", kWorks},
                {"stranger", "198.51.100.2:8001", kWorks},
                {"a", "[2001:db8:1111::2]:8000", kWorks},
                {"b", "[2001:db8:1111::2]:8001", kWorks},
                {"c", "[2001:db8:1111::2]:8000", kDropped},
                {"stranger", "[2001:db8:1111::2]:8000", kDropped},
                {"stranger", "[2001:db8:1111::2]:8001", kDropped},
                {"c", "[2001:db8:2222::2]:8000", kWorks},
                {"stranger", "[2001:db8:2222::2]:8000", kWorks},
                {"stranger", "[2001:db8:2222::2]:8001", kWorks}},
     .letters = kContainersAskByUdp,
     .go_on = {{"stranger", "203.0.113.10:8000", kDropped}}},
    {.example = "recipes/original-address",
     .broken_on_plain_docker = {"not at the other address", "nor at another port",
                                "IPv6, not at the other address"},
     .visits = {{"stranger", "198.51.100.2:80", kWorks},
                {"stranger", "203.0.113.10:80", kDropped},
                {"a", "198.51.100.2:8000", kDropped},
                {"a", "203.0.113.10:8001", kDropped},
                {"stranger", "[2001:db8:2222::2]:80", kWorks},
                {"stranger", "[2001:db8:1111::2]:80", kDropped},
                {"a", "[2001:db8:2222::2]:8000", kDropped}},
     .letters = kContainersAskByUdp,
     .go_on = {{"stranger", "203.0.113.10:80", kDropped}}},
    {.example = "recipes/forwarding",
     .broken_on_plain_docker = {"inside reaches outside", "with UDP, too"},
     .visits = {{"inside", "192.0.2.66:80", kWorks},
                {"inside", "198.51.100.200:80", kWorks},
                {"stranger", "10.0.7.5:80", kDropped},
                {"stranger", "203.0.113.10:8000", kWorks}},
     .letters = {{"web", 0, "c", "192.0.2.66", 53, kAnswered},
                 {"inside", 0, "c", "192.0.2.66", 53, kAnswered}}},
    {.example = "recipes/answers",
     .broken_on_plain_docker = {"nobody gets in"},
     .visits = {{"a", "203.0.113.10:8000", kDropped},
                {"stranger", "198.51.100.2:80", kDropped},
                {"stranger", "203.0.113.10:8001", kDropped},
                {"inside", "10.0.7.1:8000", kWorks},
                {"stranger", "[2001:db8:1111::2]:8000", kDropped}},
     .letters = kContainersAskByUdp,
     .go_on = {{"a", "203.0.113.10:8000", kDropped}, {"stranger", "203.0.113.10:8001", kDropped}}},
    {.example = "script",
     .broken_on_plain_docker = {"nobody else does", "port 123 opens no other", "nobody else pings",
                                "nobody else reaches containers"},
     .visits = {{"a", "203.0.113.10:22", kWorks},
                {"c", "203.0.113.10:22", kWorks},
                {"stranger", "203.0.113.10:22", kDropped},
                {"stranger", "203.0.113.10:53", kWorks},
                {"a", "203.0.113.10:8000", kWorks},
                {"b", "203.0.113.10:8000", kWorks},
                {"c", "203.0.113.10:8000", kDropped},
                {"stranger", "203.0.113.10:8000", kDropped},
                {"docker host", "192.0.2.66:80", kWorks},
                {"docker host", "127.0.0.1:8000", kWorks},
                {"web", "172.17.0.1:22", kDropped}},
     .letters = {{"web", 0, "c", "192.0.2.66", 53, kAnswered},
                 {"docker host", 123, "stranger", "198.51.100.200", 123, kAnswered},
                 {"stranger", 123, "docker host", "203.0.113.10", 161, kLost},
                 {"a", 123, "docker host", "203.0.113.10", 161, kAnswered}},
     .echoes = {{"a", "203.0.113.10", true},
                {"c", "203.0.113.10", true},
                {"stranger", "203.0.113.10", false}},
     .go_on = {{"stranger", "203.0.113.10:22", kDropped}, {"stranger", "203.0.113.10:8000", kDropped}}}};

class Recipes : public RecipesTest, public testing::WithParamInterface<Recipe> {};

TEST_P(Recipes, DoWhatTheySay) {
  const auto& recipe = GetParam();
  must(host().write_file("/etc/pyfw/wishes.yaml", contents(recipe.example)));
  auto plain = pyfw({"check"});
  EXPECT_EQ(plain.status, 3);
  EXPECT_EQ(names_behind("✗ ", plain.out), recipe.broken_on_plain_docker) << plain.out << plain.err;
  std::vector<OpenConnection> opened;
  std::vector<OpenConnection> opened_too;
  for (const auto& visit : recipe.go_on) {
    opened.push_back(open(visit));
    opened_too.push_back(open(visit));
  }

  auto applied = pyfw({"apply"});
  EXPECT_EQ(applied.status, 0) << applied.out << applied.err;
  for (const auto& connection : opened) EXPECT_TRUE(connection.is_answered());

  auto expect_all = [&] {
    auto plan = pyfw({"plan"});
    EXPECT_EQ(plan.status, 0) << plan.out << plan.err;
    auto checked = pyfw({"check"});
    EXPECT_EQ(checked.status, 0) << checked.out << checked.err;
    auto visits = recipe.visits;
    visits.insert(visits.end(), recipe.go_on.begin(), recipe.go_on.end());
    visits.insert(visits.end(), kContainersAsk.begin(), kContainersAsk.end());
    expect(visits);
    expect(recipe.letters);
    expect(recipe.echoes);
  };
  expect_all();
  restart_docker();
  for (const auto& connection : opened_too) EXPECT_TRUE(connection.is_answered());
  expect_all();

  auto undone = pyfw({"rollback"});
  EXPECT_EQ(undone.status, 0) << undone.out << undone.err;
  EXPECT_EQ(names_behind("✗ ", pyfw({"check"}).out), recipe.broken_on_plain_docker);
}

std::string as_test_name(const testing::TestParamInfo<Recipe>& recipe) {
  auto name = recipe.param.example.substr(recipe.param.example.rfind('/') + 1);
  std::ranges::replace(name, '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(, Recipes, testing::ValuesIn(kRecipes), as_test_name);

// What the comments in the examples say of the lines that are often passed on.

TEST_F(RecipesTest, ADropWithoutAnAcceptOfAnswersCutsWhatContainersAsk) {
  run({"iptables -I DOCKER-USER -i eth0 ! -s 192.0.2.2 -j DROP"});
  expect({{"a", "203.0.113.10:8000", kWorks},
          {"stranger", "203.0.113.10:8000", kDropped},
          {"web", "192.0.2.2:80", kWorks},
          {"web", "192.0.2.66:80", kDropped},
          {"stranger", "[2001:db8:1111::2]:8000", kWorks}});
}

TEST_F(RecipesTest, AnInsertedAcceptOfAnswersWorksOnlyAsTheLastCommand) {
  constexpr auto kAnswers = "iptables -I DOCKER-USER -m state --state RELATED,ESTABLISHED -j ACCEPT";
  run({kAnswers, "iptables -I DOCKER-USER -i eth0 -j DROP"});
  expect({{"web", "192.0.2.66:80", kDropped}});
  run({kAnswers});
  expect({{"web", "192.0.2.66:80", kWorks}, {"stranger", "203.0.113.10:8000", kDropped}});
}

TEST_F(RecipesTest, TheHostsAddressAsDestinationNeverMatchesInDockerUser) {
  run(
      {"iptables -I DOCKER-USER -i eth0 -d 203.0.113.10 -m iprange ! --src-range 192.0.2.1-192.0.2.3 -j "
       "DROP"});
  expect({{"stranger", "203.0.113.10:8000", kWorks}, {"stranger", "198.51.100.2:8000", kWorks}});
}

TEST_F(RecipesTest, AcceptsOfTheOriginalAddressAloneKeepNobodyOut) {
  run({"iptables -I DOCKER-USER -p tcp -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT",
       "iptables -I DOCKER-USER -p tcp -m conntrack --ctorigdst 198.51.100.2 --ctorigdstport 80 -j ACCEPT"});
  expect({{"stranger", "198.51.100.2:80", kWorks}, {"stranger", "203.0.113.10:8000", kWorks}});
}

TEST_F(RecipesTest, ForwardingInOneDirectionGetsNoAnswers) {
  run({"iptables -I DOCKER-USER -i eth1 -o eth0 -j ACCEPT"});
  expect({{"inside", "192.0.2.66:80", kDropped}});
  expect(std::vector<Letter>{{"inside", 0, "c", "192.0.2.66", 53, kUnanswered}});
}

TEST_F(RecipesTest, TheScriptLetsInWhoSendsFromPort123AndDropsAnswersOfUdp) {
  run({"iptables -A INPUT -i lo -j ACCEPT", "iptables -A INPUT -p tcp -m tcp --dport 53 -j ACCEPT",
       "iptables -A INPUT -p udp -m udp --sport 123 -j ACCEPT",
       "iptables -A INPUT -s 192.0.2.2/32 -m comment --comment vpn -j ACCEPT",
       "iptables -A INPUT -p icmp -m icmp --icmp-type 8 -m comment --comment 'block icpm' -j DROP",
       "iptables -A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT", "iptables -A INPUT -j DROP",
       "iptables -I DOCKER-USER 1 -p tcp -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT",
       "iptables -I DOCKER-USER 2 -p tcp -m conntrack --ctorigsrc 192.0.2.2 -j ACCEPT",
       "iptables -I DOCKER-USER 3 -i eth0 -j DROP", "iptables -I DOCKER-USER 4 -j RETURN"});
  expect({{"web", "192.0.2.66:80", kWorks},
          {"stranger", "203.0.113.10:8000", kDropped},
          {"stranger", "[2001:db8:1111::2]:22", kWorks}});
  expect(std::vector<Letter>{{"stranger", 123, "docker host", "203.0.113.10", 161, kAnswered},
                             {"stranger", 124, "docker host", "203.0.113.10", 161, kLost},
                             {"web", 0, "c", "192.0.2.66", 53, kUnanswered}});
}

}  // namespace
}  // namespace pyfw::recipes
