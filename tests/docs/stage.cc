#include "docs/stage.h"

#include <fmt/format.h>
#include <stdlib.h>

#include <filesystem>

#include "base/strings.h"

namespace pyfw::docs {

Result<Stage> Stage::open() {
  TRY(auto lab, lab::Lab::open());
  TRY(auto host, lab.add_host("stage"));
  std::string folder = std::filesystem::temp_directory_path() / "pyfw-docs-XXXXXX";
  if (mkdtemp(folder.data()) == nullptr) return system_error("mkdtemp");
  return Stage(std::move(lab), std::move(host), folder);
}

Stage::~Stage() {
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

Result<void> Stage::write_file(const std::string& path, std::string_view text) const {
  return host_.write_file(path.starts_with('/') ? path : folder_ + '/' + path, text);
}

Result<std::string> Stage::say(const std::string& command) {
  auto programs = std::filesystem::path(PYFW_PROGRAM).parent_path().string();
  auto script = fmt::format(
      "exec 2>&1\n"
      "cd {}\n"
      "export SOURCE={} PATH={}:{}:$PATH\n"
      "(exit {})\n"
      "{}\n",
      shell_quote(folder_), shell_quote(PYFW_SOURCE_DIR), shell_quote(folder_ + "/bin"),
      shell_quote(programs), status_, command);
  TRY(auto outcome, host_.run({"/bin/bash", "-c", script}));
  status_ = outcome.status;
  return std::move(outcome.out);
}

}  // namespace pyfw::docs
