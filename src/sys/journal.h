// One line for the system's journal.

#pragma once

#include <string_view>

namespace pyfw {

// By syslog(3), which journald reads too. Where nobody listens, nothing happens.
void note_in_journal(std::string_view line);

}  // namespace pyfw
