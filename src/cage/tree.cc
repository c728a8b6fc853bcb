#include "cage/tree.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/fd.h"
#include "cage/copy_tree.h"
#include "cage/written_settings.h"

namespace pyfw {
namespace {

using Failed = std::optional<TreeFailure>;

constexpr const char* kSettings = "/tmp/settings";
constexpr unsigned kOwnFolders = 2;  // so deep a script may write in a folder that is the host's root's

Failed failed(const char* what, const char* path) {
  return TreeFailure{.what = what, .path = path, .error = errno};
}

Fd open_folder(const char* path) { return Fd(open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)); }

bool make_folder(const char* path, unsigned mode) {
  return (mkdir(path, mode) == 0 || errno == EEXIST) && chmod(path, mode) == 0;
}

template <typename Copy>
bool between(const char* source, const char* copy, const Copy& work) {
  Fd from = open_folder(source);
  Fd to = open_folder(copy);
  // What nobody may look at is empty.
  return to.valid() && (!from.valid() || work(from.get(), to.get()));
}

bool make_folders_above(const char* path) {
  std::array<char, 4096> folder{};
  if (std::strlen(path) >= folder.size()) return false;
  std::strcpy(folder.data(), path);
  for (char* slash = std::strchr(folder.data() + 1, '/'); slash != nullptr;
       slash = std::strchr(slash + 1, '/')) {
    *slash = '\0';
    if (mkdir(folder.data(), 0755) != 0 && errno != EEXIST) return false;
    *slash = '/';
  }
  return true;
}

// For a file that is put into the layer, however deep.
bool make_folders_for(const PlacedFile& file, const TreeStep& layer) {
  std::array<char, 4096> path{};
  const auto& folder = layer.path;
  if (!file.path.starts_with(folder) || file.path[folder.size()] != '/') return true;
  if (layer.upper.size() + file.path.size() - folder.size() >= path.size()) return false;
  std::strcpy(path.data(), layer.upper.c_str());
  std::strcat(path.data(), file.path.c_str() + folder.size());
  return make_folders_above(path.data());
}

// A layer's folder belongs to whom its uppermost part belongs to. So the script, to which the host's root is
// a stranger, gets some of its own to write in.
bool put_layer(const TreeStep& step, const std::vector<PlacedFile>& files) {
  bool is_made = make_folder(step.path.c_str(), step.mode) && make_folder(step.upper.c_str(), step.mode) &&
                 make_folder(step.work.c_str(), 0700) &&
                 between(step.source.c_str(), step.upper.c_str(),
                         [](int from, int to) { return copy_folders(from, to, kOwnFolders); });
  for (const auto& file : files) is_made = is_made && make_folders_for(file, step);
  return is_made &&
         mount("pyfw", step.path.c_str(), "overlay", MS_NOSUID | MS_NODEV, step.options.c_str()) == 0;
}

bool show_file(const char* source, const char* path) {
  Fd place(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  return place.valid() && mount(source, path, nullptr, MS_BIND, nullptr) == 0;
}

bool take(const TreeStep& step, const std::vector<PlacedFile>& files) {
  const auto* path = step.path.c_str();
  const auto* source = step.source.c_str();
  switch (step.kind) {
    case TreeStepKind::kFolder: return make_folder(path, step.mode);
    case TreeStepKind::kLink: return symlink(source, path) == 0;
    case TreeStepKind::kLayer: return put_layer(step, files);
    case TreeStepKind::kCopy: return make_folder(path, step.mode) && between(source, path, copy_tree);
    case TreeStepKind::kFolders:
      return make_folder(path, step.mode) &&
             between(source, path, [](int from, int to) { return copy_folders(from, to, 8); });
    case TreeStepKind::kFile: return show_file(source, path);
  }
  return false;
}

struct Device {
  const char* path;
  const char* source;
};
constexpr std::array kDevices = {
    Device{"/tmp/root/dev/null", "/dev/null"},       Device{"/tmp/root/dev/zero", "/dev/zero"},
    Device{"/tmp/root/dev/full", "/dev/full"},       Device{"/tmp/root/dev/random", "/dev/random"},
    Device{"/tmp/root/dev/urandom", "/dev/urandom"}, Device{"/tmp/root/dev/tty", "/dev/tty"}};
constexpr std::array kDeviceLinks = {
    Device{"/tmp/root/dev/fd", "/proc/self/fd"}, Device{"/tmp/root/dev/stdin", "/proc/self/fd/0"},
    Device{"/tmp/root/dev/stdout", "/proc/self/fd/1"}, Device{"/tmp/root/dev/stderr", "/proc/self/fd/2"}};

Failed put_devices() {
  for (const auto& device : kDevices)
    if (!show_file(device.source, device.path)) return failed("bind", device.source);
  for (const auto& link : kDeviceLinks)
    if (symlink(link.source, link.path) != 0) return failed("symlink", link.path);
  if (!make_folder("/tmp/root/dev/shm", 01777)) return failed("mkdir", "/dev/shm");
  return {};
}

Failed put_kernel_trees() {
  constexpr unsigned long kPlain = MS_NOSUID | MS_NODEV | MS_NOEXEC;
  // The kernel lets us have a new /proc only where the old one can still be seen as a whole.
  if (mount("proc", "/tmp/root/proc", "proc", kPlain, nullptr) != 0) return failed("mount", "/proc");
  if (mount(kSettings, "/tmp/root/proc/sys", nullptr, MS_BIND, nullptr) != 0)
    return failed("bind", "/proc/sys");
  // Where it is not to be had, it stays empty.
  (void)mount("sysfs", "/tmp/root/sys", "sysfs", kPlain | MS_RDONLY, nullptr);
  return {};
}

Failed put_file(const PlacedFile& file) {
  const auto* path = file.path.c_str();
  if (!make_folders_above(path)) return failed("mkdir above", path);
  // The one that is there may be the host's root's, which can't be written, or be shown there by a mount.
  (void)umount2(path, MNT_DETACH);
  if (unlink(path) != 0 && errno != ENOENT) return failed("unlink", path);
  Fd fd(open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, file.mode));
  auto size = static_cast<ssize_t>(file.text.size());
  if (!fd.valid() || fchmod(fd.get(), file.mode) != 0 ||
      write(fd.get(), file.text.data(), file.text.size()) != size)
    return failed("write", path);
  return {};
}

}  // namespace

