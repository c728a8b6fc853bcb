// What is said of a command line that can't be understood.
//
//   pyfw apply --confirm-witin 2m
//   error: there is no option --confirm-witin; did you mean '--confirm-within'? See pyfw apply --help

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "manual/command_line.h"

namespace pyfw {

// The words that nothing takes, in their order, and where they stand.
struct Misread {
  std::vector<std::string> before;  // the subcommand, or all of them where none was named
  std::string subcommand;           // empty: none was named
  std::vector<std::string> behind;
};

// Of the first of them; there has to be one.
Error unknown_word(const Misread& words, const CommandLine& all);

// `message`, and whose --help tells more.
Error wrong_usage(std::string message, std::string_view subcommand, std::string_view hint = {});

}  // namespace pyfw
