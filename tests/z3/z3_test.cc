#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <functional>
#include <iostream>
#include <sstream>

#include "prove/reach.h"
#include "tests/z3/host.h"
#include "tests/z3/random_ruleset.h"
#include "tests/z3/region.h"
#include "tests/z3/ruleset_text.h"
#include "trace/host_for_tests.h"

namespace z3check {
namespace {

using pyfw::Bdd;
using pyfw::Field;
using pyfw::FlowOutcome;

const std::vector<Field> kFree = {Field::kSource, Field::kSourcePort, Field::kTtl, Field::kTos,
                                  Field::kLength};

pyfw::HostForTests host_with(const Ruleset& rules, const Asked& asked) {
  pyfw::HostForTests made;
  auto& facts = made.facts();
  facts.interfaces.clear();
  facts.routes.clear();
  made.interface("lo", {"127.0.0.1/8", "::1/128"});
  for (const auto& link : kLinks) {
    made.interface(std::string(link.interface), {link.own, link.own6});
    made.route(link.network, std::string(link.interface));
    made.route(link.network6, std::string(link.interface));
  }
  made.route("0.0.0.0/0", std::string(kLinks.front().interface), "192.0.2.254");
  made.route("::/0", std::string(kLinks.front().interface), "2001:db8::ff");
  facts.settings->interfaces["all"].rp_filter = asked.rp_filter;
  if (asked.knows_listeners)
    for (auto port : kListening)
      for (const auto* any : {"0.0.0.0", "::"})
        made.listener(pyfw::kTcp, any, static_cast<std::uint16_t>(port), "someone");
  made.sets(text_of(all_sets()));
  return rules.is_ipv6 ? made.ipv6_rules(text_of(rules)) : made.rules(text_of(rules));
}

pyfw::Arrival arrival_of(const Asked& asked) {
  std::string source = asked.destination.is_ipv6 ? "2001:db8:77::1" : "198.18.0.1";
  auto port = static_cast<std::uint16_t>(asked.port);
  auto to = text_of(asked.destination);
  return {.packet = asked.protocol == pyfw::kTcp ? pyfw::tcp(source, to, port) : pyfw::udp(source, to, port),
          .in_interface = asked.interface};
}

std::string text_of(const Asked& asked) {
  return fmt::format("by {} to {} port {}, protocol {}, rp_filter {}, {}", asked.interface,
                     text_of(asked.destination), asked.port, asked.protocol, asked.rp_filter,
                     asked.knows_listeners ? "listeners known" : "everyone listens");
}

std::vector<pyfw::PointSpan> spans_of(const std::vector<Network>& networks) {
  std::vector<pyfw::PointSpan> out;
  for (const auto& some : networks)
    out.push_back(pyfw::span_of(pyfw::Prefix{.ip = pyfw::ip(text_of(some.address)), .length = some.length}));
  return out;
}

// Z3, which is told once what becomes of all packets, and then asked about some of them.
class Asker {
 public:
  Asker(z3::context& context, const z3::expr& is_asked, const Outcomes& outcomes)
      : solver_(context, "QF_BV"),
        works_(context.bool_const("works")),
        refused_(context.bool_const("refused")) {
    // Z3's own steps: by the clock a busy machine would know less. Some minutes' worth.
    constexpr unsigned kMostSteps = 2'000'000'000;
    solver_.set("rlimit", kMostSteps);
    solver_.add(is_asked);
    solver_.add(works_ == outcomes.works);
    solver_.add(refused_ == outcomes.refused);
  }

  // Whether to one of those packets anything else happens; then `example` tells which.
  z3::check_result fares_otherwise(const z3::expr& packets, FlowOutcome outcome) {
    solver_.push();
    solver_.add(packets);
    solver_.add(opposite_of(outcome));
    auto found = solver_.check();
    if (found == z3::sat) example_ = text_of(solver_.get_model());
    solver_.pop();
    return found;
  }
  [[nodiscard]] const std::string& example() const { return example_; }

 private:
  [[nodiscard]] z3::expr opposite_of(FlowOutcome outcome) const {
    switch (outcome) {
      case FlowOutcome::kWorks: return !works_;
      case FlowOutcome::kRefused: return !refused_;
      default: return works_ || refused_;
    }
  }
  static std::string text_of(const z3::model& model) {
    std::string out;
    for (unsigned i = 0; i < model.size(); ++i)
      out += fmt::format("{} = {}, ", model[i].name().str(), model.get_const_interp(model[i]).to_string());
    return out;
  }

  z3::solver solver_;
  z3::expr works_, refused_;
  std::string example_{};
};

struct Compared {
  std::string difference{};  // none: they say the same
  int unknown = 0;
  std::size_t ways = 0;
  bool is_mixed = false;  // some packets fare otherwise than others
};

class Comparison {
 public:
  Comparison(const Ruleset& rules, const Asked& asked)
      : rules_(rules),
        asked_(asked),
        made_(host_with(rules, asked)),
        host_(made_.traced()),
        reach_(host_, made_.state().state.sets, family(), kFree) {}

