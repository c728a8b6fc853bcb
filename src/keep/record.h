// The record: what pyfw applied last, thus owns. A wish that has since gone from the file is known by it, and
// only what it names is ever removed.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "keep/store.h"
#include "nf/backend.h"
#include "nf/desired.h"

namespace pyfw {

struct RecordedRule {
  ChainId chain;
  std::string name;   // empty for an unnamed wish
  std::string text;   // as the kernel shows it; empty of a named wish that was left out (wish/away.h)
  std::string place;  // of the wish, "wishes.yaml:12:9"

  bool operator==(const RecordedRule&) const = default;
};

struct RecordedPolicy {
  ChainId chain;
  std::string policy;
  std::string before;  // what it was before the first wish for it

  bool operator==(const RecordedPolicy&) const = default;
};

struct RecordedSet {
  std::string name;
  bool is_created = false;             // by pyfw; else only the members that it added are pyfw's
  std::vector<std::string> members{};  // elements that pyfw added, unless it made the set and decides all

  bool operator==(const RecordedSet&) const = default;
};

struct RecordedFile {
  std::string name;
  std::string text;

  bool operator==(const RecordedFile&) const = default;
};

struct Record {
  std::string wishes;                 // what --wishes said, as an absolute path; empty for the default places
  std::vector<RecordedFile> files{};  // the wishes, byte for byte as they were applied
  bool is_confirmed = true;
  std::vector<RecordedRule> rules{};
  std::vector<RecordedPolicy> policies{};
  std::vector<RecordedSet> sets{};
  std::vector<ChainId> chains{};   // that pyfw created
  std::vector<ChainId> adopted{};  // whose `rules_equal` was let in with --adopt
  // Of what no wish names any more, but was still there: it goes as soon as it can.
  bool has_leftovers = false;
  // That it was applied to; records of older versions do not tell.
  std::optional<Backend> backend{};

  bool operator==(const Record&) const = default;
};

inline constexpr std::string_view kRecordName = "record";

// None where none was kept. Fails where it is damaged.
Result<std::optional<Record>> read_record(Store& store);

std::string write_record(const Record& record);
// Fails on a text that is cut, changed or of another version; never crashes.
Result<Record> parse_record(std::string_view text);

// What a run that finds nothing to do needs to know, without parsing all of it: the wishes' files and the
// rules that they wish are those of the record, there is nothing more in it, and it is whole as far as its
// first line tells.
bool is_record_of(std::string_view text, const Record& wanted);

}  // namespace pyfw
