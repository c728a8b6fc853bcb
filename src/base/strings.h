// Small things that are done to text everywhere: splitting, joining, quoting for a shell, finding what
// a misspelt word was meant to be.

#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pyfw {

std::vector<std::string_view> split(std::string_view text, char separator);
std::string_view trim(std::string_view text);
std::string join(std::span<const std::string> parts, std::string_view separator);

// Quotes a word for a POSIX shell only where it needs it; a bare `!` stays bare, since iptables rules
// are full of them and a pasted one is harmless. Control characters are written as bash's $'\x1b'.
std::string shell_quote(std::string_view word);
std::string shell_quote_all(std::span<const std::string> words);

// Text from outside, fit for a line on a terminal: control characters become \xNN.
std::string escape_control(std::string_view text);
// How many bytes the control character at `at` has; 0 if it is none.
std::size_t control_at(std::string_view text, std::size_t at);

// A set of characters that a text may be made of.
class Letters {
 public:
  constexpr explicit Letters(std::string_view letters) {
    for (char c : letters) has_[static_cast<unsigned char>(c)] = true;
  }
  // Not empty, and made of these only.
  [[nodiscard]] constexpr bool make_up(std::string_view text) const {
    for (char c : text)
      if (!has_[static_cast<unsigned char>(c)]) return false;
    return !text.empty();
  }

  [[nodiscard]] constexpr bool has_any_of(std::string_view text) const {
    for (char c : text)
      if (has_[static_cast<unsigned char>(c)]) return true;
    return false;
  }

 private:
  std::array<bool, 256> has_{};
};

bool is_valid_utf8(std::string_view text);

// The candidate that a person most likely meant, if any is near enough to be worth naming.
std::optional<std::string> closest(std::string_view word, std::span<const std::string_view> candidates);

// "did you mean 'members_equal'?", or nothing.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

// A decimal number without sign, blanks or overflow.
std::optional<unsigned long> parse_number(std::string_view text);

}  // namespace pyfw
