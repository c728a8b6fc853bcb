// Where the program speaks: data to standard output, all else to standard error.

#pragma once

#include <span>
#include <string_view>

#include "app/options.h"
#include "base/error.h"

namespace pyfw {

void print_out(std::string_view text);
void print_err(std::string_view text);
void print_error(const Error& error);
void print_warnings(std::span<const Error> warnings);
// A line that says what takes long.
void print_note(std::string_view text);

// Prints it and gives the exit status of a subcommand that ends with it.
ExitCode report(const Error& error);

// A terminal, and nobody wants it plain: https://no-color.org.
bool output_is_coloured();

// Whether all output so far got where it should, and an error if not: a full disk or a closed pipe must not
// look like success.
bool output_arrived();

}  // namespace pyfw
