// What is pyfw's own: what it may claim, and what it notes after an apply.

#pragma once

#include <optional>
#include <string>

#include "engine/look.h"
#include "keep/record.h"

namespace pyfw {

// A live rule that bears the name of a wish of its chain, has another text, and is not in the record was put
// there by someone else; and `rules_equal` on a builtin chain or one of Docker's takes away what others put
// there. Fails at the wish's place.
Result<void> refuse_unowned(const Wishes& wishes, const WrittenRules& written, const State& live,
                            const std::optional<Record>& record);

// The record after these wishes have been enforced, from that live state to that one. `wishes`: see Record.
Record record_of(const Outlook& outlook, const State& live, const State& desired, const std::string& wishes);

// Only its wishes, files and rules: enough for is_record_of().
Record sketch_of(const Outlook& outlook, const std::string& wishes);

// Where rules_equal found nothing to take away, nobody has yet said that it may: `record` is what is to be
// written, after that one.
void forget_new_leave(const std::optional<Record>& before, Record& record);

// What either owns: for the time in which it is not sure which one holds.
Record united(const Record& before, Record after);

}  // namespace pyfw
