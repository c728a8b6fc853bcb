#include "plan/chain_edits.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "base/by_text.h"
#include "base/longest_run.h"

namespace pyfw {
namespace {

constexpr std::size_t kNotKept = static_cast<std::size_t>(-1);

// Counts the slots before a slot that hold a rule at this moment (Fenwick 1994).
class Presence {
 public:
  explicit Presence(std::size_t slots) : tree_(slots + 1) {}

  void add(std::size_t slot, int count) {
    for (auto i = slot + 1; i < tree_.size(); i += i & (~i + 1)) tree_[i] += count;
  }
  [[nodiscard]] std::size_t index_of(std::size_t slot) const {
    long sum = 1;
    for (auto i = slot; i > 0; i -= i & (~i + 1)) sum += tree_[i];
    return static_cast<std::size_t>(sum);
  }

 private:
  std::vector<long> tree_;
};

// All copies of one text.
struct Copies {
  std::vector<std::size_t> live;
  std::vector<std::size_t> desired;
  std::size_t kept = 0;
  std::size_t gone = 0;  // of the live ones, from the top: that is how deleting by specification takes them
};

class Editor {
 public:
  Editor(std::span<const Rule> live, std::span<const Rule> desired, const std::vector<bool>& foreign)
      : live_(live),
        desired_(desired),
        live_symbol_(live.size()),
        desired_symbol_(desired.size()),
        kept_live_(live.size(), kNotKept),
        kept_desired_(desired.size(), kNotKept) {
    number_texts();
    keep_what_can_stay(foreign);
    relay_ambiguous_copies();
    lay_out_slots();
  }

  [[nodiscard]] ChainDelta delta() const {
    ChainDelta delta;
    for (std::size_t i = 0; i < live_.size(); ++i)
      if (kept_live_[i] == kNotKept) delta.gone.push_back(i);
    for (std::size_t i = 0; i < desired_.size(); ++i)
      if (kept_desired_[i] == kNotKept) delta.placed.push_back(i);
    return delta;
  }

  ChainEdits edits() {
    for (std::size_t i = 0; i < desired_.size(); ++i)
      if (kept_desired_[i] == kNotKept) place_early(i);
    for (std::size_t i = live_.size(); i-- > 0;)
      if (kept_live_[i] == kNotKept) remove_late(i);
    return std::move(edits_);
  }

 private:
  void number_texts() {
    ByText<std::size_t> numbers(live_.size() + desired_.size());
    auto number = [&](const Rule& rule) { return numbers.emplace(rule.text, numbers.size()).first.value(); };
    for (std::size_t i = 0; i < live_.size(); ++i) live_symbol_[i] = number(live_[i]);
    for (std::size_t i = 0; i < desired_.size(); ++i) desired_symbol_[i] = number(desired_[i]);
    copies_.resize(numbers.size());
    for (std::size_t i = 0; i < live_.size(); ++i) {
      copies_[live_symbol_[i]].live.push_back(i);
      if (is_temporary(live_[i])) temporary_symbols_.emplace(live_[i].text, live_symbol_[i]);
    }
    for (std::size_t i = 0; i < desired_.size(); ++i) copies_[desired_symbol_[i]].desired.push_back(i);
  }

  // Foreign rules divide both chains into the same gaps. A rule of ours that is in the same gap of both
  // may stay; the longest run that also keeps its order does.
  void keep_what_can_stay(const std::vector<bool>& foreign) {
    std::vector<bool> pinned(copies_.size());
    for (std::size_t i = 0; i < desired_.size(); ++i)
      if (i < foreign.size() && foreign[i]) pinned[desired_symbol_[i]] = true;
    std::vector<std::size_t> live_pins;
    std::vector<std::size_t> desired_pins;
    for (std::size_t i = 0; i < live_.size(); ++i)
      if (pinned[live_symbol_[i]]) live_pins.push_back(i);
    for (std::size_t i = 0; i < desired_.size(); ++i)
      if (pinned[desired_symbol_[i]]) desired_pins.push_back(i);
    bool agree = std::ranges::equal(
        live_pins, desired_pins, {}, [&](std::size_t i) { return live_symbol_[i]; },
        [&](std::size_t i) { return desired_symbol_[i]; });
    if (!agree) {
      live_pins.clear();
      desired_pins.clear();
    }
    std::size_t live_from = 0;
    std::size_t desired_from = 0;
    for (std::size_t gap = 0; gap <= live_pins.size(); ++gap) {
      bool last = gap == live_pins.size();
      auto live_to = last ? live_.size() : live_pins[gap];
      auto desired_to = last ? desired_.size() : desired_pins[gap];
      auto common =
          longest_common(std::span(live_symbol_).subspan(live_from, live_to - live_from),
                         std::span(desired_symbol_).subspan(desired_from, desired_to - desired_from));
      for (auto [l, d] : common) keep(live_from + l, desired_from + d);
      if (!last) keep(live_to, desired_to);
      live_from = live_to + 1;
      desired_from = desired_to + 1;
    }
  }

  void keep(std::size_t live, std::size_t desired) {
    kept_live_[live] = desired;
    kept_desired_[desired] = live;
    ++copies_[live_symbol_[live]].kept;
  }

  // A rule is deleted by its specification, which takes the topmost copy. Where that would be a copy
  // that shall stay, none stays and the rule is laid anew.
  void relay_ambiguous_copies() {
    for (auto& copies : copies_) {
      auto gone = copies.live.size() - copies.kept;
      if (copies.kept == 0 || gone == 0) continue;
      bool topmost_go = std::ranges::all_of(std::span(copies.live).first(gone),
                                            [&](std::size_t i) { return kept_live_[i] == kNotKept; });
      if (topmost_go && copies.desired.size() == copies.kept) continue;
      for (auto i : copies.live) kept_live_[i] = kNotKept;
      for (auto i : copies.desired) kept_desired_[i] = kNotKept;
      copies.kept = 0;
    }
  }

