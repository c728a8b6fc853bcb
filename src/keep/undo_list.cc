#include "keep/undo_list.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "base/longest_run.h"
#include "nf/rule.h"

namespace pyfw {
namespace {

using Symbols = std::vector<std::size_t>;
using Pairs = std::vector<std::pair<std::size_t, std::size_t>>;
constexpr std::size_t kNone = static_cast<std::size_t>(-1);
constexpr unsigned kLastRank = 2;

class Alphabet {
 public:
  std::size_t symbol(const std::string& text) {
    return symbols_.emplace(rule_key(Rule{text}), symbols_.size()).first->second;
  }
  Symbols symbols(std::span<const std::string> texts) {
    Symbols out;
    out.reserve(texts.size());
    for (const auto& text : texts) out.push_back(symbol(text));
    return out;
  }
  [[nodiscard]] std::size_t size() const { return symbols_.size(); }

 private:
  std::unordered_map<std::string, std::size_t> symbols_;
};

// How often each symbol occurs.
std::vector<std::size_t> count(const Symbols& symbols, std::size_t alphabet) {
  std::vector<std::size_t> out(alphabet);
  for (auto symbol : symbols) ++out[symbol];
  return out;
}

// Equal entries of both lists in one order: as many as possible of rank 0, then of rank 1 in the stretches
// between those, and so on.
class Matcher {
 public:
  Matcher(const Symbols& a, const Symbols& b, const std::vector<unsigned>& rank)
      : a_(a), b_(b), rank_(rank) {}

  Pairs pairs() {
    match({0, a_.size()}, {0, b_.size()}, 0);
    return std::move(pairs_);
  }

 private:
  struct Stretch {
    std::size_t from = 0;
    std::size_t to = 0;
  };

  [[nodiscard]] std::vector<std::size_t> places(const Symbols& symbols, Stretch in, unsigned rank) const {
    std::vector<std::size_t> out;
    for (auto i = in.from; i < in.to; ++i)
      if (rank_[symbols[i]] == rank) out.push_back(i);
    return out;
  }

  static Symbols at(const Symbols& symbols, const std::vector<std::size_t>& places) {
    Symbols out;
    for (auto place : places) out.push_back(symbols[place]);
    return out;
  }

  void match(Stretch in_a, Stretch in_b, unsigned rank) {
    if (rank > kLastRank || in_a.from == in_a.to || in_b.from == in_b.to) return;
    auto places_a = places(a_, in_a, rank);
    auto places_b = places(b_, in_b, rank);
    for (auto [i, j] : longest_common(at(a_, places_a), at(b_, places_b))) {
      auto x = places_a[i];
      auto y = places_b[j];
      match({in_a.from, x}, {in_b.from, y}, rank + 1);
      pairs_.emplace_back(x, y);
      in_a.from = x + 1;
      in_b.from = y + 1;
    }
    match(in_a, in_b, rank + 1);
  }

  const Symbols& a_;
  const Symbols& b_;
  const std::vector<unsigned>& rank_;
  Pairs pairs_;
};

// The symbols of entries that stand in both lists but not in one order; rank 0 is preferred to stay.
Symbols moved_symbols(const Symbols& before, const Symbols& after, const std::vector<unsigned>& rank) {
  auto count_before = count(before, rank.size());
  auto left = count(after, rank.size());
  for (std::size_t symbol = 0; symbol < left.size(); ++symbol)
    left[symbol] = std::min(left[symbol], count_before[symbol]);
  for (auto pair : Matcher(before, after, rank).pairs()) --left[before[pair.first]];
  Symbols moved;
  for (std::size_t symbol = 0; symbol < left.size(); ++symbol)
    if (left[symbol] > 0) moved.push_back(symbol);
  return moved;
}

// How many copies of an entry shall stand in the end.
std::size_t copies_wanted(std::size_t before, std::size_t after, std::size_t relaid, std::size_t now) {
  if (now > before) return after > before ? std::max(before, now - std::min(now, after - before)) : now;
  auto taken_out = relaid + (before > after ? before - after : 0);
  return std::min(before, now + taken_out);
}

class Undo {
 public:
  Undo(const ListChange& change, std::vector<Entry> now) : change_(change), now_(std::move(now)) {
    before_ = alphabet_.symbols(change.before);
    after_ = alphabet_.symbols(change.after);
    auto own = alphabet_.symbols(change.own);
    auto relaid = alphabet_.symbols(change.relaid);
    for (const auto& entry : now_) symbols_.push_back(alphabet_.symbol(entry.text));
    std::vector<unsigned> rank(alphabet_.size(), 0);
    for (auto symbol : own) rank[symbol] = 1;
    is_moved_.resize(alphabet_.size());
    for (auto symbol : moved_symbols(before_, after_, rank)) is_moved_[symbol] = true;
    count_before_ = count(before_, alphabet_.size());
    count_after_ = count(after_, alphabet_.size());
    count_relaid_ = count(relaid, alphabet_.size());
    count_now_ = count(symbols_, alphabet_.size());
    // pyfw's rules keep their order among each other, whatever others did with theirs.
    for (std::size_t symbol = 0; symbol < rank.size(); ++symbol)
      rank[symbol] = is_touched(symbol) ? 2 : 1 - rank[symbol];
    rank_ = std::move(rank);
  }

  std::vector<Entry> undone() {
    match();
    decide();
    return laid();
  }

