#include "tests/fuzz/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "base/strings.h"
#include "host/sorted.h"
#include "host/state_document.h"
#include "nf/tokens.h"

namespace pyfw::fuzz {
namespace {

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

void expect_place_in_text(const Place& place) {
  expect(place.source != nullptr, "a place has a source");
  auto lines = split(place.source->text, '\n');
  expect(place.line >= 1 && place.line <= lines.size(), "a place is on a line of its text", where(place));
  auto width = characters(lines[place.line - 1]);
  expect(place.column >= 1 && place.column <= width + 1, "a place is within its line", where(place));
  expect(place.length >= 1, "a place has a length", where(place));
}

State sorted(const State& state) {
  State out;
  for (auto family : kFamilies) {
    for (const auto* table : sorted_tables(ruleset_of(state, family))) {
      Table copy{.name = table->name};
      for (const auto* chain : sorted_chains(*table)) copy.chains.push_back(*chain);
      ruleset_of(out, family).tables.push_back(std::move(copy));
    }
  }
  for (const auto* set : sorted_sets(state.sets)) {
    out.sets.push_back(*set);
    out.sets.back().members = sorted_members(*set);
  }
  return out;
}

}  // namespace

std::shared_ptr<const Source> source_of(std::string name, std::string_view text) {
  return std::make_shared<Source>(Source{.name = std::move(name), .text = std::string(text)});
}

void expect(bool kept, std::string_view promise, std::string_view about) {
  if (kept) return;
  fmt::print(stderr, "BROKEN PROMISE: {}\n{}\n", promise, about);
  std::abort();
}

void expect_helpful(const Error& error) {
  expect(error.kind == ErrorKind::kBadInput, "bad input is called bad input", error.message);
  expect(error.place.has_value(), "an error about a text has a place", error.message);
  expect_place_in_text(*error.place);
  auto shown = render(error);
  for (std::size_t i = 0; i < shown.size(); ++i)
    expect(shown[i] == '\n' || shown[i] == '\t' || control_at(shown, i) == 0, "no text draws on the terminal",
           shown);
}

void expect_words_survive(const std::string& text) {
  auto words = tokenise_saved(text);
  expect(tokenise_saved(write_tokens(words)) == words, "words survive being written", text);
  Rule rule{text};
  expect(rule_key(Rule{rule_key(rule)}) == rule_key(rule), "the key of a key is the key", text);
  expect(is_temporary(temporary(rule)), "a temporary rule is known by its comment", text);
}

void expect_document_survives(const State& state) {
  HostState host{.state = state, .facts = {}};
  auto yaml = write_state_yaml(host);
  auto back = parse_state_yaml(source_of("document", yaml));
  expect(back.has_value(), "a printed state can be read", back ? yaml : render(back.error()) + '\n' + yaml);
  if (is_valid_utf8(write_state_save(host))) {
    expect(write_state_yaml(*back) == yaml, "a state that was read prints the same", yaml);
    expect(back->state == sorted(state), "a state survives being printed", yaml);
  }
  expect(!write_state_json(host).empty(), "a state can be printed as JSON");
}

}  // namespace pyfw::fuzz
