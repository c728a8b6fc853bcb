#include "confirm.h"

#include <fmt/format.h>

#include "base/strings.h"

namespace pyfw::netns {
namespace {

constexpr auto kBefore = R"(
pyfw_wishes:
  ip46tables:
    filter:
      INPUT:
        default_action: DROP
        rules:
        - allow_loopback: -i lo -j ACCEPT
        - allow_old: -p tcp --dport 22 -j ACCEPT
)";

constexpr auto kAfter = R"(
pyfw_wishes:
  ipsets:
    offices: { type: 'hash:ip', members_equal: [192.0.2.1, 192.0.2.2] }
  iptables:
    filter:
      INPUT:
        rules:
        - allow_offices: -m set --match-set offices src -j ACCEPT
  ip46tables:
    filter:
      FORWARD:
        default_action: DROP
      INPUT:
        default_action: DROP
        rules:
        - allow_loopback: -i lo -j ACCEPT
        - allow_new: -p tcp --dport 8022 -j ACCEPT
)";

}  // namespace

void ConfirmTest::SetUp() {
  LiveTest::SetUp();
  if (!IsSkipped()) begin();
}

void ConfirmTest::begin_anew() {
  fresh_host();
  begin();
}

void ConfirmTest::begin() {
  wish(kBefore);
  auto run = pyfw({"apply"});
  ASSERT_EQ(run.status, 0) << run.err;
  rules_before_ = rules_and_sets();
  record_before_ = record();
  wish(kAfter);
}

Outcome ConfirmTest::gated(const std::vector<std::string>& arguments) const {
  std::vector<std::string> argv = {PYFW_GATED_PROGRAM};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  auto outcome = host().run(argv);
  if (!outcome) throw std::runtime_error(outcome.error().message);
  return std::move(*outcome);
}

std::string ConfirmTest::apply_within(const std::string& time) const {
  auto run = pyfw({"apply", "--confirm-within", time});
  EXPECT_EQ(run.status, 0) << run.out << run.err;
  EXPECT_NE(rules_and_sets(), rules_before_);
  EXPECT_NE(record(), record_before_);
  return run.out;
}

int ConfirmTest::count_commits() const {
  auto run = gated({"apply", "--confirm-within", kForever});
  EXPECT_EQ(run.status, 0) << run.err;
  auto count = parse_number(trim(sh("ls /run/reached | grep -c after; rm -r /run/reached")));
  EXPECT_EQ(pyfw({"rollback"}).status, 0);
  expect_undone();
  return static_cast<int>(count.value_or(0));
}

void ConfirmTest::wait_for_gate(const std::string& gate) const {
  wait_until([&] { return exists("/run/reached/" + gate); });
}

std::optional<Pending> ConfirmTest::pending() const {
  // Between the look and the cat it may go.
  auto text = sh("cat /var/lib/pyfw/*/pending 2>/dev/null || true");
  if (text.empty()) return std::nullopt;
  auto parsed = parse_pending(text);
  if (!parsed) throw std::runtime_error(parsed.error().message);
  return std::move(*parsed);
}

bool ConfirmTest::exists(const std::string& path) const {
  return host().run({"/bin/sh", "-c", "test -e " + path}).value().status == 0;
}

bool ConfirmTest::is_running(std::int64_t pid) const { return exists(fmt::format("/proc/{}", pid)); }

std::string ConfirmTest::rules_and_sets() const {
  return sh(
      "for family in iptables ip6tables; do $family-save | grep -v '^#' | sed 's/ \\[[0-9:]*\\]$//'; done;"
      "ipset save | sort");
}

std::string ConfirmTest::record() const { return sh("cat /var/lib/pyfw/*/record"); }

std::int64_t ConfirmTest::last_holder() const {
  auto text = sh("cut -d' ' -f1 /var/lib/pyfw/*/holder");
  return static_cast<std::int64_t>(parse_number(trim(text)).value_or(0));
}

void ConfirmTest::expect_as_before() const {
  EXPECT_FALSE(pending());
  EXPECT_EQ(rules_and_sets(), rules_before_);
  EXPECT_EQ(record(), record_before_);
}

void ConfirmTest::expect_undone() const {
  auto holder = last_holder();
  wait_until([&] { return !pending(); });
  expect_as_before();
  wait_until([&] { return !is_running(holder); });
  expect_as_before();
}

void ConfirmTest::expect_kept() const {
  auto holder = last_holder();
  wait_until([&] { return !is_running(holder); });
  EXPECT_FALSE(pending());
  EXPECT_EQ(pyfw({"plan"}).status, 0);
  EXPECT_NE(rules_and_sets(), rules_before_);
}

}  // namespace pyfw::netns
