// What a rival of pyfw does, one deed after the other: puts rules like Docker's in and takes them out.
//
//   Deeds deeds(seed, 16);
//   auto deed = deeds.next();
//   …                            // tried: deed.status says whether it was done
//   deeds.note(deed);

#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>

#include "journal.h"

namespace pyfw::races {

class Deeds {
 public:
  // `most_rules`: in a chain, before more go than come.
  Deeds(unsigned seed, std::size_t most_rules) : random_(seed), most_rules_(most_rules) {}

  Deed next();
  void note(const Deed& deed) { carry_out(deed, standing_); }
  [[nodiscard]] const Standing& standing() const { return standing_; }

 private:
  std::size_t any(std::size_t below) {
    return std::uniform_int_distribution<std::size_t>(0, below - 1)(random_);
  }
  Edit insertion(const std::string& chain);

  std::mt19937 random_;
  std::size_t most_rules_;
  std::uint64_t serial_ = 0;
  Standing standing_;
};

}  // namespace pyfw::races
