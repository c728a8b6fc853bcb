// `pyfw status` of a real host.

#include <filesystem>
#include <fstream>

#include "show/schema_for_tests.h"
#include "watch/watching.h"

namespace pyfw::netns {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
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
  EXPECT_EQ(run.out,
            "Nothing was applied yet.\n\nThe daemon has never run: `pyfw watch` holds the wishes.\n");
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

TEST_P(StatusOfHost, WhereTheWishesCantBeLookedAtItTellsOfTheDaemonNevertheless) {
  wish(kWishes);
  apply_for_good();
  start_watch();
  sh("iptables -D OUTPUT 2");
  wait_until([&] { return history().repairs == 1; });
  kill_watch();
  auto expect_told = [&](const char* why) {
    auto run = status();
    EXPECT_EQ(run.status, 1) << run.out << run.err;
    EXPECT_THAT(run.err, HasSubstr(why));
    EXPECT_THAT(run.out, AllOf(HasSubstr("It can't be told whether the wishes hold: "), HasSubstr(why),
                               HasSubstr("The daemon does not run"), HasSubstr("1 repair:")));
    EXPECT_THAT(violations(status("json").out, schema()), IsEmpty());
    EXPECT_THAT(status("prometheus").out,
                AllOf(HasSubstr("\npyfw_look_failed 1\n"), HasSubstr("\npyfw_repairs_total 1\n")));
  };
  sh("for program in /usr/sbin/xtables-*-multi; do mount --bind /dev/null $program; done");
  expect_told("iptables");
  sh("for program in /usr/sbin/xtables-*-multi; do umount $program; done");
  EXPECT_EQ(status().status, 0);
  sh("sed -i s/count_port/count_part/ /var/lib/pyfw/*/record");
  expect_told("the record of what was applied last can't be used");
}

TEST_P(StatusOfHost, ANoteThatIsDamagedKeepsNothingElseFromBeingTold) {
  wish(kWishes);
  apply_for_good();
  start_watch();
  stop_watch();
  sh("cd /var/lib/pyfw/*; echo garbage >daemon; head -c 20 daemon >history");
  auto run = status();
  EXPECT_EQ(run.status, 0) << run.out << run.err;
  EXPECT_THAT(run.out, AllOf(HasSubstr("all hold"), HasSubstr("holds     other"),
                             ContainsRegex("tells of itself can't be read: /var/lib/pyfw/.*/daemon: "),
                             ContainsRegex("repaired can't be read: /var/lib/pyfw/.*/history: ")));
  EXPECT_THAT(violations(status("json").out, schema()), IsEmpty());
  sh("iptables -D OUTPUT 2");
  EXPECT_EQ(status().status, 3);
  sh("echo garbage >$(echo /var/lib/pyfw/*)/pending");
  run = status();
  EXPECT_EQ(run.status, 1) << run.out << run.err;
  EXPECT_THAT(run.out,
              AllOf(HasSubstr("drifted   other"), HasSubstr("/pending, which holds a change that waits")));
  EXPECT_THAT(violations(status("json").out, schema()), IsEmpty());
}

constexpr const char* kOutside = R"(
pyfw_wishes:
  iptables: { filter: { FORWARD: { rules: [ outside: '-i ${external_interface} -p tcp --dport 24 -j DROP' ] } } }
)";

TEST_P(StatusOfHost, SaysWhyTheLastValueIsHeldWhereTodaysCantBeUsed) {
  sh("for name in wan0 e+; do ip link add $name type veth peer name peer-$name; ip link set $name up; "
     "ip link set peer-$name up; done; ip addr add 10.7.0.2/24 dev wan0; ip addr add 10.7.1.2/24 dev e+; "
     "ip route add default via 10.7.0.1");
  wish(kOutside);
  apply_for_good();
  sh("ip route replace default via 10.7.1.1");
  auto run = status();
  EXPECT_EQ(run.status, 0) << run.out << run.err;
  EXPECT_THAT(run.out,
              AllOf(HasSubstr("all hold"), HasSubstr("wishes.yaml:3:"),
                    HasSubstr("there counts as no default route, since its interface can't be used: no "
                              "rule can name the interface 'e+'")));
  EXPECT_THAT(violations(status("json").out, schema()), IsEmpty());
  sh("iptables -F FORWARD");
  EXPECT_EQ(status().status, 3);
}

PYFW_ON_BOTH_BACKENDS(StatusOfHost);

}  // namespace
}  // namespace pyfw::netns
