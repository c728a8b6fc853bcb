// What pyfw kept for the next time: the record, changes, what waits for a confirm, snapshots, values of
// variables, what the daemon has done.

#include <algorithm>
#include <nlohmann/json.hpp>

#include "keep/daemon_note.h"
#include "keep/history.h"
#include "keep/json.h"
#include "keep/pending.h"
#include "keep/snapshots.h"
#include "keep/store_for_tests.h"
#include "keep/variables.h"
#include "tests/fuzz/check.h"

namespace {

using namespace pyfw;

template <typename Read, typename Write>
void expect_kept(std::string_view text, Read read, Write write) {
  auto kept = read(text);
  if (!kept) {
    fuzz::expect(!kept.error().message.empty(), "a refusal says why");
    return;
  }
  auto written = write(*kept);
  auto again = read(written);
  fuzz::expect(again.has_value(), "what is written can be read", written);
  fuzz::expect(*again == *kept, "what is written is what was read", written);
}

Result<std::vector<Snapshot>> snapshots_in(std::string_view about) {
  MemoryStore store;
  store.texts.emplace("1/about", about);
  auto snapshots = read_snapshots(store);
  fuzz::expect(snapshots.has_value(), "a damaged snapshot is no reason to fail", about);
  fuzz::expect(snapshots->all.size() + snapshots->damaged.size() == 1, "each is read or named", about);
  list_as_json(*snapshots);
  return std::move(snapshots->all);
}

std::string about(const std::vector<Snapshot>& snapshots) {
  if (snapshots.empty()) return {};
  MemoryStore store;
  fuzz::expect(update_snapshot(store, snapshots[0]).has_value(), "what was read can be kept");
  return store.texts.begin()->second;
}

void read_all(std::string_view text) {
  expect_kept(text, parse_record, write_record);
  expect_kept(text, parse_changes, [](const std::vector<Change>& changes) { return write_changes(changes); });
  expect_kept(text, parse_pending, write_pending);
  expect_kept(text, snapshots_in, about);
  expect_kept(text, parse_variables, write_variables);
  expect_kept(text, parse_history, write_history);
  expect_kept(text, parse_daemon_note, write_daemon_note);
}

// Behind a first line that says that all of it is there, or no damage but to the line would ever be read.
std::string sealed(const std::string& kind, std::string_view body) {
  Digest digest;
  digest.add(body);
  Json first = {{"pyfw", kind}, {"bytes", body.size()}, {"digest", digest.text()}};
  return first.dump() + '\n' + std::string(body);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto text = fuzz::text_of(data, size);
  read_all(text);
  auto body = text.substr(std::min(text.size(), text.find('\n') + 1));
  for (const char* kind :
       {"record 1", "changes 1", "pending 1", "snapshot 1", "variables 1", "history 1", "daemon 1"})
    read_all(sealed(kind, body));
  return 0;
}