  // The order of all rules that ever stand in the chain: between two that stay, first the new, then the
  // old ones that they replace.
  void lay_out_slots() {
    live_slot_.resize(live_.size());
    desired_slot_.resize(desired_.size());
    std::size_t slot = 0;
    std::size_t l = 0;
    for (std::size_t d = 0; d <= desired_.size(); ++d) {
      if (d < desired_.size() && kept_desired_[d] == kNotKept) {
        desired_slot_[d] = slot++;
        continue;
      }
      auto stop = d < desired_.size() ? kept_desired_[d] : live_.size();
      while (l < stop) live_slot_[l++] = slot++;
      if (d == desired_.size()) break;
      live_slot_[l++] = desired_slot_[d] = slot++;
    }
    presence_ = Presence(slot);
    for (std::size_t i = 0; i < live_.size(); ++i) presence_.add(live_slot_[i], 1);
    done_.assign(copies_.size(), false);
  }

  [[nodiscard]] const Copies& copies_of_desired(std::size_t i) const { return copies_[desired_symbol_[i]]; }

  // Live copies stand that this rule must take the place of: it moves.
  static bool moves(const Copies& copies) {
    return copies.live.size() > copies.kept && copies.desired.size() > copies.kept;
  }

  void place_early(std::size_t i) {
    const auto& copies = copies_of_desired(i);
    if (!moves(copies)) {
      edits_.early.push_back(
          {.edit = Insert{.at = presence_.index_of(desired_slot_[i]), .rule = desired_[i]}, .rule_index = i});
      presence_.add(desired_slot_[i], 1);
      return;
    }
    bool up = desired_slot_[copies.desired.back()] < live_slot_[copies.live.front()];
    if (up && !done_[desired_symbol_[i]])
      edits_.early.push_back({.edit = move(desired_symbol_[i]), .rule_index = i});
  }

  void remove_late(std::size_t i) {
    auto& copies = copies_[live_symbol_[i]];
    if (moves(copies)) {
      if (!done_[live_symbol_[i]]) edits_.late.push_back({.edit = move(live_symbol_[i]), .rule_index = i});
      return;
    }
    auto slot = live_slot_[copies.live[copies.gone++]];
    edits_.late.push_back(
        {.edit = Delete{.at = presence_.index_of(slot), .rule = live_[i]}, .rule_index = i});
    presence_.add(slot, -1);
  }

  Move move(std::size_t symbol) {
    const auto& copies = copies_[symbol];
    done_[symbol] = true;
    Move move{.rule = live_[copies.live.front()], .copies = copies.live.size(), .place_at = {}, .to = {}};
    for (auto d : copies.desired) {
      move.place_at.push_back(presence_.index_of(desired_slot_[d]));
      presence_.add(desired_slot_[d], 1);
    }
    for (auto l : copies.live) presence_.add(live_slot_[l], -1);
    auto* left_over = temporary_copies(move.rule);
    for (auto d : copies.desired) {
      move.to.push_back(presence_.index_of(desired_slot_[d]));
      if (left_over != nullptr) swap_with_left_over(*left_over, desired_slot_[d]);
    }
    return move;
  }

  // Temporary rules of the same text that a killed run left in the chain, or null.
  Copies* temporary_copies(const Rule& rule) {
    if (temporary_symbols_.empty()) return nullptr;
    auto found = temporary_symbols_.find(temporary(rule).text);
    return found == temporary_symbols_.end() ? nullptr : &copies_[found->second];
  }

  // When the move deletes its temporary rule, the topmost of that text goes: a left-over one that stands
  // above it, whose place ours then takes.
  void swap_with_left_over(Copies& left_over, std::size_t slot) {
    if (left_over.gone == left_over.live.size()) return;
    auto& topmost = live_slot_[left_over.live[left_over.gone]];
    if (topmost > slot) return;
    presence_.add(topmost, -1);
    presence_.add(slot, 1);
    topmost = slot;
    std::ranges::sort(std::span(left_over.live).subspan(left_over.gone), {},
                      [&](std::size_t i) { return live_slot_[i]; });
  }

  std::span<const Rule> live_;
  std::span<const Rule> desired_;
  std::vector<std::size_t> live_symbol_;  // equal texts have equal numbers
  std::vector<std::size_t> desired_symbol_;
  std::vector<Copies> copies_;          // by symbol
  std::vector<std::size_t> kept_live_;  // the partner in the other chain, or kNotKept
  std::vector<std::size_t> kept_desired_;
  std::vector<std::size_t> live_slot_;
  std::vector<std::size_t> desired_slot_;
  Presence presence_{0};
  std::unordered_map<std::string, std::size_t> temporary_symbols_;
  std::vector<bool> done_;  // moves that were made, by symbol
  ChainEdits edits_;
};

}  // namespace

ChainDelta delta_of_chain(std::span<const Rule> live, std::span<const Rule> desired,
                          const std::vector<bool>& foreign) {
  if (std::ranges::equal(live, desired)) return {};
  return Editor(live, desired, foreign).delta();
}

ChainEdits edits_of_chain(std::span<const Rule> live, std::span<const Rule> desired,
                          const std::vector<bool>& foreign) {
  if (std::ranges::equal(live, desired)) return {};
  return Editor(live, desired, foreign).edits();
}

}  // namespace pyfw
