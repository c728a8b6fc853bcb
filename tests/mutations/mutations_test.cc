#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/mutations/comparison.h"
#include "tests/mutations/mutation.h"
#include "tests/random/cases.h"
#include "tests/random/seen.h"
#include "tests/random/shrunk.h"

namespace pyfw {
namespace {

constexpr int kPackets = 60;

int cases() {
  constexpr int kUsual = 1000;
  return told_by(kSoakOfMutations).value_or(kUsual);
}

Arrival some_like(const World& world) {
  auto like = some_arrival(world);
  like.in_interface = one_of(std::vector<std::string>{"eth0", "eth0", "eth1", "docker0", "br1", "", "", ""});
  if (any(8) == 0) like.packet.protocol = kGre;
  if (any(8) == 0) like.packet = ping(like.packet.source.to_string(), like.packet.destination.to_string());
  if (!has_ports(like.packet.protocol)) like.packet.source_port = like.packet.destination_port = 0;
  if (like.packet.protocol != kTcp) like.packet.tcp_flags = 0;
  return like;
}

struct Pair {
  Rules before;
  Rules after;
};

Pair some_pair(Mutation mutation, const World& world) {
  for (;;) {
    auto before = random_rules(world);
    if (is_of_sets(mutation)) before = looking_at_a_set(before);
    auto after = mutate(before, mutation, world);
    if (after && !counts_down(before) && !counts_down(*after)) return {.before = before, .after = *after};
  }
}

std::string text_of(const Pair& pair) {
  return fmt::format("-- before:\n{}-- after:\n{}", telling_of(pair.before), telling_of(pair.after));
}

class Case {
 public:
  Case(Mutation mutation, const World& world, bool are_open = false) : world_(world), are_open_(are_open) {
    make_host(made_);
    if (any(3) == 0) made_.listener(kTcp, "0.0.0.0", 22, "sshd");
    pair_ = some_pair(mutation, world);
  }

  // Each packet of which something else becomes is in a line of the difference, and what a line says of
  // packets is so.
  void expect_the_difference() {
    Comparison comparison(made_, world_, pair_.before, pair_.after, are_open_);
    auto like = some_like(world_);
    if (auto wrong = comparison.first_wrong(like, kPackets, static_cast<std::uint64_t>(any(1 << 30))))
      fail(like, *wrong);
    drawn_ = comparison.drawn();
  }
  [[nodiscard]] const Drawn& drawn() const { return drawn_; }

 private:
  void fail(const Arrival& like, const Wrong& wrong) {
    auto find = [&](const Pair& some) {
      return Comparison(made_, world_, some.before, some.after, are_open_)
          .wrong_of(like, wrong.packet.value_or(like));
    };
    auto all = shrunk({pair_.before, pair_.after}, [&](const std::vector<Rules>& some) {
      auto found = find({.before = some[0], .after = some[1]});
      return found && found->packet.has_value() == wrong.packet.has_value();
    });
    Pair small{.before = all[0], .after = all[1]};
    auto found = find(small);
    RC_FAIL((found ? found->what : wrong.what) + "\n" + text_of(like) + "\n" + text_of(small));
  }

  const World& world_;
  bool are_open_;
  HostForTests made_;
  Pair pair_;
  Drawn drawn_;
};

class Mutated : public testing::TestWithParam<std::tuple<Mutation, Family>> {};

TEST_P(Mutated, ChangesThePacketsOfTheDifferenceAndNoOthers) {
  auto [mutation, family] = GetParam();
  const auto& world = family == Family::kIpv4 ? kIpv4World : kIpv6World;
  // IPv6 takes three times as long, for it asks of each length of an address.
  auto share = cases() * (family == Family::kIpv4 ? 3 : 1) / 4;
  Drawn drawn;
  auto kind = (static_cast<std::uint64_t>(mutation) * kFamilies.size()) + static_cast<std::uint64_t>(family);
  check_cases(share / static_cast<int>(kMutations.size()) + 1, kind, [&] {
    Case one(mutation, world);
    one.expect_the_difference();
    drawn.add(one.drawn());
    RC_CLASSIFY(one.drawn().changed > 0, "something changes");
  });
  std::cerr << fmt::format("{} packets changed, {} did not, of {} nothing is told\n", drawn.changed,
                           drawn.same, drawn.untold);
  // Few of them may all be without effect.
  constexpr int kMany = 200;
  if (share / static_cast<int>(kMutations.size()) > kMany) EXPECT_GT(drawn.changed, 0);
  EXPECT_LT(drawn.untold * 10, drawn.changed + drawn.same);
}

// To open each connection anew takes long.
class MutatedOpen : public testing::TestWithParam<Family> {};

TEST_P(MutatedOpen, ChangesWhatFollowsAsTheDifferenceSays) {
  const auto& world = GetParam() == Family::kIpv4 ? kIpv4World : kIpv6World;
  const int share = told_by(kSoakOfMutations) ? 5 : 12;
  constexpr std::uint64_t kOtherDice = 1000;
  Drawn drawn;
  check_cases(std::max(cases() / share, 1), kOtherDice + static_cast<std::uint64_t>(GetParam()), [&] {
    Case one(kMutations[static_cast<std::size_t>(any(static_cast<int>(kMutations.size())))], world, true);
    one.expect_the_difference();
    drawn.add(one.drawn());
  });
  std::cerr << fmt::format("{} packets changed, {} did not, of {} nothing is told\n", drawn.changed,
                           drawn.same, drawn.untold);
  EXPECT_GT(drawn.changed, 0);
}

INSTANTIATE_TEST_SUITE_P(Rules, MutatedOpen, testing::ValuesIn(kFamilies), [](const auto& info) {
  return std::string(info.param == Family::kIpv4 ? "Ipv4" : "Ipv6");
});

INSTANTIATE_TEST_SUITE_P(Rules, Mutated,
                         testing::Combine(testing::ValuesIn(kMutations), testing::ValuesIn(kFamilies)),
                         [](const auto& info) {
                           return fmt::format("{}Ipv{}", name_of(std::get<0>(info.param)),
                                              std::get<1>(info.param) == Family::kIpv4 ? 4 : 6);
                         });

}  // namespace
}  // namespace pyfw
