// A status for people, for programs, and for Prometheus.

#pragma once

#include <string>

#include "watch/status.h"

namespace pyfw {

std::string as_text(const Status& status, bool colour);
// docs/status.schema.json describes the document.
std::string as_json(const Status& status);
// The text format that node_exporter's textfile collector reads: one sample a line, counters and gauges.
std::string as_prometheus(const Status& status);

}  // namespace pyfw
