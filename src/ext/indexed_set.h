// One set, its members in a hash table. hash:net and its like are looked up once for each length of prefix
// that they hold, from the longest on, as the kernel does.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ext/conditions.h"
#include "ext/element_table.h"
#include "ext/encounter.h"
#include "ext/set_element.h"
#include "nf/set.h"

namespace pyfw {

enum class Membership : std::uint8_t { kNone, kMember, kNomatch, kUnknown };

class IndexedSet {
 public:
  explicit IndexedSet(const Set& set);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const SetLayout& layout() const { return layout_; }
  // Of a list:set, the sets that it lists.
  [[nodiscard]] const std::vector<std::string>& listed() const { return listed_; }

  // Of the other types: looks the packet up, its parts taken from the source where a bit of `sources` says
  // so.
  [[nodiscard]] Membership find(std::uint8_t sources, const Encounter& encounter) const;

 private:
  struct AtInterface {
    std::string name;
    bool is_prefix = false;
    bool is_nomatch = false;
  };

  void add(std::string_view member);
  void note_lengths(const SetElement& element);
  [[nodiscard]] Membership find_with_prefixes(SetElement& wanted) const;
  [[nodiscard]] Membership find_at_interface(SetElement& wanted, std::string_view interface) const;
  [[nodiscard]] Membership find_without_mac(const SetElement& wanted) const;

  std::string name_;
  SetLayout layout_;
  std::vector<std::string> listed_;
  bool is_complete_ = true;  // each member could be read
  // Whether each is a nomatch; of hash:net,iface, where in `at_interfaces_` its interfaces are.
  ElementTable elements_;
  std::vector<std::vector<AtInterface>> at_interfaces_;
  std::array<std::vector<std::uint8_t>, 2> lengths_;  // of prefixes that occur, longest first
};

}  // namespace pyfw
