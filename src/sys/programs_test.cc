#include "sys/programs.h"

#include <gtest/gtest.h>

#include "nf/ruleset.h"

namespace pyfw {
namespace {

TEST(ProgramFor, IsTheOneOfThatBackendByAbsolutePath) {
  for (auto backend : {Backend::kNft, Backend::kLegacy})
    for (auto family : kFamilies)
      for (std::string what : {"", "save", "restore"}) {
        auto program = program_for(family, backend, what);
        if (!program) GTEST_SKIP() << program.error().message;
        EXPECT_EQ(program->front(), '/');
        auto name = std::string(program_of(family)) + "-" + std::string(name_of(backend)) +
                    (what.empty() ? "" : "-") + what;
        EXPECT_TRUE(program->ends_with("/" + name)) << *program;
      }
}

}  // namespace
}  // namespace pyfw
