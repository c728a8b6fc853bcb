#include "sys/journal.h"

#include <syslog.h>

#include <string>

#include "base/strings.h"

namespace pyfw {

void note_in_journal(std::string_view line) {
  openlog("pyfw", LOG_PID, LOG_AUTHPRIV);
  syslog(LOG_NOTICE, "%s", escape_control(line).c_str());
  closelog();
}

}  // namespace pyfw
