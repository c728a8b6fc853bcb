// The words of one match or target of a rule, taken from left to right.
//
//   Words words({"!", "--dport", "80:90"});
//   words.next_option()              // "--dport", and words.is_inverted()
//   words.value()                    // "80:90"

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "ext/conditions.h"
#include "net/mac.h"

namespace pyfw {

class Words {
 public:
  explicit Words(std::span<const std::string_view> words) : words_(words) {}

  // The next option, empty at the end; a `!` before it inverts it.
  std::string_view next_option() {
    inverted_ = take_if("!");
    return take();
  }
  [[nodiscard]] bool is_inverted() const { return inverted_; }
  // The next value of that option, empty at the end.
  std::string_view value() { return take(); }
  bool take_if(std::string_view word) {
    if (at_ == words_.size() || words_[at_] != word) return false;
    ++at_;
    return true;
  }
  [[nodiscard]] bool at_end() const { return at_ == words_.size(); }
  [[nodiscard]] std::size_t left() const { return words_.size() - at_; }

 private:
  std::string_view take() { return at_ < words_.size() ? words_[at_++] : std::string_view(); }

  std::span<const std::string_view> words_;
  std::size_t at_ = 0;
  bool inverted_ = false;
};

// Numbers as iptables reads and prints them: decimal, 0x… or 0….
std::optional<std::uint32_t> parse_c_number(std::string_view text);
// "A", or "A:B" with another separator; a side that is left out is the least or the greatest.
std::optional<NumberRange> parse_range(std::string_view text, std::uint32_t greatest, char separator = ':');
// A port or a range of ports.
inline std::optional<NumberRange> parse_ports(std::string_view text, char separator = ':') {
  return parse_range(text, 65535, separator);
}
// "VALUE/MASK"; without a mask all bits count.
struct MaskedNumber {
  std::uint32_t value = 0;
  std::uint32_t mask = 0xffffffff;
};
std::optional<MaskedNumber> parse_masked(std::string_view text);

}  // namespace pyfw
