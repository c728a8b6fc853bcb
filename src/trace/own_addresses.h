// Which of its own addresses a host takes.

#pragma once

#include <optional>
#include <string_view>

#include "trace/compiled_host.h"

namespace pyfw {

// As inet_select_addr() does: the interface's first address in the neighbour's network, else its first, else
// another interface's.
std::optional<Ip> address_towards(const CompiledHost& host, std::string_view interface, const Ip& neighbour);

// The first address of an interface, as REDIRECT takes it: of what was for the link, a link-local one.
std::optional<Ip> first_address(const CompiledHost& host, std::string_view interface, const Ip& destination);

// The source of a packet that goes that way and has none yet.
std::optional<Ip> source_for(const CompiledHost& host, const RouteAnswer& way, const Ip& destination);

}  // namespace pyfw
