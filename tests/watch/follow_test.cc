// Wishes that name a container follow it, without any command.

#include <fmt/format.h>

#include "watch/docker_watch.h"

namespace pyfw::netns {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kWishes = R"(
pyfw_wishes:
  iptables:
    filter:
      DOCKER-USER:
        rules:
        - ours_web_asks: -s ${container:web} -p tcp --dport 5432 -j ACCEPT
        - ours_no_mail: -s ${container:web} -p tcp --dport 25 -j DROP
)";

class Follow : public DockerWatchTest {
 protected:
  void SetUp() override {
    DockerWatchTest::SetUp();
    if (IsSkipped()) return;
    start_docker();
    if (IsSkipped()) return;
    wish(kWishes);
    apply_for_good();
    start_watch();
    expect_rules_of(address_of("web"));
  }

  [[nodiscard]] std::vector<std::string> ours() const {
    auto all = rules("DOCKER-USER");
    std::erase_if(all, [](const auto& rule) { return rule.find("ours_") == std::string::npos; });
    return all;
  }
  static auto accept_of(const std::string& web) {
    return AllOf(HasSubstr("-s " + web + "/32"), HasSubstr("ours_web_asks"), HasSubstr("ACCEPT"));
  }
  static auto drop_of(const std::string& web) {
    return AllOf(HasSubstr("-s " + web + "/32"), HasSubstr("ours_no_mail"), HasSubstr("DROP"));
  }
  template <typename Matcher>
  void expect_after_a_while(const Matcher& matcher) const {
    wait_until([&] { return testing::Matches(matcher)(ours()) || !is_watching(); });
    EXPECT_THAT(ours(), matcher) << log();
  }
  void expect_rules_of(const std::string& web) const {
    expect_after_a_while(ElementsAre(accept_of(web), drop_of(web)));
  }
};

TEST_P(Follow, AnAcceptGoesWithItsContainerAndComesBackWithItsNewAddress) {
  auto before = address_of("web");
  client({"stop", "-t", "0", "web"});
  expect_after_a_while(ElementsAre(drop_of(before)));
  client({"run", "-d", "--name", "other", lab::kImage, "sleep", "1000000"});
  ASSERT_EQ(address_of("other"), before);
  client({"start", "web"});
  auto now = address_of("web");
  ASSERT_NE(now, before);
  expect_rules_of(now);
  client({"rm", "-f", "other"});
  client({"restart", "-t", "0", "web"});
  expect_rules_of(address_of("web"));
  client({"rm", "-f", "web"});
  expect_after_a_while(ElementsAre(HasSubstr("ours_no_mail")));
  expect_held();
}

TEST_P(Follow, AContainerThatGetsAnotherAddressWithDockersRestart) {
  auto before = address_of("web");
  client({"stop", "-t", "0", "web"});
  client({"run", "-d", "--restart", "always", "--name", "other", lab::kImage, "sleep", "1000000"});
  client({"start", "web"});
  expect_rules_of(address_of("web"));
  client({"rm", "-f", "other"});
  restart_docker();
  EXPECT_EQ(address_of("web"), before);
  expect_rules_of(before);
  expect_held();
}

constexpr const char* kOnePlace = R"(
pyfw_wishes:
  iptables:
    nat:
      PREROUTING:
        rules:
        - ours_port: -p tcp --dport 2500 -j DNAT --to-destination ${container:web}:25
    filter:
      DOCKER-USER:
        rules:
        - ours_web_asks: -s ${container:web} -p tcp --dport 5432 -j ACCEPT
        - ours_no_mail: -s ${container:web} -p tcp --dport 25 -j DROP
)";

TEST_P(Follow, AContainerWhoseAddressesDontFitKeepsNothingElseFromBeingHeld) {
  wish(kOnePlace);
  apply_for_good();
  auto before = address_of("web");
  wait_until([&] { return note().edit.empty(); });
  client({"network", "create", "second"});
  client({"network", "connect", "second", "web"});
  wait_for_log("has 2 addresses, and here is place for one");
  expect_after_a_while(ElementsAre(drop_of(before)));
  sh("iptables -F DOCKER-USER");
  expect_after_a_while(ElementsAre(drop_of(before)));
  EXPECT_EQ(pyfw({"status"}).status, 0) << log();
  client({"network", "disconnect", "second", "web"});
  expect_rules_of(before);
  expect_held();
}

PYFW_ON_BOTH_BACKENDS(Follow);

}  // namespace
}  // namespace pyfw::netns
