// Prints the demo: headings, plain words, commands with what they answered, and tables. Colour only on a
// terminal, and never with NO_COLOR.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lab/tutorial.h"

namespace pyfw::lab {

class Story {
 public:
  Story();

  void chapter(std::string_view title);
  void say(std::string_view words) const;
  // Text that is shown as it is, indented.
  void show(std::string_view text) const;
  // A command as it would be typed, and its answer.
  void command(std::string_view typed, std::string_view answer) const;
  void diff(std::string_view unified) const;
  // Rows that have changed since `before` say what they were.
  void table(const std::vector<Tutorial::Answer>& answers, const std::vector<Tutorial::Answer>& before) const;

 private:
  [[nodiscard]] std::string paint(std::string_view text, std::string_view colour) const;
  [[nodiscard]] std::string paint(Reach reach) const;

  bool colour_;
  int chapter_ = 0;
};

}  // namespace pyfw::lab
