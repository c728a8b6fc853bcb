#include "faults/attack.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <exception>
#include <functional>
#include <optional>
#include <stdexcept>

#include "base/strings.h"
#include "keep/record.h"
#include "lab/must.h"
#include "nf/tokens.h"

namespace pyfw::faults {
namespace {

enum class Disturbance { kFails, kDies, kRivalInserts, kRivalDeletes, kRivalNamesASet };
constexpr std::array kDisturbances = {Disturbance::kFails, Disturbance::kDies, Disturbance::kRivalInserts,
                                      Disturbance::kRivalDeletes, Disturbance::kRivalNamesASet};

// With sanitizers a run takes ten times as long: then each case meets so many disturbances, chosen from all
// of its commits, and the other backend others.
#ifdef PYFW_SANITIZED
constexpr std::optional<std::size_t> kMost = 1;
#else
constexpr std::optional<std::size_t> kMost;
#endif

// What one rule of a rival's changes.
struct Rival {
  ChainId chain;
  std::string rule;
  bool deletes = false;
  bool is_unwanted = false;  // pyfw shall take it away
  std::string set{};
};

// Foreign rules that are no longer there, or not in their order.
std::string lost(const State& now, const ForeignRules& foreign) {
  std::string out;
  for (const auto& [id, rules] : foreign) {
    std::vector<std::string> left;
    if (const auto* chain = find_chain(now, id))
      for (const auto& rule : chain->rules)
        if (std::ranges::find(rules, rule.text) != rules.end()) left.push_back(rule.text);
    if (left != rules)
      out += fmt::format("{} {}: foreign rules were\n  {}\nand are\n  {}\n", id.table, id.chain,
                         fmt::join(rules, "\n  "), fmt::join(left, "\n  "));
  }
  return out;
}

std::string missing(const Arrivals& arrived, const Arrivals& a, const Arrivals& b) {
  std::vector<std::string> more;
  for (const auto& arrival : arrived)
    if (!a.contains(arrival) && !b.contains(arrival)) more.push_back(arrival);
  return fmt::to_string(fmt::join(more, "\n  "));
}

// Without the rival's own rule, or without the one that it has taken away.
Seen without(Seen seen, const Rival& rival) {
  if (auto* chain = find_chain(seen.state, rival.chain))
    if (auto found = std::ranges::find(chain->rules, rival.rule, &Rule::text); found != chain->rules.end())
      chain->rules.erase(found);
  return seen;
}

class Attack {
 public:
  Attack(Ground& ground, const Case& wanted) : ground_(ground), case_(wanted) {}

  Tally run() {
    must(ground_.prepare(case_));
    must(ground_.reset());
    old_ = must(ground_.see());
    old_arrivals_ = round();
    undisturbed();
    if (!knows_end_) return tally_;
    find_changed_chains();
    for (const auto& [at, disturbance] : disturbances()) disturb(at, disturbance);
    return tally_;
  }

 private:
  Arrivals round() {
    ++tally_.rounds;
    return must(ground_.crossing().round());
  }

  // Answers with `before_commit(n)`, n from 1, and looks at what gets through before and after each.
  template <typename BeforeCommit>
  Outcome apply(BeforeCommit before_commit) {
    ++tally_.runs;
    int commits = 0;
    std::vector<std::string> done = {"nothing yet"};
    auto outcome = must(ground_.apply([&](const std::string& question) {
      if (question == "hold" && before_hold_) before_hold_();
      if (!question.starts_with("commit ")) return Answer::kGo;
      watch(done.back());
      done.push_back(question);
      return before_commit(++commits);
    }));
    watch(done.back());
    return outcome;
  }

  void watch(const std::string& after) {
    auto arrived = round();
    // Of the undisturbed run, only the old end is known as yet.
    if (!knows_end_) {
      midway_.emplace_back(after, std::move(arrived));
    } else {
      EXPECT_EQ(missing(arrived, old_arrivals_, new_arrivals_), "") << "gets through after: " << after;
    }
  }

  void undisturbed() {
    SCOPED_TRACE("undisturbed");
    auto outcome = apply([&](int n) {
      tally_.commits = commits_ = n;
      return Answer::kGo;
    });
    ASSERT_EQ(outcome.status, 0) << outcome.out << outcome.err;
    says_ = outcome.out + outcome.err;
    new_ = must(ground_.see());
    new_arrivals_ = round();
    knows_end_ = true;
    for (const auto& [after, arrived] : midway_)
      EXPECT_EQ(missing(arrived, old_arrivals_, new_arrivals_), "") << "gets through after: " << after << "\n"
                                                                    << says_;
    auto plan = must(ground_.plan());
    EXPECT_EQ(plan.status, 0) << plan.out << plan.err;
    EXPECT_EQ(lost(new_.state, ground_.foreign()), "");
    EXPECT_EQ(new_.text().find(kTempPrefix), std::string::npos) << new_.text();
    EXPECT_GE(commits_, 1);
    expect_record_is_right();
  }

