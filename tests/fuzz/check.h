// What the fuzz targets share: a text as a source, and checks that end the run where a promise is broken.

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "nf/state.h"

namespace pyfw::fuzz {

std::shared_ptr<const Source> source_of(std::string name, std::string_view text);
inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// Aborts, saying which promise it was and what it was about.
void expect(bool kept, std::string_view promise, std::string_view about = {});

// An error about bad input says where, at a place that the text has, and can be shown on a terminal.
void expect_helpful(const Error& error);

// Words of a rule or member survive being written and read again, and a key stays what it is.
void expect_words_survive(const std::string& text);

// The state as a document, and back, is the same; where a text is no UTF-8 it can at least be read.
void expect_document_survives(const State& state);

}  // namespace pyfw::fuzz
