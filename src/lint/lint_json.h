// Findings of lint as data: a document of its own (docs/lint.schema.json), and SARIF for what shows the
// findings of many tools, GitHub's code scanning among them.

#pragma once

#include <span>
#include <string>

#include "advise/advice.h"

namespace pyfw {

std::string lint_json(std::span<const Advice> advices);
// SARIF 2.1.0, with all kinds of findings as its rules. Files are named as they were on the command line.
std::string lint_sarif(std::span<const Advice> advices, const std::string& version);

}  // namespace pyfw
