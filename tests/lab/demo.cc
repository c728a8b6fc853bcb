// `./dev demo`: the tutorial, told as a story with a real Docker and real packets. Where Docker can't
// run, pyfw's part of it is told with recorded chains.
//
//   demo                    tells it
//   demo --record FOLDER    makes the recordings that it needs where Docker can't run

#include <fmt/format.h>

#include <cstdio>
#include <span>
#include <string_view>

#include "lab/record.h"
#include "lab/story.h"
#include "lab/tale.h"
#include "lab/tutorial.h"

namespace pyfw::lab {
namespace {

Result<void> tell() {
  Story story;
  fmt::print(
      "pyfw keeps a host's firewall the way its owner wished, beside Docker. This shows it within a minute,\n"
      "on hosts made of network namespaces: this machine's own firewall and Docker are not touched.\n");
  std::fflush(stdout);
  auto tutorial = Tutorial::build();
  if (!tutorial) return tell_from_recordings(story, tutorial.error());
  return tell_live(story, *tutorial);
}

int main(std::span<char* const> arguments) {
  auto done =
      arguments.size() == 3 && std::string_view(arguments[1]) == "--record" ? record(arguments[2]) : tell();
  if (done) return 0;
  fmt::print(stderr, "{}\n", render(done.error()));
  return 1;
}

}  // namespace
}  // namespace pyfw::lab

int main(int argc, char** argv) { return pyfw::lab::main({argv, static_cast<std::size_t>(argc)}); }
