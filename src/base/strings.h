// Small things that are done to text everywhere: splitting, joining, quoting for a shell, finding what
// a misspelt word was meant to be.

#pragma once

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
// are full of them and a pasted one is harmless.
std::string shell_quote(std::string_view word);
std::string shell_quote_all(std::span<const std::string> words);

// Text from outside, fit for a terminal: control characters (but the newline) become \xNN.
std::string escape_control(std::string_view text);

bool is_valid_utf8(std::string_view text);

// The candidate that a person most likely meant, if any is near enough to be worth naming.
std::optional<std::string> closest(std::string_view word, std::span<const std::string_view> candidates);

// "did you mean 'members_equal'?", or nothing.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

// A decimal number without sign, blanks or overflow.
std::optional<unsigned long> parse_number(std::string_view text);

}  // namespace pyfw
