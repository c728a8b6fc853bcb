// A hash table of a set's elements, each with a number: the elements stand one after the other, and the table
// itself holds only where. A set of 65,000 has to be ready in a moment, and takes no more memory than this.

#pragma once

#include <cstdint>
#include <vector>

#include "ext/set_element.h"

namespace pyfw {

class ElementTable {
 public:
  explicit ElementTable(std::size_t expected = 0) {
    entries_.reserve(expected);
    resize(expected);
  }

  // The number of the element, after it was added with that one if it was not there.
  std::uint32_t add(const SetElement& element, std::uint32_t number) {
    if (entries_.size() * 2 >= slots_.size()) resize(entries_.size() * 2);
    auto& slot = slots_[slot_of(element)];
    if (slot == kFree) {
      entries_.push_back({element, number});
      slot = static_cast<std::uint32_t>(entries_.size());
    }
    return entries_[slot - 1].number;
  }

  // Null where it is not there.
  [[nodiscard]] const std::uint32_t* find(const SetElement& element) const {
    auto slot = slots_[slot_of(element)];
    return slot == kFree ? nullptr : &entries_[slot - 1].number;
  }

  [[nodiscard]] bool empty() const { return entries_.empty(); }

 private:
  struct Entry {
    SetElement element;
    std::uint32_t number = 0;
  };
  static constexpr std::uint32_t kFree = 0;  // others are an entry's place plus one

  // Where the element is, or would be. At least half of the slots are free, so that the search ends soon.
  [[nodiscard]] std::size_t slot_of(const SetElement& element) const {
    auto mask = slots_.size() - 1;
    auto at = SetElementHash()(element) & mask;
    while (slots_[at] != kFree && entries_[slots_[at] - 1].element != element) at = (at + 1) & mask;
    return at;
  }

  void resize(std::size_t elements) {
    std::size_t size = 16;
    while (size < elements * 2 + 2) size *= 2;
    slots_.assign(size, kFree);
    for (std::size_t i = 0; i < entries_.size(); ++i)
      slots_[slot_of(entries_[i].element)] = static_cast<std::uint32_t>(i + 1);
  }

  std::vector<Entry> entries_;
  std::vector<std::uint32_t> slots_;
};

}  // namespace pyfw
