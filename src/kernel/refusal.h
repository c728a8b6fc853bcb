// What iptables-restore or ipset restore refused, as an error of ours.

#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "sys/process.h"

namespace pyfw {

// A line, from 1, of what the program was told.
Place place_in_input(const std::string& program, std::string_view input, std::size_t line);

// The program's own words, at the line of its input that it names; without a place where it names none.
Error refusal(const std::string& program, const Outcome& outcome, std::string_view input);

}  // namespace pyfw
