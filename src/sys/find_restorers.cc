#include "sys/find_restorers.h"

#include <fmt/format.h>

#include <array>
#include <filesystem>

#include "base/contains.h"
#include "base/strings.h"
#include "sys/process.h"

namespace pyfw {
namespace {

namespace fs = std::filesystem;

constexpr int kPatienceMs = 2'000;
constexpr const char* kSystemdRuns = "/run/systemd/system";
// Where `systemctl enable` and its like put links; and packages, in the last.
constexpr std::array kFolders = {"/etc/systemd/system", kSystemdRuns, "/usr/lib/systemd/system"};

bool is_link(const fs::path& path) {
  std::error_code none;
  return fs::is_symlink(fs::symlink_status(path, none));
}

bool is_masked(const std::string& root, std::string_view unit) {
  std::error_code none;
  for (const auto* folder : {kFolders[0], kFolders[1]})
    if (fs::read_symlink(fmt::format("{}{}/{}", root, folder, unit), none) == "/dev/null") return true;
  return false;
}

bool is_enabled(const std::string& root, std::string_view unit) {
  if (is_masked(root, unit)) return false;
  for (const auto* folder : kFolders) {
    std::error_code none;
    for (auto entry = fs::directory_iterator(root + folder, none); entry != fs::directory_iterator();
         entry.increment(none)) {
      auto kind = entry->path().extension();
      if ((kind == ".wants" || kind == ".requires") && is_link(entry->path() / unit)) return true;
      if (none) break;
    }
  }
  return false;
}

// One line a unit.
std::vector<std::string> active_ones(const std::string& root) {
  std::error_code none;
  if (!root.empty() || !fs::exists(kSystemdRuns, none)) return {};
  auto systemctl = find_program("systemctl");
  if (!systemctl) return {};
  std::vector<std::string> argv = {*systemctl, "is-active"};
  for (auto unit : restoring_units()) argv.emplace_back(unit);
  auto said = run(argv, {.timeout_ms = kPatienceMs});
  if (!said) return {};
  auto lines = split(said->out, '\n');
  std::vector<std::string> active;
  for (std::size_t i = 0; i < restoring_units().size() && i < lines.size(); ++i)
    if (lines[i] == "active") active.emplace_back(restoring_units()[i]);
  return active;
}

}  // namespace

std::vector<Restorer> find_restorers(const std::string& root) {
  std::vector<Restorer> found;
  auto active = active_ones(root);
  for (auto unit : restoring_units()) {
    Restorer one{
        .unit = std::string(unit), .is_enabled = is_enabled(root, unit), .is_active = contains(active, unit)};
    if (one.is_enabled || one.is_active) found.push_back(std::move(one));
  }
  return found;
}

}  // namespace pyfw
