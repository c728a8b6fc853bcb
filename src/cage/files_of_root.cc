#include "cage/files_of_root.h"

#include <glob.h>
#include <sys/stat.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/contains.h"

namespace pyfw {
namespace {

namespace fs = std::filesystem;

constexpr std::array kSavedRules = {"/etc/iptables/*",
                                    "/etc/iptables*",
                                    "/etc/ip6tables*",
                                    "/etc/ipset*",
                                    "/etc/ipset/*",
                                    "/etc/sysconfig/iptables*",
                                    "/etc/sysconfig/ip6tables*",
                                    "/etc/sysconfig/ipset*",
                                    "/etc/network/iptables*",
                                    "/var/lib/iptables/*",
                                    "/var/lib/ip6tables/*",
                                    "/var/lib/ipset/*"};
constexpr std::uintmax_t kLargest = 8 << 20;

// What lies there is not there for the script's sake.
constexpr std::array<std::string_view, 6> kForAll = {"/etc", "/", "/usr/bin", "/usr/sbin", "/bin", "/sbin"};

// Anybody may read the others, and so can the script.
bool is_for_root_only(const fs::path& path) {
  struct stat status{};
  return lstat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && (status.st_mode & 04U) == 0 &&
         static_cast<std::uintmax_t>(status.st_size) <= kLargest;
}

void take(const fs::path& path, std::vector<CagedFile>& files) {
  std::ifstream file(path);
  if (file) files.push_back({.path = path.string(), .text = {std::istreambuf_iterator<char>(file), {}}});
}

// A home is hidden as a whole, so there it is all that lies beside.
void take_what_lies_beside(const CagedScript& script, std::vector<CagedFile>& files) {
  std::error_code error;
  auto folder = fs::weakly_canonical(fs::path(script.path).parent_path(), error);
  if (error || contains(kForAll, folder.string())) return;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    auto name = entry.path().filename().string();
    struct stat status{};
    bool is_file = lstat(entry.path().c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
                   static_cast<std::uintmax_t>(status.st_size) <= kLargest;
    if (is_file && !name.starts_with('.') && script.text.contains(name)) take(entry.path(), files);
  }
}

}  // namespace

std::vector<CagedFile> files_of_root(const CagedScript& script) {
  std::vector<CagedFile> files;
  for (const char* pattern : kSavedRules) {
    glob_t found{};
    if (glob(pattern, GLOB_NOSORT, nullptr, &found) == 0)
      for (std::size_t at = 0; at < found.gl_pathc; ++at)
        if (is_for_root_only(found.gl_pathv[at])) take(found.gl_pathv[at], files);
    globfree(&found);
  }
  take_what_lies_beside(script, files);
  return files;
}

}  // namespace pyfw