 private:
  [[nodiscard]] bool is_touched(std::size_t symbol) const {
    return is_moved_[symbol] || count_relaid_[symbol] > 0 || count_before_[symbol] != count_after_[symbol];
  }

  // Which entry of `before` is which of `now`.
  void match() {
    at_now_.assign(before_.size(), kNone);
    at_before_.assign(now_.size(), kNone);
    in_place_.assign(now_.size(), false);
    for (auto [b, n] : Matcher(before_, symbols_, rank_).pairs()) {
      at_now_[b] = n;
      at_before_[n] = b;
      in_place_[n] = true;
    }
    // What others have moved stands all the same.
    std::unordered_map<std::size_t, std::vector<std::size_t>> open;
    for (std::size_t b = before_.size(); b-- > 0;)
      if (at_now_[b] == kNone) open[before_[b]].push_back(b);
    for (std::size_t n = 0; n < now_.size(); ++n) {
      if (at_before_[n] != kNone) continue;
      auto found = open.find(symbols_[n]);
      if (found == open.end() || found->second.empty()) continue;
      at_before_[n] = found->second.back();
      at_now_[found->second.back()] = n;
      found->second.pop_back();
    }
    is_of_after_.assign(now_.size(), false);
    for (auto pair : Matcher(after_, symbols_, rank_).pairs()) is_of_after_[pair.second] = true;
  }

  // Which entries go, and which places of `before` are filled.
  void decide() {
    goes_.assign(now_.size(), false);
    comes_.assign(before_.size(), false);
    std::vector<std::size_t> surplus(alphabet_.size());
    std::vector<std::size_t> missing(alphabet_.size());
    for (std::size_t symbol = 0; symbol < alphabet_.size(); ++symbol) {
      if (!is_touched(symbol)) continue;
      auto wanted = copies_wanted(count_before_[symbol], count_after_[symbol], count_relaid_[symbol],
                                  count_now_[symbol]);
      surplus[symbol] = count_now_[symbol] - std::min(wanted, count_now_[symbol]);
      missing[symbol] = wanted - std::min(wanted, count_now_[symbol]);
    }
    // The likeliest first: where the change put it, and where it did not stand before.
    auto take_surplus = [&](auto is_likely) {
      for (std::size_t n = now_.size(); n-- > 0;) {
        if (goes_[n] || surplus[symbols_[n]] == 0 || !is_likely(n)) continue;
        take(n);
        --surplus[symbols_[n]];
      }
    };
    take_surplus([&](std::size_t n) { return !in_place_[n] && is_of_after_[n]; });
    take_surplus([&](std::size_t n) { return !in_place_[n]; });
    take_surplus([](std::size_t) { return true; });
    // What was moved stands in the wrong place.
    for (std::size_t n = 0; n < now_.size(); ++n) {
      if (goes_[n] || in_place_[n] || !is_moved_[symbols_[n]] || at_before_[n] == kNone) continue;
      comes_[at_before_[n]] = true;
      take(n);
    }
    for (std::size_t b = 0; b < before_.size(); ++b) {
      if (comes_[b] || at_now_[b] != kNone || missing[before_[b]] == 0) continue;
      comes_[b] = true;
      --missing[before_[b]];
    }
  }

  void take(std::size_t n) {
    goes_[n] = true;
    if (at_before_[n] != kNone) at_now_[at_before_[n]] = kNone;
  }

  std::vector<Entry> laid() {
    // Behind each entry of now, and at first the top, what comes there.
    std::vector<std::vector<std::size_t>> behind(now_.size() + 1);
    auto anchor = kNone;
    std::vector<std::size_t> waiting;  // have nothing above them
    for (std::size_t b = 0; b < before_.size(); ++b) {
      if (at_now_[b] != kNone) {
        // What others have put into another order says nothing about places.
        if (!in_place_[at_now_[b]]) continue;
        if (anchor == kNone) std::swap(behind[at_now_[b]], waiting);
        anchor = at_now_[b];
      } else if (comes_[b]) {
        (anchor == kNone ? waiting : behind[anchor + 1]).push_back(b);
      }
    }
    if (anchor == kNone) std::swap(behind[0], waiting);
    std::vector<Entry> out;
    for (std::size_t n = 0; n <= now_.size(); ++n) {
      for (auto b : behind[n]) out.push_back({.text = change_.before[b], .is_from_now = false});
      if (n < now_.size() && !goes_[n]) out.push_back(std::move(now_[n]));
    }
    return out;
  }

  const ListChange& change_;
  std::vector<Entry> now_;
  Alphabet alphabet_;
  Symbols before_;
  Symbols after_;
  Symbols symbols_;  // of now
  std::vector<unsigned> rank_;
  std::vector<bool> is_moved_;
  std::vector<std::size_t> count_before_;
  std::vector<std::size_t> count_after_;
  std::vector<std::size_t> count_relaid_;
  std::vector<std::size_t> count_now_;
  std::vector<std::size_t> at_now_;     // of each entry of before
  std::vector<std::size_t> at_before_;  // of each entry of now
  std::vector<bool> in_place_;          // in the order of before
  std::vector<bool> is_of_after_;
  std::vector<bool> goes_;
  std::vector<bool> comes_;
};

}  // namespace

std::vector<Entry> undo_list(const ListChange& change, std::vector<Entry> now) {
  return Undo(change, std::move(now)).undone();
}

}  // namespace pyfw
