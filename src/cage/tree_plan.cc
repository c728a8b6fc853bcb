#include "cage/tree_plan.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "base/contains.h"
#include "base/strings.h"

namespace pyfw {
namespace {

namespace fs = std::filesystem;

struct Place {
  std::string_view path;
  unsigned mode = 0755;
};

constexpr std::array kEmpty = {Place{"/proc"},
                               Place{"/sys"},
                               Place{"/dev"},
                               Place{"/tmp", 01777},
                               Place{"/var/tmp", 01777},
                               Place{"/root", 0700},
                               Place{"/home"},
                               Place{"/mnt"},
                               Place{"/media"},
                               Place{"/boot"},
                               Place{"/lost+found", 0700},
                               Place{"/var/run"},
                               Place{"/var/lock"},
                               Place{"/var/crash"}};
// Where files are written that nobody may find there, and where sockets are.
constexpr std::array<std::string_view, 3> kFoldersOnly = {"/run", "/var/log", "/var/spool"};
constexpr std::array<std::string_view, 5> kNeeded = {"/usr", "/bin", "/sbin", "/lib", "/lib64"};
// Others may answer late or never (nfs, autofs), or take no layer (vfat).
constexpr std::array<std::string_view, 12> kCalmFileSystems = {"ext2",    "ext3",     "ext4",  "xfs",
                                                               "btrfs",   "f2fs",     "zfs",   "bcachefs",
                                                               "overlay", "squashfs", "erofs", "tmpfs"};

class Planner {
 public:
  explicit Planner(const std::vector<std::string>& hidden) : hidden_(hidden.begin(), hidden.end()) {
    std::ifstream file("/proc/self/mountinfo");
    mounts_ = mounted_in(std::string(std::istreambuf_iterator<char>(file), {}));
    for (const auto& place : kEmpty) apart_.emplace(place.path);
    apart_.insert("/etc");
    for (auto path : kFoldersOnly) apart_.emplace(path);
    for (const auto& path : hidden_) apart_.insert(path);
    for (const auto& [path, kind] : mounts_) apart_.insert(path);
  }

  std::vector<TreeStep> plan() {
    enter("");
    return std::move(steps_);
  }

 private:
  void add(TreeStepKind kind, const std::string& path, unsigned mode = 0755) {
    steps_.push_back({.kind = kind,
                      .path = kCageRoot + path,
                      .source = path,
                      .mode = mode,
                      .is_needed = contains(kNeeded, path)});
  }

  void enter(const std::string& folder) {
    std::error_code error;
    auto entries = fs::directory_iterator(folder.empty() ? "/" : folder, error);
    if (error) return;
    for (const auto& entry : entries) place(folder + "/" + entry.path().filename().string());
  }

  void place(const std::string& path) {
    struct stat status{};
    if (lstat(path.c_str(), &status) != 0) return;
    if (S_ISLNK(status.st_mode)) return link(path);
    if (S_ISREG(status.st_mode)) return add(TreeStepKind::kFile, path, status.st_mode & 0777U);
    if (S_ISDIR(status.st_mode)) folder(path, status.st_mode & 0777U);
  }

  void link(const std::string& path) {
    std::error_code error;
    auto target = fs::read_symlink(path, error);
    if (error) return;
    add(TreeStepKind::kLink, path);
    steps_.back().source = target.string();
  }

  void folder(const std::string& path, unsigned mode) {
    for (const auto& empty : kEmpty)
      if (empty.path == path) return add(TreeStepKind::kFolder, path, empty.mode);
    if (path == "/etc") return add(TreeStepKind::kCopy, path);
    if (contains(kFoldersOnly, path)) return add(TreeStepKind::kFolders, path);
    auto mounted = mounts_.find(path);
    bool is_calm = mounted == mounts_.end() || contains(kCalmFileSystems, mounted->second);
    bool is_open = (mode & 05U) == 05U;
    if (hidden_.contains(path) || !is_calm || !is_open) return add(TreeStepKind::kFolder, path, 0700);
    if (!has_something_apart(path)) return layer(path);
    // In a user namespace a layer can't be put on a folder that has mounts of others below it: they might
    // hide something.
    add(TreeStepKind::kFolder, path);
    enter(path);
  }

  void layer(const std::string& path) {
    add(TreeStepKind::kLayer, path);
    auto& step = steps_.back();
    step.upper = fmt::format("{}/upper{}", kCageBox, steps_.size());
    step.work = fmt::format("{}/work{}", kCageBox, steps_.size());
    step.options =
        fmt::format("lowerdir={},upperdir={},workdir={},userxattr", escaped(path), step.upper, step.work);
  }

  static std::string escaped(const std::string& path) {
    std::string out;
    for (char c : path) {
      if (c == ',' || c == ':' || c == '\\') out += '\\';
      out += c;
    }
    return out;
  }

  [[nodiscard]] bool has_something_apart(const std::string& path) const {
    auto below = apart_.lower_bound(path + "/");
    return below != apart_.end() && below->starts_with(path + "/");
  }

  std::set<std::string, std::less<>> hidden_;
  std::map<std::string, std::string, std::less<>> mounts_;
  std::set<std::string, std::less<>> apart_;
  std::vector<TreeStep> steps_;
};

// "\040" for a blank.
std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\' && at + 3 < text.size()) {
      out += static_cast<char>((text[at + 1] - '0') * 64 + (text[at + 2] - '0') * 8 + (text[at + 3] - '0'));
      at += 3;
    } else {
      out += text[at];
    }
  }
  return out;
}

}  // namespace

std::map<std::string, std::string, std::less<>> mounted_in(std::string_view mountinfo) {
  std::map<std::string, std::string, std::less<>> mounts;
  for (auto line : split(mountinfo, '\n')) {
    auto words = split(line, ' ');
    constexpr std::size_t kMountPoint = 4;
    for (std::size_t at = kMountPoint + 2; at + 1 < words.size(); ++at) {
      if (words[at] != "-") continue;
      // What is mounted later on the same folder hides what was there.
      mounts[unescaped(words[kMountPoint])] = std::string(words[at + 1]);
      break;
    }
  }
  mounts.erase("/");
  return mounts;
}

Result<std::vector<TreeStep>> plan_tree(const std::vector<std::string>& hidden) {
  auto steps = Planner(hidden).plan();
  if (steps.empty()) return fail("can't look at the file tree");
  return steps;
}

}  // namespace pyfw