  // It has all rules but those of others, and says that they are confirmed.
  void expect_record_is_right() {
    auto record = parse_record(new_.record);
    ASSERT_TRUE(record) << record.error().message;
    EXPECT_TRUE(record->is_confirmed);
    std::map<ChainId, std::multiset<std::string>> recorded;
    for (const auto& rule : record->rules) recorded[rule.chain].insert(rule.text);
    std::map<ChainId, std::multiset<std::string>> ours;
    for (const auto& [id, chain] : chains_of(new_.state)) {
      for (const auto& rule : chain->rules) {
        auto foreign = ground_.foreign().find(id);
        bool is_foreign = foreign != ground_.foreign().end() &&
                          std::ranges::find(foreign->second, rule.text) != foreign->second.end();
        bool is_claimed = !case_.claimed.empty() && rule.text.find(case_.claimed) != std::string::npos;
        if (!is_foreign && !is_claimed) ours[id].insert(rule.text);
      }
    }
    for (const auto& [id, texts] : ours)
      EXPECT_EQ(fmt::to_string(fmt::join(recorded[id], "\n")), fmt::to_string(fmt::join(texts, "\n")))
          << id.chain;
  }

  // In which both ends differ, and that stand in both.
  void find_changed_chains() {
    for (const auto& [id, chain] : chains_of(old_.state)) {
      const auto* after = find_chain(new_.state, id);
      if (after != nullptr && *after != *chain) changed_.push_back(id);
    }
    if (changed_.empty()) changed_.push_back({.family = Family::kIpv4, .table = "filter", .chain = "INPUT"});
  }

  // None where there is nothing that this rival could do.
  [[nodiscard]] std::optional<Rival> rival(int at, Disturbance kind) const {
    auto n = static_cast<std::size_t>(at);
    const auto& chain = changed_[n % changed_.size()];
    std::string source = chain.family == Family::kIpv4 ? "-s 10.9.9.9/32" : "-s fd09::9/128";
    std::string named = "-m comment --comment rival -j ACCEPT";
    if (kind == Disturbance::kRivalInserts)
      return Rival{.chain = chain, .rule = source + ' ' + named, .is_unwanted = chain.chain == case_.exact};
    if (kind == Disturbance::kRivalDeletes) {
      auto foreign = ground_.foreign().find(chain);
      if (foreign == ground_.foreign().end()) return std::nullopt;
      // Whether this one is there makes no difference to the datagrams.
      auto found = std::ranges::find_if(foreign->second, [](const std::string& text) {
        return text.find("-s 10.9.9.") != std::string::npos;
      });
      if (found == foreign->second.end()) return std::nullopt;
      return Rival{.chain = chain, .rule = *found, .deletes = true};
    }
    if (old_.state.sets.empty()) return std::nullopt;
    const auto& set = old_.state.sets[n % old_.state.sets.size()];
    return Rival{.chain = {.family = Family::kIpv4, .table = "filter", .chain = "INPUT"},
                 .rule = fmt::format("-s 10.9.9.9/32 -m set --match-set {} src {}", set.name, named),
                 .is_unwanted = case_.exact == "INPUT",
                 .set = set.name};
  }

  [[nodiscard]] bool writes(const Rival& rival) const {
    auto script =
        fmt::format("{} -t {} {} {} {} {}", program_of(rival.chain.family), rival.chain.table,
                    rival.deletes ? "-D" : "-I", rival.chain.chain, rival.deletes ? "" : "1", rival.rule);
    return ground_.sh(script).has_value();
  }

  [[nodiscard]] ForeignRules foreign_with(const Rival& rival) const {
    auto foreign = ground_.foreign();
    if (rival.is_unwanted) return foreign;
    auto& rules = foreign[rival.chain];
    if (rival.deletes)
      rules.erase(std::ranges::find(rules, rival.rule));
    else
      rules.insert(rules.begin(), rival.rule);
    return foreign;
  }

