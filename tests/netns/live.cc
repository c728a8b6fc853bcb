#include "live.h"

#include <fmt/format.h>

#include <chrono>
#include <thread>

#include "base/strings.h"

namespace pyfw::netns {
namespace {

constexpr const char* kWishes = "/etc/pyfw/wishes.yaml";

}  // namespace

void LiveTest::SetUp() {
  auto lab = lab::Lab::open();
  if (!lab) GTEST_SKIP() << lab.error().message;
  lab_.emplace(std::move(*lab));
  fresh_host();
}

void LiveTest::fresh_host() {
  auto host = lab_->add_host("host", GetParam());
  if (!host) throw std::runtime_error(host.error().message);
  host_.emplace(std::move(*host));
}

void LiveTest::wish(std::string_view wishes) const {
  auto written = host_->write_file(kWishes, wishes);
  if (!written) throw std::runtime_error(written.error().message);
}

Outcome LiveTest::pyfw(const std::vector<std::string>& arguments) const {
  std::vector<std::string> argv = {PYFW_PROGRAM};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  auto outcome = host_->run(argv);
  if (!outcome) throw std::runtime_error(outcome.error().message);
  return std::move(*outcome);
}

std::string LiveTest::apply() const {
  auto run = pyfw({"--apply"});
  EXPECT_EQ(run.status, 0) << run.out << run.err;
  return run.out;
}

void LiveTest::apply_and_expect_fulfilled() const {
  apply();
  EXPECT_EQ(pyfw({}).out, kNothingToDo);
  EXPECT_EQ(apply(), kAlreadyFulfilled);
}

void LiveTest::apply_both_ways_and_expect_fulfilled() const {
  apply_and_expect_fulfilled();
  for (const char* family : {"iptables", "ip6tables"})
    restore("*filter\nCOMMIT\n*mangle\nCOMMIT\n*nat\nCOMMIT\n*raw\nCOMMIT\n", family);
  auto run = pyfw({"apply"});
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(pyfw({"plan"}).out, kNothingPlanned);
  EXPECT_EQ(pyfw({}).out, kNothingToDo);
}

std::string LiveTest::sh(const std::string& script) const {
  auto out = host_->output({"/bin/sh", "-ec", script});
  if (!out) throw std::runtime_error(out.error().message);
  return std::move(*out);
}

void LiveTest::restore(std::string_view rules, const std::string& family) const {
  auto done = host_->output({"/usr/sbin/" + family + "-restore", "--counters"}, {.input = rules});
  if (!done) throw std::runtime_error(done.error().message);
}

std::string LiveTest::save(const std::string& family, const std::string& options) const {
  return sh(family + "-save " + options + " | grep -v '^#' || true");
}

std::vector<std::string> LiveTest::rules(const std::string& chain, const std::string& table,
                                         const std::string& family) const {
  std::vector<std::string> found;
  auto begin = "-A " + chain + ' ';
  auto saved = save(family, "-t " + table);
  for (auto line : split(saved, '\n'))
    if (line.starts_with(begin)) found.emplace_back(line.substr(begin.size()));
  return found;
}

void LiveTest::before_each_command(const std::string& script) const {
  auto multi = is_legacy() ? "/usr/sbin/xtables-legacy-multi" : "/usr/sbin/xtables-nft-multi";
  auto wrapper = [&](const std::string& real) {
    return fmt::format(
        "#!/bin/sh\ncase \"$*\" in --version) exec {1} \"$@\";; esac\ncall=$(($(cat /run/calls 2>/dev/null "
        "|| echo 0) + 1))\necho $call >/run/calls\n{0}\nexec "
        "{1} \"$@\"\n",
        script, real);
  };
  auto write = [&](const std::string& path, const std::string& text) {
    if (auto written = host_->write_file(path, text); !written)
      throw std::runtime_error(written.error().message);
  };
  sh("rm -f /run/calls; test -e /run/real/ipset || { mkdir -p /run/real /run/asks; cp /usr/sbin/ipset "
     "/run/real/; }");
  for (const std::string family : {"iptables", "ip6tables"}) {
    write("/run/asks/" + family, wrapper(std::string(multi) + " " + family));
    sh(fmt::format("chmod +x /run/asks/{0}; ln -sf /run/asks/{0} /etc/alternatives/{0}", family));
  }
  // The scratch namespace and the reading ask ipset too, by `restore` and `save`.
  auto asks = wrapper("/run/real/ipset");
  asks.replace(0, std::string_view("#!/bin/sh\n").size(),
               "#!/bin/sh\ncase \"$*\" in *restore*|*save*) exec /run/real/ipset \"$@\";; esac\n");
  write("/run/asks/ipset", asks);
  sh("chmod +x /run/asks/ipset; mount --bind /run/asks/ipset /usr/sbin/ipset");
}

void LiveTest::wait_until(const std::function<bool()>& holds) {
  using namespace std::chrono_literals;
  auto deadline = std::chrono::steady_clock::now() + 60s;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("a minute was not enough");
    std::this_thread::sleep_for(10ms);
  }
}

}  // namespace pyfw::netns
