// A race: pyfw applies wish after wish on a host of the lab, while a rival writes there without pause. After
// each apply the rival stands still, and everyone's rules are looked at.
//
//   TRY(auto race, Race::begin(lab::Backend::kNft, Pace::kWithoutPause, 1));
//   for (int i = 0; i < 100; ++i) TRY_VOID(race.apply_once());
//   fmt::print("{}\n", in_words(race.figures()));

#pragma once

#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "journal.h"
#include "judge.h"
#include "lab/host.h"
#include "notes.h"

namespace pyfw::races {

struct Figures {
  std::uint64_t applies = 0;
  std::uint64_t done = 0;
  std::uint64_t given_up = 0;
  std::map<std::size_t, std::uint64_t> attempts;  // how many of those that were done needed so many
  std::uint64_t foreign_edits = 0;
  std::uint64_t refused_to_rival = 0;  // its commands that failed: it knows that nothing was done
  std::uint64_t lost = 0;
  std::uint64_t misplaced = 0;
  double seconds = 0;              // of all applies
  std::vector<std::string> words;  // what was lost or misplaced, the first few
};

std::string in_words(const Figures& figures);

enum class Pace {
  kWithoutPause,
  kInBursts,  // and rests between them for up to as long as pyfw needs here for one apply that nobody
              // disturbs
};

class Race {
 public:
  static Result<Race> begin(lab::Backend backend, Pace pace, unsigned seed);
  Race(Race&&) = default;
  Race& operator=(Race&&) = delete;
  Race(const Race&) = delete;
  Race& operator=(const Race&) = delete;
  ~Race();

  // Fails where pyfw ends otherwise than done or given up with the names of its rivals.
  Result<void> apply_once();
  [[nodiscard]] const Figures& figures() const { return figures_; }

 private:
  Race(lab::Lab lab, lab::Host host, lab::Backend backend, std::string folder, unsigned seed);

  Result<void> prepare(Pace pace);
  Result<Outcome> apply(const Wish& wish) const;
  [[nodiscard]] bool exists(const std::string& name) const;
  Result<void> pause_rival() const;
  Result<void> resume_rival() const;
  void look_back(const Outcome& outcome, const Notes& notes, const State& state, const Wish& wish);

  lab::Lab lab_;
  lab::Host host_;
  lab::Backend backend_;
  std::string folder_;
  std::mt19937 random_;
  unsigned seed_;
  std::unique_ptr<lab::Started> rival_;
  Journal journal_;
  Figures figures_;
};

}  // namespace pyfw::races