  Compared compare() && {
    reach_.add_address(pyfw::ip(text_of(asked_.destination)));
    reach_.add_port(static_cast<std::uint16_t>(asked_.port));
    auto not_asked = reach_.space().ask(Field::kSource, spans_of(left_out(asked_)));
    reach_.settle();
    auto& bdd = reach_.space().bdd();
    auto asked = bdd.without(reach_.space().everything(), reach_.space().node(not_asked));
    auto ways = reach_.ways(arrival_of(asked_), asked);
    if (!ways) return {.difference = ways.error().message};
    auto all = Bdd::kNone;
    for (const auto& region : *ways) {
      if (region.verdict.outcome == FlowOutcome::kDepends)
        return {.difference = "the prover can't tell: " + asked_of(region.verdict.questions.front()) + "\n"};
      if (bdd.meet(all, region.packets)) return {.difference = "a packet goes two ways"};
      all = bdd.either(all, region.packets);
    }
    if (all != asked) return {.difference = "others than the packets that were asked about go some way"};
    Numbers numbers(context_, rules_.is_ipv6);
    auto free = free_of(numbers);
    auto outcomes = outcomes_of(numbers, rules_, all_sets(), asked_, free);
    Regions regions(numbers, reach_.space(), free);
    auto is_in_question = numbers.is(true);
    for (const auto& some : left_out(asked_))
      is_in_question = without(is_in_question, numbers.is_in(free.source, some));
    Asker asker(context_, is_in_question, outcomes);
    std::set<FlowOutcome> outcomes_found;
    Compared out{.ways = ways->size()};
    for (const auto& region : *ways) {
      auto outcome = region.verdict.outcome;
      outcomes_found.insert(outcome);
      // What can't be told of a match may decide by which rules packets go, but not how they fare.
      auto packets = reach_.space().whatever_is_free(region.packets);
      auto found = asker.fares_otherwise(regions.formula(packets), outcome);
      if (found == z3::unknown) ++out.unknown;
      if (found != z3::sat) continue;
      out.difference += fmt::format("the prover: {}, Z3: {}\n", word_of(outcome), asker.example());
      break;
    }
    out.is_mixed = outcomes_found.size() > 1;
    return out;
  }

 private:
  [[nodiscard]] pyfw::Family family() const {
    return rules_.is_ipv6 ? pyfw::Family::kIpv6 : pyfw::Family::kIpv4;
  }
  [[nodiscard]] std::string asked_of(const pyfw::OpenQuestion& question) const {
    if (!question.rule) return question.on;
    const auto& chain = host_.chain(question.rule->chain);
    return fmt::format("{}, {} {} {}", question.on, chain.table, chain.name, question.rule->rule + 1);
  }
  static std::string_view word_of(FlowOutcome outcome) {
    constexpr std::array<std::string_view, 4> kWords = {"works", "refused", "dropped", "depends"};
    return kWords.at(static_cast<std::size_t>(outcome));
  }

  const Ruleset& rules_;
  const Asked& asked_;
  pyfw::HostForTests made_;
  pyfw::TracedHost host_;
  pyfw::Reach reach_;
  z3::context context_{};
};

Compared compare(const Ruleset& rules, const Asked& asked) { return Comparison(rules, asked).compare(); }

// As few rules as still show a difference.
Ruleset shrunk(Ruleset rules, const Asked& asked) {
  for (bool has_shrunk = true; has_shrunk;) {
    has_shrunk = false;
    for (auto& table : rules.tables)
      for (auto& chain : table.chains)
        for (auto i = chain.rules.size(); i-- > 0;) {
          auto rule = chain.rules[i];
          chain.rules.erase(chain.rules.begin() + static_cast<std::ptrdiff_t>(i));
          if (!compare(rules, asked).difference.empty()) {
            has_shrunk = true;
          } else {
            chain.rules.insert(chain.rules.begin() + static_cast<std::ptrdiff_t>(i), rule);
          }
        }
  }
  return rules;
}

void expect_the_same(int rules, int& unknown) {
  constexpr int kMostUnknown = 3;
  constexpr std::size_t kMany = 20;
  bool is_ipv6 = *rc::gen::inRange(0, 3) == 0;
  auto ruleset = random_ruleset(is_ipv6, rules);
  auto asked = random_asked(is_ipv6);
  auto compared = compare(ruleset, asked);
  unknown += compared.unknown;
  RC_CLASSIFY(compared.is_mixed, "outcomes differ");
  RC_CLASSIFY(compared.ways > kMany, "many ways");
  if (unknown > kMostUnknown) RC_FAIL("Z3 does not know too often");
  if (compared.difference.empty()) return;
  auto small = shrunk(ruleset, asked);
  RC_FAIL(compare(small, asked).difference + text_of(asked) + "\n" + text_of(small));
}

// A ruleset is shrunk by its rules, not by the dice that it was made with.
void expect_the_same(int cases, const std::function<int()>& rules) {
  auto params = rc::detail::configuration().testParams;
  params.maxSuccess = std::max(params.maxSuccess * cases / 100, 1);
  params.disableShrinking = true;
  int unknown = 0;
  auto result = rc::detail::checkTestable([&] { expect_the_same(rules(), unknown); },
                                          rc::detail::TestMetadata{}, params);
  std::ostringstream said;
  rc::detail::printResultMessage(result, said);
  std::cerr << said.str() << "\n";
  EXPECT_TRUE(result.is<rc::detail::SuccessResult>());
}

TEST(Z3, FindsTheSameOutcomesForAllPacketsOfSmallRulesets) {
  expect_the_same(100, [] { return *rc::gen::inRange(1, 25); });
}

TEST(Z3, FindsTheSameOutcomesForAllPacketsOf200Rules) {
  expect_the_same(10, [] { return 200; });
}

}  // namespace
}  // namespace z3check
