// A page of the manual, in mdoc: what its author wrote, with NAME, SYNOPSIS and the options put in from the
// program itself.
//
//   auto page = manual_page(all, {.command = &plan, .date = "November 30, 2026"},
//   read("man/pyfw-plan.8.in"));
//
// A line `@OPTIONS@` of the author's text stands for the list of options, `@COMMANDS@` for that of the
// subcommands. Where nobody wrote anything, the page says what is known.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "manual/command_line.h"

namespace pyfw {

// Of pyfw(8) where there is no command.
std::string manual_page(const CommandLine& all, const DescribedCommand* command, std::string_view date,
                        std::optional<std::string_view> written);

// Text as roff takes it literally.
std::string roff_text(std::string_view text);

}  // namespace pyfw
