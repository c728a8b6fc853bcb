// `pyfw status` of a real host.

#include <filesystem>
#include <fstream>

#include "show/schema_for_tests.h"
#include "watch/watching.h"

namespace pyfw::netns {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kWishes = R"(
pyfw_wishes:
  ipsets:
    allowed: { type: 'hash:ip', members_equal: [192.168.122.193] }
  iptables:
    filter:
      OUTPUT:
        default_action: ACCEPT
        rules:
        - count_port_9: -p udp --dport 9 -j ACCEPT
        - other: -p tcp --dport 24 -j DROP
)";

class StatusOfHost : public WatchTest {
 protected:
  [[nodiscard]] Outcome status(const std::string& format = "text") const {
    return pyfw({"status", "--format", format});
  }
  [[nodiscard]] static std::string schema() {
    std::ifstream file(std::filesystem::path(PYFW_SOURCE_DIR) / "docs/status.schema.json");
    return {std::istreambuf_iterator<char>(file), {}};
  }
};

TEST_P(StatusOfHost, SaysThatNothingWasApplied) {
  auto run = status();
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("Nothing was applied yet."));
  EXPECT_THAT(violations(status("json").out, schema()), IsEmpty());
}

TEST_P(StatusOfHost, TellsWhatHoldsAndWhatItMatched) {
  wish(kWishes);
  apply_for_good();
  sh("ip link set lo up; bash -c 'for i in 1 2 "
     "3; do echo x >/dev/udp/127.0.0.1/9; done'");
  auto run = status();
  EXPECT_EQ(run.status, 0) << run.out << run.err;
  EXPECT_THAT(run.out, AllOf(HasSubstr("all hold"), HasSubstr("3 packets"), HasSubstr("holds     other")));
  sh("iptables -D OUTPUT 2; ipset flush allowed; iptables -P OUTPUT DROP");
  run = status();
  EXPECT_EQ(run.status, 3) << run.out << run.err;
  EXPECT_THAT(run.out, AllOf(HasSubstr("4 wishes of /etc/pyfw: 3 drifted"), HasSubstr("drifted   other"),
                             HasSubstr("drifted   allowed"), HasSubstr("drifted   policy ACCEPT"),
                             HasSubstr("The daemon has never run")));
  auto json = status("json");
  EXPECT_EQ(json.status, 3);
  EXPECT_THAT(violations(json.out, schema()), IsEmpty()) << json.out;
  EXPECT_THAT(status("prometheus").out, HasSubstr("pyfw_drifted 1\n"));
}

TEST_P(StatusOfHost, TellsOfTheDaemonItsRepairsAndAChangeThatWaits) {
  wish(kWishes);
  apply_for_good();
  start_watch();
  sh("iptables -D OUTPUT 2");
  wait_until([&] { return history().repairs == 1; });
  auto run = status();
  EXPECT_EQ(run.status, 0) << run.out << run.err;
  EXPECT_THAT(run.out, AllOf(HasSubstr("The daemon runs since"), HasSubstr("1 repair:"),
                             HasSubstr("iptables filter: other put back in OUTPUT")));
  EXPECT_THAT(violations(status("json").out, schema()), IsEmpty());
  EXPECT_THAT(status("prometheus").out,
              AllOf(HasSubstr("pyfw_watch_up 1\n"), HasSubstr("pyfw_repairs_total 1\n")));
  kill_watch();
  EXPECT_THAT(status().out, HasSubstr("The daemon does not run"));
  wish("pyfw_wishes: {}\n");
  apply_for_good({"--confirm-within", "10m"});
  EXPECT_THAT(status().out, HasSubstr("A change waits for its confirm"));
}

PYFW_ON_BOTH_BACKENDS(StatusOfHost);

}  // namespace
}  // namespace pyfw::netns
