// For tests of this room: wishes from a text, and all that comes before resolving.

#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "nf/iptables_save.h"
#include "wish/parse.h"
#include "wish/references.h"
#include "wish/resolve.h"

namespace pyfw {

inline std::shared_ptr<const Source> source_called(std::string name, std::string text) {
  return std::make_shared<Source>(Source{.name = std::move(name), .text = std::move(text)});
}

// `a.yaml`, `b.yaml`, …; a members_file holds 10.0.0.1 and 10.0.0.2.
inline Result<Wishes> wishes_from(const std::vector<std::string>& texts) {
  std::vector<std::shared_ptr<const Source>> files;
  for (const auto& text : texts)
    files.push_back(source_called(std::string(1, static_cast<char>('a' + files.size())) + ".yaml", text));
  return parse_wishes(files, [](const Source&, const Located& path) -> Result<std::shared_ptr<const Source>> {
    return source_called(path.text, "# ours\n 10.0.0.1\n\n10.0.0.2 # two\n");
  });
}

// "FILE:LINE:COLUMN: message | hint" of the error, or "no error".
template <typename T>
std::string told(const Result<T>& result) {
  if (result) return "no error";
  const auto& error = result.error();
  return (error.place ? where(*error.place) : "nowhere") + ": " + error.message + " | " + error.hint;
}

// `rules` are the lines of a chain's list, `live` those that stand in it.
inline std::string chain_wishes(std::string_view rules, std::string_view key = "rules") {
  std::string text = "pyfw_wishes: { iptables: { filter: { INPUT: { " + std::string(key) + ": [\n";
  return text + std::string(rules) + "\n]}}}}\n";
}

inline State state_with(const std::vector<std::string>& live) {
  State state;
  for (const auto& rule : live) ensure_chain(state.iptables, "filter", "INPUT").rules.push_back(Rule{rule});
  return state;
}

inline Result<Resolved> resolved(const Result<Wishes>& wishes, const State& live,
                                 Claims claims = Claims::kNames) {
  if (!wishes) return std::unexpected(wishes.error());
  TRY(auto written, write_rules(*wishes, {.facts = Facts{}}));
  TRY_VOID(check_references(*wishes, written, live));
  TRY(auto sets, write_sets(*wishes, live));
  return resolve(*wishes, written, sets, live, claims);
}

}  // namespace pyfw
