// What a rival of pyfw did, as it notes it itself: a line for each of its commands that has ended. From these
// it is known which of its rules must stand in a chain, and in which order.
//
//   1200 1900 0 ^FORWARD:17 -DOCKER:3        begun and ended at these ns of CLOCK_MONOTONIC, with status 0
//
// Its rules carry serial numbers, which also say what text they have.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace pyfw::races {

struct Edit {
  enum class Kind : char { kAtHead = '^', kAtEnd = '$', kDelete = '-' };
  Kind kind = Kind::kAtHead;
  std::string chain;
  std::uint64_t serial = 0;
};

// The edits of a command are done all together, or not at all.
struct Deed {
  std::int64_t begun = 0;
  std::int64_t ended = 0;
  int status = 0;
  std::vector<Edit> edits;
};

std::int64_t monotonic_now();

std::string line_of(const Deed& deed);
Result<Deed> parse_deed(std::string_view line);

// A rule of the rival as the kernel spells it, and whose it is.
std::string text_of(std::string_view chain, std::uint64_t serial);
std::optional<std::uint64_t> serial_in(std::string_view rule);
// Rules of FORWARD that a `~match` of ours may move: jumps to DOCKER-USER, and some that accept.
bool may_be_matched(std::string_view rule);

// The rival's rules, chain by chain, in the order in which it put them.
struct StandingRule {
  std::uint64_t serial = 0;
  std::int64_t since = 0;  // when its command had ended
};
using Standing = std::map<std::string, std::vector<StandingRule>>;
void carry_out(const Deed& deed, Standing& standing);

// Follows a journal that grows.
class Journal {
 public:
  explicit Journal(std::string path) : path_(std::move(path)) {}

  // Takes in what was written since the last call.
  Result<void> follow();
  [[nodiscard]] const Standing& standing() const { return standing_; }
  [[nodiscard]] std::uint64_t edits() const { return edits_; }      // that were done
  [[nodiscard]] std::uint64_t refused() const { return refused_; }  // commands

 private:
  std::string path_;
  std::uint64_t offset_ = 0;
  Standing standing_;
  std::uint64_t edits_ = 0;
  std::uint64_t refused_ = 0;
};

}  // namespace pyfw::races
