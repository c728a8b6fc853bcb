#include "show/chain_lines.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "base/by_text.h"
#include "base/longest_run.h"
#include "plan/chain_edits.h"
#include "show/rule_words.h"

namespace pyfw {
namespace {

using Kind = RuleLine::Kind;

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

// A line before its texts are copied: most lines of a long chain are never shown. Indexes from 0.
struct Entry {
  Kind kind = Kind::kKept;
  std::size_t from = kNone;
  std::size_t to = kNone;
};

// Indexes by a text, each handed out once, in their order.
class Waiting {
 public:
  void add(std::string_view text, std::size_t index) { indexes_[text].all.push_back(index); }
  // kNone where none is left.
  std::size_t take(std::string_view text) {
    auto found = indexes_.find(text);
    if (found == indexes_.end() || found->second.taken == found->second.all.size()) return kNone;
    auto& indexes = found.value();
    return indexes.all[indexes.taken++];
  }

 private:
  struct Indexes {
    std::vector<std::size_t> all;
    std::size_t taken = 0;
  };
  ByText<Indexes> indexes_;
};

class Aligner {
 public:
  Aligner(std::span<const Rule> live, std::span<const Rule> desired)
      : live_(live), desired_(desired), to_(live.size(), kNone), of_(desired.size()) {}

  std::vector<Entry> align(const std::vector<bool>& foreign) {
    keep_what_no_edit_touches(edits_of_chain(live_, desired_, foreign));
    pair_equal_texts();
    pair_equal_names();
    return entries();
  }

 private:
  void keep_what_no_edit_touches(const ChainEdits& edits) {
    std::vector<bool> live_touched(live_.size());
    std::vector<bool> desired_touched(desired_.size());
    Texts moved;
    for (const auto& placed : edits.early)
      if (std::holds_alternative<Insert>(placed.edit)) desired_touched[placed.rule_index] = true;
    for (const auto& placed : edits.late)
      if (std::holds_alternative<Delete>(placed.edit)) live_touched[placed.rule_index] = true;
    for (const auto* some : {&edits.early, &edits.late})
      for (const auto& placed : *some)
        if (const auto* move = std::get_if<Move>(&placed.edit)) moved.insert(move->rule.text);
    auto mark_moved = [&](std::span<const Rule> rules, std::vector<bool>& touched) {
      for (std::size_t i = 0; !moved.empty() && i < rules.size(); ++i)
        if (moved.contains(rules[i].text)) touched[i] = true;
    };
    mark_moved(live_, live_touched);
    mark_moved(desired_, desired_touched);

    std::size_t l = 0;
    std::size_t d = 0;
    while (true) {
      auto live_from = l;
      auto desired_from = d;
      while (l < live_.size() && live_touched[l]) ++l;
      while (d < desired_.size() && desired_touched[d]) ++d;
      if (!moved.empty()) keep_relaid({live_from, l}, {desired_from, d});
      if (l == live_.size() || d == desired_.size()) return;
      pair(Kind::kKept, l++, d++);
    }
  }

  struct Stretch {
    std::size_t from;
    std::size_t to;
  };

  // Of several copies of a rule, some may be laid anew only to come to stand where they stood.
  void keep_relaid(Stretch live, Stretch desired) {
    if (live.from == live.to || desired.from == desired.to) return;
    ByText<std::size_t> numbers;
    auto numbered = [&](std::span<const Rule> rules, Stretch stretch) {
      std::vector<std::size_t> out;
      for (const auto& rule : rules.subspan(stretch.from, stretch.to - stretch.from))
        out.push_back(numbers.emplace(rule.text, numbers.size()).first.value());
      return out;
    };
    for (auto [l, d] : longest_common(numbered(live_, live), numbered(desired_, desired)))
      pair(Kind::kKept, live.from + l, desired.from + d);
  }

  void pair_equal_texts() {
    Waiting waiting;
    for (std::size_t l = 0; l < live_.size(); ++l)
      if (to_[l] == kNone) waiting.add(live_[l].text, l);
    for (std::size_t d = 0; d < desired_.size(); ++d)
      if (of_[d].from == kNone) pair(Kind::kMoved, waiting.take(desired_[d].text), d);
  }

  void pair_equal_names() {
    std::vector<std::string> names(live_.size());
    Waiting waiting;
    for (std::size_t l = 0; l < live_.size(); ++l) {
      if (to_[l] != kNone) continue;
      names[l] = name_of(live_[l]);
      if (!names[l].empty()) waiting.add(names[l], l);
    }
    for (std::size_t d = 0; d < desired_.size(); ++d)
      if (of_[d].from == kNone) pair(Kind::kReplaced, waiting.take(name_of(desired_[d])), d);
  }

  // Nothing where there is no live rule.
  void pair(Kind kind, std::size_t live, std::size_t desired) {
    of_[desired] = {.kind = live == kNone ? Kind::kInserted : kind, .from = live, .to = desired};
    if (live != kNone) to_[live] = desired;
  }

  [[nodiscard]] std::vector<Entry> entries() const {
    std::vector<Entry> out;
    std::size_t l = 0;
    auto show_removed = [&](std::size_t stop) {
      for (; l < stop; ++l)
        if (to_[l] == kNone) out.push_back({.kind = Kind::kRemoved, .from = l});
    };
    std::size_t d = 0;
    while (true) {
      auto kept = d;
      while (kept < of_.size() && of_[kept].kind != Kind::kKept) ++kept;
      show_removed(kept < of_.size() ? of_[kept].from : live_.size());
      for (; d < kept; ++d) out.push_back(of_[d]);
      if (d == of_.size()) return out;
      out.push_back(of_[d++]);
    }
  }

  std::span<const Rule> live_;
  std::span<const Rule> desired_;
  std::vector<std::size_t> to_;  // for each live rule its place in the desired chain, or kNone
  std::vector<Entry> of_;        // for each desired rule
};

// A gap of one rule would take as much room as the rule.
constexpr std::size_t kLeastGap = 2;

std::vector<bool> shown(const std::vector<Entry>& entries) {
  std::vector<bool> out(entries.size());
  std::size_t shown_to = 0;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].kind == Kind::kKept) continue;
    auto from = i < kContext ? 0 : i - kContext;
    if (from < shown_to + kLeastGap) from = std::min(from, shown_to);
    shown_to = std::min(entries.size(), i + kContext + 1);
    if (entries.size() - shown_to < kLeastGap) shown_to = entries.size();
    std::fill(out.begin() + static_cast<std::ptrdiff_t>(from),
              out.begin() + static_cast<std::ptrdiff_t>(shown_to), true);
  }
  return out;
}

}  // namespace

std::vector<RuleLine> lines_of_chain(std::span<const Rule> live, std::span<const Rule> desired,
                                     const std::vector<bool>& foreign) {
  if (std::ranges::equal(live, desired)) return {};
  auto entries = Aligner(live, desired).align(foreign);
  auto is_shown = shown(entries);
  std::vector<RuleLine> lines;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (!is_shown[i]) continue;
    auto [kind, from, to] = entries[i];
    const auto& rule = to == kNone ? live[from] : desired[to];
    lines.push_back({.kind = kind,
                     .name = name_of(rule),
                     .rule = rule,
                     .before = kind == Kind::kReplaced ? std::optional(live[from]) : std::nullopt,
                     .from = from == kNone ? 0 : from + 1,
                     .to = to == kNone ? 0 : to + 1});
  }
  return lines;
}

}  // namespace pyfw
