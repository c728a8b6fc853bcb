// Runs the real program on files in a folder of the test's own.
//
//   write("wishes.yaml", "pyfw_wishes: {}\n");
//   auto run = pyfw({"--wishes", "wishes.yaml", "--use-state", "state.yaml"});
//   EXPECT_EQ(run.out, "…");

#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "sys/process.h"

namespace pyfw::cli {

inline constexpr const char* kNothingToDo = "# no commands needed, all wished fullfilled\n";

// A file of the repository.
std::string golden(const std::string& path);
// The same text without these lines, each of which must be there.
std::string without_lines(std::string text, const std::vector<std::string>& lines);
std::string replaced(std::string text, std::string_view from, std::string_view to);

// A place in a text, marked by ⟦ and ⟧ around what the caret shall stand under.
struct Marked {
  explicit Marked(std::string_view marked_text);
  // What pyfw prints about the place.
  [[nodiscard]] std::string error(std::string_view file, std::string_view message,
                                  std::string_view hint) const;

  std::string text;  // without the marks
  std::size_t line = 1;
  std::size_t column = 1;  // in characters
  std::string source_line;
  std::string carets;
};

class CliTest : public testing::Test {
 protected:
  CliTest();
  ~CliTest() override;

  void write(const std::string& name, std::string_view text) const;
  // In the folder, so that messages name files as the test does.
  [[nodiscard]] Outcome pyfw(const std::vector<std::string>& arguments) const;
  // With the standard output in this file.
  [[nodiscard]] Outcome pyfw_to(const std::string& path, const std::vector<std::string>& arguments) const;
  // With wishes.yaml, against state.save and state.ipset: the tutorial's host after its apply, unless the
  // test has written something else.
  [[nodiscard]] Outcome plan(std::string_view wishes) const;
  // The whole of what is said about wishes with a marked place; nothing else is printed and the status is 1.
  void expect_refused(std::string_view marked_wishes, std::string_view message, std::string_view hint) const;

  std::string folder_;
};

// A wish that is wrong, and what pyfw says about it.
struct Refused {
  const char* name;
  std::string wishes;  // with the place marked
  const char* message;
  const char* hint = "";
};
inline void PrintTo(const Refused& refused, std::ostream* out) { *out << refused.name; }
inline std::string name_of(const testing::TestParamInfo<Refused>& info) { return info.param.name; }

}  // namespace pyfw::cli
