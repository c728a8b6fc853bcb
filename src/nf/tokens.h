// The words of a rule's text, and how iptables writes them back.
//
//   tokenise_saved(R"(-m comment --comment "say \"hi\"" -j ACCEPT)")
//     -> {"-m", "comment", "--comment", "say \"hi\"", "-j", "ACCEPT"}

#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace pyfw {

// A word, and where in the text it stood (bytes, quotes included).
struct Token {
  std::string text;
  std::size_t offset = 0;
  std::size_t length = 0;
};

// Splits a rule as iptables-restore does (add_param_to_argv in iptables' xshared.c): blanks separate,
// only double quotes quote, a backslash escapes inside them, and a closing quote ends the word. Never
// fails: an open quote ends with the text.
std::vector<std::string> tokenise_saved(std::string_view text);

// Splits a rule as a person writes it: both kinds of quotes, and a backslash outside of single quotes
// takes the next character as it is. Fails (bad input, the offset in bytes as column) on an open quote.
Result<std::vector<Token>> tokenise_written(std::string_view text);

// Writes words so that iptables-restore reads them again, quoted as xtables_save_string() in libxtables
// quotes: the values of --comment, --log-prefix and their like whenever they are not plain words, other
// words only where they would fall apart.
std::string write_tokens(std::span<const std::string> tokens);

// Splits a set's header or member as ipset does (build_argv in its src/ipset.c): double quotes quote
// anywhere in a word, nothing escapes, and an empty word is none. And writes words so that it reads them.
std::vector<std::string> tokenise_ipset(std::string_view text);
std::string write_ipset_tokens(std::span<const std::string> tokens);

}  // namespace pyfw
