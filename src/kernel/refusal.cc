#include "kernel/refusal.h"

#include <memory>

#include "kernel/own_words.h"

namespace pyfw {

Place place_in_input(const std::string& program, std::string_view input, std::size_t line) {
  auto name = "what " + program.substr(program.rfind('/') + 1) + " was told";
  return {
      .source = std::make_shared<const Source>(Source{.name = std::move(name), .text = std::string(input)}),
      .line = line,
      .column = 1};
}

Error refusal(const std::string& program, const Outcome& outcome, std::string_view input) {
  Error error{.message = own_words(outcome.err)};
  if (auto line = line_named_in(outcome.err)) error.place = place_in_input(program, input, *line);
  return error;
}

}  // namespace pyfw