std::optional<TreeFailure> prepare_box(const TreePlan& plan) {
  if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return failed("mount", "/");
  if (mount("pyfw", kCageBox, "tmpfs", MS_NOSUID | MS_NODEV, plan.memory_options.c_str()) != 0)
    return failed("mount a file system in memory on", kCageBox);
  umask(0);
  if (!make_folder(kSettings, 0755) || !between("/proc/sys", kSettings, copy_tree))
    return failed("copy", "/proc/sys");
  for (const auto& renaming : plan.settings)
    if (rename(renaming.from.c_str(), renaming.to.c_str()) != 0 && errno != ENOENT)
      return failed("rename", renaming.from.c_str());
  if (!forget_writes(kSettings)) return failed("set the times of", kSettings);
  return {};
}

std::optional<TreeFailure> move_into(const TreePlan& plan) {
  if (!make_folder(kCageRoot, 0755) || mount(kCageRoot, kCageRoot, nullptr, MS_BIND, nullptr) != 0)
    return failed("bind", kCageRoot);
  for (const auto& step : plan.steps)
    if (!take(step, plan.files) && step.is_needed) return failed("make", step.path.c_str());
  if (auto wrong = put_devices()) return wrong;
  if (auto wrong = put_kernel_trees()) return wrong;
  for (const auto& file : plan.files)
    if (auto wrong = put_file(file)) return wrong;
  if (chdir(kCageRoot) != 0 || syscall(SYS_pivot_root, ".", ".") != 0) return failed("pivot_root", kCageRoot);
  // The old root lies on the new one, and goes.
  if (umount2(".", MNT_DETACH) != 0 || chdir("/") != 0) return failed("umount", "/");
  umask(022);
  return {};
}

}  // namespace pyfw