  [[nodiscard]] std::vector<std::pair<int, Disturbance>> disturbances() const {
    std::vector<std::pair<int, Disturbance>> all;
    for (int at = 1; at <= commits_; ++at)
      for (auto disturbance : kDisturbances)
        if (is_stop(disturbance) || rival(at, disturbance)) all.emplace_back(at, disturbance);
    if (!kMost || all.size() <= *kMost) return all;
    auto stride = all.size() / *kMost;
    auto first =
        (case_.name.size() + (ground_.backend() == lab::Backend::kNft ? 0 : stride / 2 + 1)) % stride;
    std::vector<std::pair<int, Disturbance>> some;
    for (std::size_t i = 0; i < *kMost; ++i) some.push_back(all[first + i * stride]);
    return some;
  }

  static bool is_stop(Disturbance disturbance) {
    return disturbance == Disturbance::kFails || disturbance == Disturbance::kDies;
  }

  void disturb(int at, Disturbance disturbance) {
    if (is_stop(disturbance)) {
      SCOPED_TRACE(fmt::format("{} before commit {} of {}",
                               disturbance == Disturbance::kDies ? "pyfw is killed" : "a failure", at,
                               commits_));
      return stop(at, disturbance);
    }
    auto who = rival(at, disturbance);
    SCOPED_TRACE(fmt::format("before commit {} of {} a rival {} {} {}", at, commits_,
                             who->deletes ? "deletes from" : "inserts into", who->chain.chain, who->rule));
    meet(at, *who);
  }

  void stop(int at, Disturbance how) {
    must(ground_.reset());
    auto outcome = apply([&](int n) {
      if (n < at) return Answer::kGo;
      return how == Disturbance::kDies ? Answer::kDie : Answer::kFail;
    });
    EXPECT_NE(outcome.status, 0) << outcome.out << outcome.err;
    auto midway = must(ground_.see());
    // From the same place the next run goes the same way.
    bool is_known =
        how == Disturbance::kDies && midway.text() == stopped_.text() && midway.record == stopped_.record;
    stopped_ = midway;
    if (is_known) return;
    EXPECT_EQ(lost(midway.state, ground_.foreign()), "");
    if (at == 1) {
      EXPECT_EQ(midway.text(), old_.text());
    }
    complete();
    auto after = must(ground_.see());
    EXPECT_EQ(after.text(), new_.text());
    EXPECT_EQ(after.record, new_.record);
  }

  void complete() {
    auto outcome = apply([](int) { return Answer::kGo; });
    EXPECT_EQ(outcome.status, 0) << outcome.out << outcome.err;
  }

  void meet(int at, const Rival& rival) {
    must(ground_.reset());
    bool wrote = false;
    bool is_first = true;
    auto foreign = foreign_with(rival);
    // On legacy a lock keeps rivals away from the commits: the last moment is just before it is taken.
    bool has_lock = ground_.backend() == lab::Backend::kLegacy;
    auto write = [&] {
      if (std::exchange(is_first, false)) wrote = writes(rival);
    };
    if (has_lock) before_hold_ = write;
    apply([&](int n) {
      if (n == at && !has_lock) write();
      return Answer::kGo;
    });
    before_hold_ = nullptr;
    if (!wrote) return;
    EXPECT_EQ(lost(must(ground_.see()).state, foreign), "");
    // A set that is to go, or to become another one, can't while the rival's rule names it.
    const auto* before = find_set(old_.state.sets, rival.set);
    const auto* after = find_set(new_.state.sets, rival.set);
    bool is_in_the_way = before != nullptr && (after == nullptr || after->type != before->type);
    if (is_in_the_way) {
      must(ground_.sh(fmt::format("iptables -D {} {}", rival.chain.chain, rival.rule)));
      foreign = ground_.foreign();
    }
    complete();
    auto seen = must(ground_.see());
    EXPECT_EQ(lost(seen.state, foreign), "");
    auto expected = rival.deletes ? without(new_, rival) : new_;
    EXPECT_EQ((rival.deletes || rival.is_unwanted || is_in_the_way ? seen : without(seen, rival)).text(),
              expected.text());
    EXPECT_EQ(seen.record, new_.record);
    auto plan = must(ground_.plan());
    EXPECT_EQ(plan.status, 0) << plan.out << plan.err;
  }

  Ground& ground_;
  const Case& case_;
  Tally tally_;
  Seen old_;
  Seen new_;
  Arrivals old_arrivals_;
  Arrivals new_arrivals_;
  bool knows_end_ = false;
  std::vector<std::pair<std::string, Arrivals>> midway_;
  int commits_ = 0;
  Seen stopped_;
  std::function<void()> before_hold_;
  std::string says_;
  std::vector<ChainId> changed_;
};

}  // namespace

Tally attack(Ground& ground, const Case& wanted) {
  try {
    return Attack(ground, wanted).run();
  } catch (const std::exception& error) {
    ADD_FAILURE() << error.what();
    return {};
  }
}

}  // namespace pyfw::faults
