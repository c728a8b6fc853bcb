// Rules that name a container or a network follow it, with a real Docker: it restarts with another address,
// it is away, it comes back.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>

#include "base/fd.h"
#include "base/strings.h"
#include "lab/docker.h"
#include "lab/host.h"
#include "lab/must.h"

namespace pyfw::lab {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kWishes = R"(
pyfw_wishes:
  iptables:
    filter:
      DOCKER-USER:
        rules:
        - web_asks: -s ${container:web} -p tcp --dport 5432 -j ACCEPT
        - no_mail: -s ${container:web} -p tcp --dport 25 -j DROP
        - only_web: '! -s ${container:web} -o ${network:shop:bridge} -d ${network:shop} -p tcp --dport 6379 -j REJECT'
    nat:
      PREROUTING:
        rules:
        - to_web: -p tcp --dport 8080 -j DNAT --to-destination ${container:web}:80
)";

// A socket that takes connections and never says a word.
class Mute {
 public:
  explicit Mute(const std::string& path) : fd_(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::ranges::copy(path, static_cast<char*>(address.sun_path));
    if (bind(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
        listen(fd_.get(), 16) != 0)
      throw std::runtime_error("no socket at " + path);
  }

 private:
  Fd fd_;
};

class VariablesThatLive : public testing::TestWithParam<Backend> {
 protected:
  void SetUp() override {
    auto lab = Lab::open();
    if (!lab) GTEST_SKIP() << lab.error().message;
    lab_.emplace(std::move(*lab));
    host_.emplace(must(lab_->add_host("host", GetParam())));
    auto docker = Docker::start(*lab_, *host_);
    if (!docker) GTEST_SKIP() << docker.error().message;
    docker_.emplace(std::move(*docker));
    client({"network", "create", "--subnet", "172.30.0.0/24", "shop"});
    start("web");
    if (auto written = host_->write_file("/etc/pyfw/wishes.yaml", kWishes); !written)
      throw std::runtime_error(written.error().message);
  }

  std::string client(const std::vector<std::string>& arguments) { return must(docker_->client(arguments)); }
  void start(const std::string& name) { client({"run", "-d", "--name", name, kImage, "sleep", "1000"}); }
  std::string address_of(const std::string& name) {
    return client({"inspect", "-f", "{{.NetworkSettings.IPAddress}}", name});
  }
  // Another container takes the address while it is away.
  void restart_web_elsewhere() {
    auto before = address_of("web");
    client({"stop", "-t", "0", "web"});
    start("other");
    client({"start", "web"});
    ASSERT_EQ(address_of("other"), before);
    ASSERT_NE(address_of("web"), before);
  }

  Outcome pyfw(std::vector<std::string> arguments, std::vector<std::string> environment = {}) {
    arguments.insert(arguments.begin(), PYFW_PROGRAM);
    return must(host_->run(arguments, {.environment = std::move(environment)}));
  }
  // What was said of it. Then nothing is left to do, whoever looks.
  std::string apply(const std::vector<std::string>& environment = {}) {
    auto applied = pyfw({"apply"}, environment);
    EXPECT_EQ(applied.status, 0) << applied.err;
    EXPECT_EQ(pyfw({"plan"}, environment).status, 0);
    EXPECT_EQ(pyfw({}, environment).out, "# no commands needed, all wished fullfilled\n");
    return applied.err;
  }
  std::vector<std::string> rules() {
    std::vector<std::string> out;
    for (auto table : {"filter", "nat"}) {
      auto text = must(host_->output({"/usr/sbin/iptables-save", "-t", table}));
      for (auto line : split(text, '\n'))
        for (auto name : {"web_asks", "no_mail", "only_web", "to_web"})
          if (line.find(name) != std::string_view::npos) out.emplace_back(line);
    }
    return out;
  }
  // All four rules, as they are where web has this address.
  void expect_rules_for(const std::string& web) {
    EXPECT_THAT(rules(),
                ElementsAre(AllOf(HasSubstr("web_asks"), HasSubstr("-s " + web + "/32")),
                            AllOf(HasSubstr("no_mail"), HasSubstr("-s " + web + "/32")),
                            AllOf(HasSubstr("only_web"),
                                  HasSubstr("! -s " + web + "/32 -d 172.30.0.0/24 -o " + bridge_)),
                            AllOf(HasSubstr("to_web"), HasSubstr("--to-destination " + web + ":80"))));
  }
  void expect_closing_rules_for(const std::string& web) {
    EXPECT_THAT(rules(), ElementsAre(AllOf(HasSubstr("no_mail"), HasSubstr("-s " + web + "/32")),
                                     AllOf(HasSubstr("only_web"),
                                           HasSubstr("! -s " + web + "/32 -d 172.30.0.0/24 -o " + bridge_))));
  }

