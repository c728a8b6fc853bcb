// Writes what stands beside the program: the pages of the manual, and what shells complete. Run by the build.
//
//   write_manual PAGES FOLDER DATE     # PAGES holds what people wrote: pyfw-plan.8.in, …

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

#include "app/subcommands.h"
#include "manual/bash.h"
#include "manual/fish.h"
#include "manual/page.h"
#include "manual/zsh.h"

namespace {

namespace fs = std::filesystem;

std::optional<std::string> contents(const fs::path& path) {
  std::ifstream in(path);
  if (!in) return {};
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

void write(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream out(path);
  out << text;
  out.close();
  if (out) return;
  fmt::print(stderr, "can't write {}\n", path.string());
  std::exit(EXIT_FAILURE);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    fmt::print(stderr, "usage: write_manual PAGES FOLDER DATE\n");
    return EXIT_FAILURE;
  }
  fs::path pages = argv[1];
  fs::path folder = argv[2];
  std::string date = argv[3];
  auto all = pyfw::describe_command_line(pyfw::kSubcommands);
  write(folder / "pyfw.bash", bash_completion(all));
  write(folder / "_pyfw", zsh_completion(all));
  write(folder / "pyfw.fish", fish_completion(all));
  // A page of a subcommand that is no more would be installed with the others.
  fs::remove_all(folder / "man8");
  auto write_page = [&](const std::string& name, const pyfw::DescribedCommand* command) {
    write(folder / "man8" / (name + ".8"),
          manual_page(all, command, date, contents(pages / (name + ".8.in"))));
  };
  write_page("pyfw", nullptr);
  for (const auto& command : all.subcommands) write_page("pyfw-" + command.name, &command);
  if (auto wishes = contents(pages / "pyfw-wishes.5.in"))
    write(folder / "man5" / "pyfw-wishes.5", fmt::format(".Dd {}\n{}", date, *wishes));
}
