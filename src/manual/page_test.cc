#include "manual/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "manual/bash.h"
#include "manual/fish.h"
#include "manual/zsh.h"

namespace pyfw {
namespace {

using testing::HasSubstr;
using testing::Not;

CommandLine command_line() {
  DescribedOption help{.names = {"-h", "--help"}, .value = "", .choices = {}, .help = "Help"};
  DescribedOption file{.names = {"--from-file"}, .value = "FILE", .choices = {}, .help = "it's [that]: one"};
  DescribedOption format{
      .names = {"--format"}, .value = "text|json", .choices = {"text", "json"}, .help = "how"};
  DescribedOption end{.names = {}, .value = "ENDPOINT", .choices = {}, .help = "who"};
  DescribedOption one{.names = {"--one"}, .value = "", .choices = {}, .help = "1", .excludes_its_kind = true};
  DescribedOption two{.names = {"--two"}, .value = "", .choices = {}, .help = "2", .excludes_its_kind = true};
  return {.program = {.name = "pyfw", .help = "a program", .options = {help, one, two}},
          .subcommands = {{.name = "look", .help = "look at it", .options = {help, file, format, end}}}};
}

TEST(ManualPage, PutsInWhatTheProgramKnows) {
  auto all = command_line();
  auto page = manual_page(all, &all.subcommands[0], "May 1, 2026",
                          ".Sh DESCRIPTION\nMine.\n.Sh OPTIONS\n@OPTIONS@\n");
  EXPECT_THAT(page, HasSubstr(".Dd May 1, 2026\n.Dt PYFW-LOOK 8\n"));
  EXPECT_THAT(page, HasSubstr(".Nm pyfw-look\n.Nd look at it\n"));
  EXPECT_THAT(page, HasSubstr(".Op Fl \\-format Cm \\&text | Cm \\&json\n"));
  EXPECT_THAT(page, HasSubstr("Mine.\n.Sh OPTIONS\n.Bl -tag -width Ds\n.It Fl h , Fl \\-help\nHelp\n"));
  EXPECT_THAT(page, HasSubstr(".It Ar ENDPOINT\nwho\n"));
}

TEST(ManualPage, OfTheProgramListsItsSubcommandsAndWhatExcludesEachOther) {
  auto page = manual_page(command_line(), nullptr, "May 1, 2026", "@COMMANDS@\n");
  EXPECT_THAT(page, HasSubstr(".It Xr pyfw-look 8\nlook at it\n"));
  EXPECT_THAT(page, HasSubstr(".Oo\n.Fl \\-one |\n.Fl \\-two\n.Oc\n"));
}

TEST(ManualPage, ThatNobodyWroteSaysWhatIsKnown) {
  auto all = command_line();
  auto page = manual_page(all, &all.subcommands[0], "May 1, 2026", std::nullopt);
  EXPECT_THAT(page, HasSubstr(".Sh DESCRIPTION\nlook at it\n.Sh OPTIONS\n.Bl"));
}

TEST(RoffText, IsTakenLiterally) {
  EXPECT_EQ(roff_text(".Sh"), "\\&.Sh");
  EXPECT_EQ(roff_text("a\\b --c 'd' `e` ~f"), "a\\eb \\-\\-c \\(aqd\\(aq \\(gae\\(ga \\(tif");
}

TEST(Completions, QuoteWhatAShellWouldTakeApart) {
  EXPECT_THAT(zsh_completion(command_line()),
              HasSubstr("'(--from-file)--from-file=[it'\\''s \\[that\\]\\: one]:FILE:_files'"));
  EXPECT_THAT(zsh_completion(command_line()), HasSubstr("'(--one --two )--two[2]'"));
  EXPECT_THAT(fish_completion(command_line()), HasSubstr("-l from-file -r -F -d 'it\\'s [that]: one'"));
}

TEST(Completions, OfferWhatTheValueIs) {
  auto text = bash_completion(command_line());
  EXPECT_THAT(text, HasSubstr("look:--from-file) _pyfw_files -f"));
  EXPECT_THAT(text, HasSubstr("look:--format) _pyfw_words 'text json'"));
  EXPECT_THAT(text, HasSubstr("starts='_pyfw_starts \"any host"));
  EXPECT_THAT(text, Not(HasSubstr("look:--help)")));
}

}  // namespace
}  // namespace pyfw