  std::optional<Lab> lab_;
  std::optional<Host> host_;
  std::optional<Docker> docker_;
  std::string bridge_ = "br-";
};

TEST_P(VariablesThatLive, RulesFollowAContainerThatGetsAnotherAddress) {
  EXPECT_THAT(apply(), Not(HasSubstr("warning")));
  auto before = address_of("web");
  expect_rules_for(before);
  restart_web_elsewhere();
  EXPECT_EQ(pyfw({"plan"}).status, 3);
  EXPECT_THAT(apply(), Not(HasSubstr("warning")));
  expect_rules_for(address_of("web"));
  EXPECT_THAT(rules(), Not(Contains(HasSubstr(before + "/32"))));
}

TEST_P(VariablesThatLive, WhileItIsAwayWhatOpensIsLeftOutAndWhatClosesStays) {
  apply();
  auto web = address_of("web");
  client({"stop", "-t", "0", "web"});
  auto said = apply();
  EXPECT_THAT(said,
              HasSubstr("/etc/pyfw/wishes.yaml:7:24: warning: container 'web' is away: this rule is left out "
                        "until it is back\n"));
  EXPECT_THAT(said, HasSubstr("the last known value stands in: " + web));
  expect_closing_rules_for(web);

  client({"start", "web"});
  EXPECT_THAT(apply(), Not(HasSubstr("warning")));
  expect_rules_for(address_of("web"));

  client({"rm", "-f", "web"});
  client({"network", "rm", "shop"});
  apply();
  EXPECT_THAT(rules(), ElementsAre(HasSubstr("no_mail"), HasSubstr("only_web")));
}

TEST_P(VariablesThatLive, WhileDockerIsSilentNetworksHoldAndNobodyWaitsLong) {
  apply();
  auto web = address_of("web");
  auto path = std::filesystem::temp_directory_path() / fmt::format("pyfw-mute-{}", getpid());
  Mute mute(path);
  std::vector<std::string> environment = {"DOCKER_HOST=unix://" + path.string()};
  auto begin = std::chrono::steady_clock::now();
  auto planned = pyfw({}, environment);
  auto took = std::chrono::steady_clock::now() - begin;
  EXPECT_THAT(planned.err, HasSubstr("pyfw: warning: Docker does not answer: it takes too long"));
  EXPECT_THAT(planned.err,
              HasSubstr("Docker does not tell of container 'web': this rule is left out until it does"));
  EXPECT_EQ(planned.status, 0) << planned.err;
  EXPECT_GT(took, std::chrono::milliseconds(1900));
  EXPECT_LT(took, std::chrono::milliseconds(10'000));
  apply(environment);
  expect_closing_rules_for(web);
  std::filesystem::remove(path);

  EXPECT_THAT(apply(), Not(HasSubstr("warning")));
  expect_rules_for(web);
}

TEST_P(VariablesThatLive, TheClassicFlagsKnowThemToo) {
  EXPECT_EQ(pyfw({"--apply"}).status, 0);
  auto web = address_of("web");
  expect_rules_for(web);
  client({"stop", "-t", "0", "web"});
  EXPECT_EQ(pyfw({"--apply"}).status, 0);
  expect_closing_rules_for(web);
  auto again = pyfw({"--apply"});
  EXPECT_EQ(again.out, "All wished already fullfilled.\n");
  EXPECT_THAT(again.err, HasSubstr("container 'web' is away"));
  EXPECT_EQ(pyfw({"plan"}).status, 0);
  client({"start", "web"});
  EXPECT_EQ(pyfw({"--apply"}).status, 0);
  expect_rules_for(address_of("web"));
}

INSTANTIATE_TEST_SUITE_P(On, VariablesThatLive, testing::Values(Backend::kNft, Backend::kLegacy),
                         [](const auto& info) { return info.param == Backend::kNft ? "nft" : "legacy"; });

}  // namespace
}  // namespace pyfw::lab
