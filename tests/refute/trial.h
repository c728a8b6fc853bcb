// One host and one expectation: what is said of all packets, against what the tracer says of some.
//
//   Trial trial(host, statement);
//   if (auto wrong = trial.first_wrong(100'000, seed)) …
//   trial.said()            // Said::kProved

#pragma once

#include "tests/random/covered.h"
#include "tests/refute/attack.h"
#include "tests/refute/statements.h"

namespace pyfw {

enum class Said : std::uint8_t {
  kProved,
  kRefuted,
  kDepends,
  kNothing,  // the ends do not fit, or there are too many ways
};

struct Wrong {
  std::string what;
  std::optional<Arrival> packet{};  // none: nothing that is drawn
};

// What was looked at.
struct Tally {
  int proved = 0;
  int with_choice = 0;  // of those that are proved: whose packets are not all decided by one rule or policy
  int refuted = 0;
  int depending = 0;
  int unanswered = 0;
  std::size_t attempts = 0;   // packets of what is proved
  std::size_t doubts = 0;     // of what depends
  std::size_t discarded = 0;  // by routing: nothing is said of them
  std::size_t untold = 0;     // what the tracer tells of less surely than the prover
  int replayed = 0;           // counterexamples, and the packets that show on what it depends

  void add(const Tally& other);
};
std::string in_words(const Tally& tally);

class Trial {
 public:
  Trial(const RandomHost& host, const Statement& statement);
  Trial(const Trial&) = delete;
  Trial& operator=(const Trial&) = delete;

  [[nodiscard]] Said said() const { return said_; }
  // A packet that is spoken of, as far as tries find one.
  std::optional<Arrival> some_packet(std::uint64_t seed) const;
  // Whose outcome it has, if that is certain.
  [[nodiscard]] std::optional<FlowOutcome> outcome_of(const Arrival& arrival) const;

  // Replays the answers, then draws so many packets.
  std::optional<Wrong> first_wrong(std::size_t packets, std::uint64_t seed);
  // Whether what is said is not so of this one.
  std::optional<Wrong> wrong_of(const Arrival& arrival);
  std::optional<Wrong> wrong_answer();

  [[nodiscard]] const Tally& tally() const { return tally_; }

 private:
  std::optional<Wrong> wrong_of_counterexample(const AskedFlow& answer);
  std::optional<Wrong> wrong_of_doubt(const AskedFlow& answer);
  void count(const FlowTrace& trace);

  const RandomHost& host_;
  Statement statement_;
  Scene scene_;
  bool is_tied_;  // one match is asked several times, and answers alike
  std::optional<Expectation> expectation_;
  std::optional<Covered> covered_;
  std::optional<Finding> finding_;
  bool is_unfollowed_ = false;  // it hangs on what the prover does not follow
  Said said_ = Said::kNothing;
  std::set<std::string> deciders_;
  std::set<std::vector<std::uint32_t>> ways_;  // that packets went
  Tally tally_;
};

}  // namespace pyfw
