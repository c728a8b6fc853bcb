// A document of the project as the test reads it: the transcripts that it shows, and what has to be there
// before they can be true.
//
//   <!-- host -->                    from here on, a new host without any rule, and an empty folder
//   <!-- run: COMMANDS -->           commands that the reader does not see; they must succeed
//   <!-- file: wishes.yaml -->       the block that follows is this file
//   ```console                       a transcript: `$ COMMAND`, then what it prints, to the letter; a line
//                                    with nothing but `…` stands for any lines
//
// Other blocks are not looked at.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace pyfw::docs {

struct Piece {
  enum class Kind { kHost, kRun, kFile, kCommand };
  Kind kind = Kind::kHost;
  std::size_t line = 0;               // where it begins, counted from 1
  std::string path{};                 // of kFile
  std::string text{};                 // the command or commands, or the file's contents
  std::size_t answer_line = 0;        // of kCommand: where the answer begins
  std::vector<std::string> answer{};  // of kCommand: what it is said to print, a line each
};

Result<std::vector<Piece>> pieces_of(std::string_view document);

// Whether the lines are what the answer says, `…` standing for any lines.
bool matches(const std::vector<std::string>& answer, const std::vector<std::string>& lines);

// A link to a file, to a heading of this document (then `file` is empty), or to one of another.
struct Link {
  std::string file;
  std::string heading;
};
std::vector<Link> links_of(std::string_view document);

// The headings of the document, as links name them: `~match, ~rest` is `match-rest`.
std::vector<std::string> headings_of(std::string_view document);

}  // namespace pyfw::docs
