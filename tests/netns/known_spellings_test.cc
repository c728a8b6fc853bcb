// What src/ext/spelling.h says about the kernel, asked of the kernel.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "base/strings.h"
#include "ext/spelling.h"
#include "kernel/scratch.h"
#include "nf/iptables_save.h"
#include "nf/tokens.h"

namespace pyfw {
namespace {

// Rules put together at random of words in and out of their usual form; most are not even rules.
class RandomRules {
 public:
  explicit RandomRules(Family family) : v4_(family == Family::kIpv4) {}

  std::vector<std::string> rule() {
    std::vector<std::string> tokens;
    auto option = [&](const char* name, const std::string& value) {
      if (coin(3) == 0) return;
      if (coin(5) == 0) tokens.emplace_back("!");
      tokens.insert(tokens.end(), {name, value});
    };
    option("-s", address());
    option("-d", address());
    option("-i", any({"eth0", "docker0", "br-0a1b2c", "veth+", "+", "a-name-of-sixteen"}));
    option("-o", any({"eth0", "lo", "tun+"}));
    auto protocol = any({"tcp", "udp", "icmp", "ipv6-icmp", "6", "all"});
    option("-p", protocol);
    for (int matches = coin(3); matches > 0; --matches) match(tokens, protocol);
    target(tokens);
    return tokens;
  }

 private:
  int coin(int sides) { return static_cast<int>(random_() % static_cast<unsigned>(sides)); }
  std::string any(const std::vector<std::string>& of) { return of[random_() % of.size()]; }

  std::string address() {
    if (coin(4) == 0)
      return any({"0.0.0.0/0", "10.0.0.1/8", "10.0.0.1", "::/0", "2001:DB8::/32", "10.0.0.0/255.0.0.0"});
    int length = 1 + coin(v4_ ? 32 : 128);
    std::array<std::uint8_t, 16> bytes{};
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random_());
    if (coin(3) == 0) std::fill(bytes.begin() + 2, bytes.begin() + 12, std::uint8_t{0});
    auto ip = Ip::from_bytes(v4_ ? Family::kIpv4 : Family::kIpv6, bytes.data())
                  .masked(static_cast<unsigned>(length));
    return Prefix{.ip = ip, .length = static_cast<unsigned>(length)}.to_string();
  }

  void match(std::vector<std::string>& tokens, const std::string& protocol) {
    auto add = [&](std::initializer_list<std::string> words) { tokens.insert(tokens.end(), words); };
    switch (coin(4)) {
      case 0:
        add({"-m", protocol});
        if (coin(2) == 0) add({"--sport", any({"1", "65535", "080", "ssh", "0"})});
        if (coin(3) != 0) add({"--dport", std::to_string(coin(65536))});
        break;
      case 1:
        add({"-m", "conntrack", "--ctstate",
             any({"NEW", "RELATED,ESTABLISHED", "ESTABLISHED,RELATED", "INVALID,NEW", "NEW,ESTABLISHED"})});
        break;
      case 2:
        add({"-m", "comment", "--comment",
             any({"plain", "two words", "dotted.name", "it's", "say \"hi\"", "back\\slash", "grün", "~x", "-",
                  "a/b:c"})});
        break;
      default: add({"-m", "set", "--match-set", "known", any({"src", "dst", "src,dst"})});
    }
  }

  void target(std::vector<std::string>& tokens) {
    auto name = any({"ACCEPT", "DROP", "RETURN", "REJECT", "other-chain_1"});
    tokens.insert(tokens.end(), {"-j", name});
    if (name == "REJECT" && coin(4) != 0)
      tokens.insert(tokens.end(),
                    {"--reject-with", v4_ ? "icmp-port-unreachable" : "icmp6-port-unreachable"});
  }

  bool v4_;
  std::mt19937 random_{20};
};

struct Backend {
  const char* name;
  Family family;
};

class KnownSpellings : public testing::TestWithParam<Backend> {};

TEST_P(KnownSpellings, AreThoseOfTheKernel) {
  auto scratch = Scratch::make();
  if (!scratch) GTEST_SKIP() << scratch.error().message;
  auto [backend, family] = GetParam();
  const char* ipset_family = family == Family::kIpv4 ? "inet" : "inet6";
  ASSERT_EQ(scratch
                ->run({"/usr/sbin/ipset", "restore"},
                      std::string("create known hash:ip,port,net family ") + ipset_family + "\n")
                ->status,
            0);
  RandomRules random(family);
  std::string restore;
  std::map<std::string, std::string> expected;
  for (const char* table : {"filter", "mangle"}) {
    restore += std::string("*") + table + "\n:user - [0:0]\n:other-chain_1 - [0:0]\n";
    for (const char* chain : {"INPUT", "FORWARD", "OUTPUT", "user"}) {
      for (int i = 0; i < 4000; ++i) {
        auto tokens = random.rule();
        if (!is_spelled_like_kernel(tokens, {.family = family, .table = table, .chain = chain})) continue;
        auto line = std::string("-A ") + chain + " " + write_tokens(tokens) + "\n";
        restore += line;
        expected[table] += line;
      }
    }
    restore += "COMMIT\n";
  }
  auto program = std::string("/usr/sbin/") + std::string(program_of(family)) + "-" + backend;
  auto restored = scratch->run({program + "-restore"}, restore);
  ASSERT_TRUE(restored.has_value());
  ASSERT_EQ(restored->status, 0) << restored->err;
  for (const auto& [table, lines] : expected) {
    EXPECT_GT(std::ranges::count(lines, '\n'), 50);
    auto saved = scratch->run({program + "-save", "-t", table});
    std::vector<std::string_view> rules;
    for (auto line : split(saved->out, '\n'))
      if (line.starts_with("-A")) rules.push_back(line);
    auto wanted = split(lines, '\n');
    wanted.pop_back();
    ASSERT_EQ(rules.size(), wanted.size());
    for (std::size_t i = 0; i < rules.size(); ++i) EXPECT_EQ(rules[i], wanted[i]);
  }
}

INSTANTIATE_TEST_SUITE_P(Backends, KnownSpellings,
                         testing::Values(Backend{"legacy", Family::kIpv4}, Backend{"nft", Family::kIpv4},
                                         Backend{"legacy", Family::kIpv6}, Backend{"nft", Family::kIpv6}),
                         [](const auto& tested) {
                           return std::string(tested.param.name) +
                                  (tested.param.family == Family::kIpv4 ? "4" : "6");
                         });

}  // namespace
}  // namespace pyfw
