// What `pyfw check` says of a host with Docker is what real packets do there: its networks, the containers'
// own connections, the rules in its chains, its DNS, with docker-proxy and without.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <optional>

#include "base/strings.h"
#include "lab/checked.h"
#include "lab/must.h"
#include "lab/neighbourhood.h"
#include "lab/record.h"
#include "lab/situations.h"

namespace pyfw::lab {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr auto kWorks = Reach::kWorks;
constexpr auto kRefused = Reach::kRefused;
constexpr auto kDropped = Reach::kDropped;

struct Question {
  std::string from;  // "host2", "intruder", or as an expectation names it
  std::string to;
  Reach is;
};

bool is_of_docker_host(const std::string& name) { return name == "host" || name.starts_with("container:"); }

std::ptrdiff_t count_of(std::string_view what, std::string_view text) {
  std::ptrdiff_t count = 0;
  for (auto at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

// One Docker for all tests of it, whose firewall each of them finds as Docker left it.
class DockerCheck : public testing::Test {
 protected:
  static void build(std::string_view daemon_json) {
    auto built = Neighbourhood::build(daemon_json);
    if (!built) why_not_ = built.error().message;
    if (built) all_.emplace(std::move(*built));
  }
  static void TearDownTestSuite() { all_.reset(); }

  void SetUp() override {
    if (!all_) GTEST_SKIP() << why_not_;
    must(all_->forget_wishes());
  }

  static const Neighbourhood& all() { return *all_; }
  static const Host& host() { return all_->tutorial.docker_host; }
  static const Docker& docker() { return all_->tutorial.docker; }

  static void apply(std::string_view wishes) {
    must(host().write_file("/etc/pyfw/wishes.yaml", wishes));
    must(host().output({PYFW_PROGRAM, "--apply"}));
  }

  // Real packets do this, and pyfw says the same of each, from the rules and by its own probes.
  static void expect(const std::vector<Question>& questions) {
    std::vector<Fd> namespaces;
    std::vector<Probe> probes;
    std::vector<Connection> connections;
    std::vector<std::string> expected;
    for (const auto& [from, to, is] : questions) {
      auto colon = to.find(':');
      auto port = parse_number(to.substr(colon + 1));
      ASSERT_TRUE(port) << to;
      probes.push_back({.from = from,
                        .network = network_of(from, namespaces),
                        .address = to.substr(0, colon),
                        .port = static_cast<std::uint16_t>(*port)});
      connections.push_back({.from = address_of(from), .to = to, .reached = is});
      expected.push_back(fmt::format("{} to {}: {}", from, to, word(is)));
    }
    auto reached = must(probe(probes, 2'000));
    std::vector<std::string> found;
    for (std::size_t i = 0; i < probes.size(); ++i)
      found.push_back(fmt::format("{} to {}: {}", questions[i].from, questions[i].to, word(reached[i])));
    EXPECT_EQ(found, expected);
    auto said = must(check(host(), connections));
    EXPECT_EQ(said.status, 0) << said.out << said.err;
    EXPECT_EQ(count_of(" | packets: ", said.out),
              std::ranges::count_if(questions, is_of_docker_host, &Question::from))
        << said.out;
  }

  // Whom the container's server sees when the host asks it for a page.
  static std::string asked_by(const std::string& container, const std::string& server) {
    // The probes ask for no page but "/".
    must(host().output({must(find_busybox()), "wget", "-q", "-O", "-", server + "/index.html"}));
    for (int attempt = 0; attempt < 250; ++attempt) {
      auto log = must(docker().client({"logs", container}));
      for (auto line : split(log, '\n'))
        if (line.ends_with("url:/index.html")) return std::string(line.substr(0, line.find(']') + 1));
      usleep(20'000);
    }
    return "nobody";
  }

  static std::string trace(const std::string& from, const std::string& to) {
    return must(host().output({PYFW_PROGRAM, "trace", "--from", from, "--to", to}));
  }

 private:
  static std::string address_of(const std::string& name) {
    if (name == "host2") return "192.168.122.193";
    return name == "intruder" ? "192.168.122.66" : name;
  }

  static int network_of(const std::string& name, std::vector<Fd>& held) {
    const auto& tutorial = all_->tutorial;
    if (name == "host2") return tutorial.host2.network();
    if (name == "intruder") return tutorial.intruder.network();
    if (name == "host") return host().network();
    held.push_back(must(docker().network_of(name.substr(name.find(':') + 1))));
    return held.back().get();
  }

  static inline std::optional<Neighbourhood> all_;
  static inline std::string why_not_;
};

class DockerWithProxies : public DockerCheck {
 protected:
  static void SetUpTestSuite() { build("{}\n"); }
};

class DockerWithoutProxies : public DockerCheck {
 protected:
  static void SetUpTestSuite() { build("{\"userland-proxy\": false}\n"); }
};

std::string wish(std::string_view chain, std::string_view rules) {
  return fmt::format(
      "pyfw_wishes:\n"
      "  ipsets:\n"
      "    allowed_hosts: {{ type: hash:ip, members_equal: [192.168.122.193] }}\n"
      "  iptables:\n"
      "    filter:\n"
      "      {}:\n"
      "        rules:\n"
      "{}",
      chain, rules);
}

constexpr auto kRejectOthers =
    "        - others: '! -i docker0 -o docker0 -m set ! --match-set allowed_hosts src -j REJECT'\n";
constexpr auto kRejectNewOfOthers =
    "        - others: '! -i docker0 -o docker0 -m conntrack --ctstate NEW -m set ! --match-set "
    "allowed_hosts "
    "src -j REJECT'\n";
constexpr auto kReturnEstablished =
    "        - established: -m conntrack --ctstate RELATED,ESTABLISHED -j RETURN\n";

TEST_F(DockerWithProxies, ContainersReachHostsOutsideWhateverInputDrops) {
  const std::vector<Question> outgoing = {{"container:container2", "192.168.122.193:80", kWorks},
                                          {"container:container2", "192.168.122.66:80", kWorks},
                                          {"container:app", "192.168.122.193:80", kWorks},
                                          {"container:hosted", "192.168.122.193:80", kWorks}};
  expect(outgoing);
  apply(kInputDrop);
  expect(outgoing);
}

TEST_F(DockerWithProxies, RejectInDockerSparesTheAnswersToContainers) {
  apply(wish("DOCKER", kRejectOthers));
  expect({{"host2", "192.168.122.190:8000", kWorks},
          {"intruder", "192.168.122.190:8000", kRefused},
          {"intruder", "192.168.122.190:8001", kWorks},  // its network is behind another bridge
          {"container:container2", "192.168.122.66:80", kWorks}});
}

TEST_F(DockerWithProxies, RejectInDockerUserCutsTheAnswersToContainers) {
  apply(wish("DOCKER-USER", kRejectOthers));
  expect({{"host2", "192.168.122.190:8000", kWorks},
          {"intruder", "192.168.122.190:8000", kRefused},
          {"container:container2", "192.168.122.193:80", kWorks},
          {"container:container2", "192.168.122.66:80", kDropped}});
}

TEST_F(DockerWithProxies, RejectInDockerUserSparesTheAnswersIfItLooksAtTheState) {
  for (const auto& rules :
       {std::string(kRejectNewOfOthers), std::string(kReturnEstablished) + kRejectOthers}) {
    SCOPED_TRACE(rules);
    apply(wish("DOCKER-USER", rules));
    expect({{"host2", "192.168.122.190:8000", kWorks},
            {"intruder", "192.168.122.190:8000", kRefused},
            {"container:container2", "192.168.122.66:80", kWorks}});
  }
}

TEST_F(DockerWithProxies, NetworksOfDockerReachEachOtherOnlyIfDockerUserAccepts) {
  expect({{"container:app", "172.30.2.2:80", kDropped},
          {"container:db", "172.30.1.2:80", kDropped},
          {"container:nginx", "172.30.1.2:80", kDropped},
          {"container:both", "172.30.1.2:80", kWorks},
          {"container:both", "172.30.2.2:80", kWorks},
          {"host", "172.30.2.2:80", kWorks}});
  apply(wish("DOCKER-USER", "        - front_to_back: -i br-front -o br-back -j ACCEPT\n"));
  // DOCKER-ISOLATION drops the answers all the same.
  expect({{"container:app", "172.30.2.2:80", kDropped}});
  apply(wish("DOCKER-USER",
             "        - front_to_back: -i br-front -o br-back -j ACCEPT\n"
             "        - answers: -m conntrack --ctstate ESTABLISHED -j ACCEPT\n"));
  expect({{"container:app", "172.30.2.2:80", kWorks}});
}

TEST_F(DockerWithProxies, PublishedPortsLeadFromNetworkToNetworkThroughDockerProxy) {
  std::vector<Question> questions = {{"container:app", "192.168.122.190:8000", kWorks},
                                     {"container:app", "172.30.2.1:8000", kWorks},
                                     {"container:container2", "192.168.122.190:8000", kWorks},
                                     {"container:container2", "192.168.122.190:8001", kWorks},
                                     {"container:nginx", "192.168.122.190:8000", kWorks}};
  expect(questions);
  apply(kInputDrop);
  for (auto& question : questions) question.is = kDropped;
  expect(questions);
}

// Addresses of IPv6 for the docker host and the intruder, as long as it lives.
class Ipv6OnTheWire {
 public:
  explicit Ipv6OnTheWire(const Tutorial& tutorial) : tutorial_(tutorial) { change("add"); }
  Ipv6OnTheWire(const Ipv6OnTheWire&) = delete;
  Ipv6OnTheWire& operator=(const Ipv6OnTheWire&) = delete;
  ~Ipv6OnTheWire() { change("del"); }

 private:
  void change(const std::string& how) const {
    for (const auto& [host, address] : {std::pair(&tutorial_.docker_host, "2001:db8:122::190/64"),
                                        std::pair(&tutorial_.intruder, "2001:db8:122::66/64")})
      EXPECT_TRUE(host->output({"/usr/sbin/ip", "address", how, address, "dev", "eth0", "nodad"}));
  }

  const Tutorial& tutorial_;
};

TEST_F(DockerWithProxies, LeaveThePublishedPortOpenInIpv6AsWhoSaysUnasked) {
  apply(kOthersRejected);
  Ipv6OnTheWire wire(all().tutorial);
  auto intruder = all().tutorial.intruder.network();
  std::vector<Probe> probes = {
      {.from = "intruder", .network = intruder, .address = "192.168.122.190", .port = 8000},
      {.from = "intruder", .network = intruder, .address = "2001:db8:122::190", .port = 8000}};
  EXPECT_THAT(must(probe(probes)), ElementsAre(kRefused, kWorks));
  EXPECT_THAT(must(host().output({PYFW_PROGRAM, "who"})),
              AllOf(HasSubstr("host:8000/tcp  container nginx, port 80\n"
                              "  at 192.168.122.190, 172.17.0.1, 172.30.1.1, 172.30.2.1\n"
                              "  from set:allowed_hosts  by eth0\n"
                              "  from the host itself\n"),
                    HasSubstr("host:8000/tcp (IPv6)  container nginx, port 80\n"
                              "  at 2001:db8:122::190\n"
                              "  from ::/0  by eth0\n"
                              "  from the host itself\n")));
}

TEST_F(DockerWithProxies, LocalhostLeadsToDockerProxyWhichAsksFromTheBridge) {
  EXPECT_EQ(asked_by("app", "http://127.0.0.1:8001"), "[::ffff:172.30.1.1]");
  EXPECT_THAT(trace("host", "127.0.0.1:8001"),
              ContainsRegex("container: 172.30.1.1:[0-9]+ to 172.30.1.2:80"));
  expect({{"host", "127.0.0.1:8001", kWorks}, {"container:hosted", "127.0.0.1:8001", kWorks}});
}

TEST_F(DockerWithProxies, ContainerWithHostNetworkingIsAProcessOfTheHost) {
  EXPECT_EQ(asked_by("hosted", "http://127.0.0.1:81"), "[::ffff:127.0.0.1]");
  EXPECT_THAT(trace("host", "127.0.0.1:81"),
              HasSubstr("request: 127.0.0.1:50000 to 127.0.0.1:81, from this"));
  std::vector<Question> questions = {{"host", "127.0.0.1:81", kWorks},
                                     {"container:hosted", "127.0.0.1:81", kWorks},
                                     {"host2", "192.168.122.190:81", kWorks},
                                     {"container:container2", "192.168.122.190:81", kWorks},
                                     {"container:app", "172.30.1.1:81", kWorks}};
  expect(questions);
  // So INPUT protects it, other than what is published.
  apply(kInputDrop);
  for (auto& question : questions) question.is = kDropped;
  expect(questions);
}

// A container's own network namespace, and questions for 127.0.0.11 in it.
class Resolver {
 public:
  Resolver(const Host& host, const Docker& docker, std::string container)
      : host_(host), docker_(docker), container_(std::move(container)) {}

  void flush_rules() const {
    auto network = must(docker_.network_of(container_));
    must(host_.output({"/usr/sbin/iptables", "-t", "nat", "-F", "DOCKER_OUTPUT"},
                      {.in_child = [&network] { return setns(network.get(), CLONE_NEWNET) == 0; }}));
  }

  [[nodiscard]] std::string ask_by_udp() const {
    return answer({"/bin/busybox", "nslookup", "app", "127.0.0.11"});
  }
  [[nodiscard]] std::string ask_by_tcp() const {
    return answer(
        {"sh", "-c",
         R"(printf '\000\025\022\064\001\000\000\001\000\000\000\000\000\000\003app\000\000\001\000\001')"
         " | /bin/busybox nc 127.0.0.11 53 | /bin/busybox od -An -v -tu1 -w100"});
  }

  [[nodiscard]] Outcome check(Reach reached) const {
    auto pid = must(docker_.client({"inspect", "-f", "{{.State.Pid}}", container_}));
    const std::vector<Connection> connections = {
        {.from = "host", .to = "127.0.0.11:53/udp", .reached = reached},
        {.from = "host", .to = "127.0.0.11:53", .reached = reached}};
    return must(lab::check(host_, connections, {"--netns", "pid:" + pid}));
  }

 private:
  [[nodiscard]] std::string answer(std::vector<std::string> command) const {
    command.insert(command.begin(), {"exec", container_});
    return docker_.client(command).value_or("no answer");
  }

  const Host& host_;
  const Docker& docker_;
  std::string container_;
};

TEST_F(DockerWithProxies, DockersDnsAnswersInAContainerOfAUsersNetworkAsLongAsItsRulesAreThere) {
  must(docker().run_container("asker", {"--network", "front"}, {"sleep", "1000000"}));
  Resolver resolver(host(), docker(), "asker");
  EXPECT_THAT(resolver.ask_by_udp(), HasSubstr("Address: 172.30.1.2"));
  EXPECT_THAT(resolver.ask_by_tcp(), ContainsRegex("172 +30 +1 +2"));
  auto said = resolver.check(kWorks);
  EXPECT_EQ(said.status, 0) << said.out << said.err;
  EXPECT_THAT(said.out,
              HasSubstr("53/tcp: works: nothing stands in the way; dockerd listens | packets: works"));

  resolver.flush_rules();
  EXPECT_EQ(resolver.ask_by_udp(), "no answer");
  EXPECT_EQ(resolver.ask_by_tcp(), "");
  said = resolver.check(kRefused);
  EXPECT_EQ(said.status, 0) << said.out << said.err;
  EXPECT_EQ(count_of(" | packets: refused", said.out), 2) << said.out;
}

// The rows of the tutorial's table.
std::vector<Question> who_reaches_nginx(Reach intruder) {
  return {{"host2", "192.168.122.190:8000", kWorks},
          {"intruder", "192.168.122.190:8000", intruder},
          {"host", "192.168.122.190:8000", kWorks},
          {"host", "127.0.0.1:8000", kWorks},
          {"host", "172.17.0.2:80", kWorks},
          {"container:container2", "172.17.0.1:8000", kWorks},
          {"container:container2", "192.168.122.190:8000", kWorks}};
}

TEST_F(DockerWithoutProxies, InputPolicyDropCutsNobodyAndTheIntruderGetsInAllTheSame) {
  expect(who_reaches_nginx(kWorks));
  apply(kInputDrop);
  expect(who_reaches_nginx(kWorks));
}

TEST_F(DockerWithoutProxies, WishesOfTheTutorialRefuseTheIntruderAndNobodyElse) {
  apply(kOthersRejected);
  expect(who_reaches_nginx(kRefused));
  apply(must(tutorial_wishes()));
  expect(who_reaches_nginx(kRefused));
  apply(kLoopback);
  expect(who_reaches_nginx(kRefused));
}

TEST_F(DockerWithoutProxies, LocalhostIsTranslatedInOutputAndMasqueradedAsTheBridge) {
  EXPECT_EQ(asked_by("app", "http://127.0.0.1:8001"), "[::ffff:172.30.1.1]");
  EXPECT_THAT(trace("host", "127.0.0.1:8001"), ContainsRegex("becomes +172.30.1.1:50000 to 172.30.1.2:80"));
  expect({{"host", "127.0.0.1:8001", kWorks}, {"container:hosted", "127.0.0.1:8001", kWorks}});
}

TEST_F(DockerWithoutProxies, ContainersReachTheirOwnPublishedPortThroughTheBridgesHairpin) {
  expect({{"container:nginx", "192.168.122.190:8000", kWorks}, {"container:app", "172.30.1.1:8001", kWorks}});
}

TEST_F(DockerWithoutProxies, PublishedPortsDoNotLeadFromNetworkToNetwork) {
  expect({{"container:app", "192.168.122.190:8000", kDropped},
          {"container:app", "172.30.2.1:8000", kDropped},
          {"container:container2", "192.168.122.190:8001", kDropped},
          {"container:container2", "192.168.122.190:81", kWorks}});
}

}  // namespace
}  // namespace pyfw::lab
