#include "examine/read_unit_files.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <utility>

#include "base/contains.h"
#include "examine/read_text.h"

namespace pyfw {
namespace {

namespace fs = std::filesystem;

// In the order of systemd.unit(5): what stands in an earlier one counts.
constexpr std::array kFolders = {
    "/etc/systemd/system.control",  "/run/systemd/system.control",   "/run/systemd/transient",
    "/run/systemd/generator.early", "/etc/systemd/system",           "/run/systemd/system",
    "/run/systemd/generator",       "/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
    "/lib/systemd/system",          "/run/systemd/generator.late"};
constexpr std::array kInner = {".d", ".wants", ".requires", ".upholds"};
constexpr std::array kRunlevels = {"2", "3", "4", "5", "S"};
constexpr int kMostLinks = 16;

std::vector<fs::directory_entry> entries_of(const fs::path& folder) {
  std::vector<fs::directory_entry> out;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
    out.push_back(*entry);
  std::ranges::sort(out, {}, [](const fs::directory_entry& entry) { return entry.path(); });
  return out;
}

// The file behind a link, as it would be found where `root` is the root.
fs::path followed(fs::path path, const std::string& root) {
  std::error_code error;
  for (int links = 0; links < kMostLinks && fs::is_symlink(fs::symlink_status(path, error)); ++links) {
    auto to = fs::read_symlink(path, error);
    if (error) break;
    path = to.is_absolute() ? fs::path(root + to.string()) : path.parent_path() / to;
  }
  return path;
}

class FolderReader {
 public:
  explicit FolderReader(const std::string& root) : root_(root) {}

  UnitFolder read(const std::string& path) {
    UnitFolder out{.path = path};
    for (const auto& entry : entries_of(root_ + path)) {
      auto name = entry.path().filename().string();
      bool is_inner = std::ranges::any_of(kInner, [&](const char* end) { return name.ends_with(end); });
      if (!is_inner) {
        add(entry, name, out);
        continue;
      }
      for (const auto& inner : entries_of(entry.path()))
        add(inner, name + "/" + inner.path().filename().string(), out);
    }
    return out;
  }

 private:
  void add(const fs::directory_entry& entry, std::string name, UnitFolder& out) const {
    std::error_code error;
    UnitFile file{.name = std::move(name)};
    if (entry.is_symlink(error)) file.link = fs::read_symlink(entry.path(), error).string();
    auto text = read_small_file(followed(entry.path(), root_).string());
    if (!text && file.link.empty()) return;
    file.text = text.value_or("");
    out.files.push_back(std::move(file));
  }

  const std::string& root_;
};

// "S20firewall" of rc2.d starts firewall in runlevel 2.
std::vector<InitScript> read_scripts(const std::string& root) {
  std::vector<InitScript> out;
  for (const auto& entry : entries_of(root + "/etc/init.d")) {
    auto text = read_small_file(followed(entry.path(), root).string());
    if (text) out.push_back({.name = entry.path().filename().string(), .text = std::move(*text)});
  }
  for (const char* runlevel : kRunlevels)
    for (const char* folder : {"/etc/rc", "/etc/rc.d/rc"})
      for (const auto& entry : entries_of(root + folder + runlevel + ".d")) {
        auto name = entry.path().filename().string();
        if (name.size() < 4 || name.front() != 'S') continue;
        auto script = std::ranges::find(out, name.substr(3), &InitScript::name);
        if (script != out.end() && !contains(script->runlevels, runlevel))
          script->runlevels.emplace_back(runlevel);
      }
  return out;
}

}  // namespace

UnitFiles read_unit_files(const std::string& root) {
  UnitFiles out{.scripts = read_scripts(root)};
  std::set<fs::path> seen;
  for (const char* folder : kFolders) {
    std::error_code error;
    auto real = fs::canonical(root + folder, error);
    // On most systems /lib is a link to /usr/lib.
    if (error || !seen.insert(real).second) continue;
    out.folders.push_back(FolderReader(root).read(folder));
  }
  return out;
}

}  // namespace pyfw
