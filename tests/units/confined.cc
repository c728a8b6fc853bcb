// Runs a program as far as can be had under what a unit file of systemd allows, where no systemd runs:
//
//   confined pyfw.service [--without CAP_NET_RAW] /usr/sbin/pyfw boot

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/capability.h>
#include <linux/mount.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/contains.h"
#include "base/fd.h"
#include "base/strings.h"
#include "sys/process.h"
#include "system_calls.h"
#include "unit_file.h"

namespace pyfw::units {
namespace {

// By number, from 0 on.
constexpr std::array kCapabilities = {"CAP_CHOWN",
                                      "CAP_DAC_OVERRIDE",
                                      "CAP_DAC_READ_SEARCH",
                                      "CAP_FOWNER",
                                      "CAP_FSETID",
                                      "CAP_KILL",
                                      "CAP_SETGID",
                                      "CAP_SETUID",
                                      "CAP_SETPCAP",
                                      "CAP_LINUX_IMMUTABLE",
                                      "CAP_NET_BIND_SERVICE",
                                      "CAP_NET_BROADCAST",
                                      "CAP_NET_ADMIN",
                                      "CAP_NET_RAW",
                                      "CAP_IPC_LOCK",
                                      "CAP_IPC_OWNER",
                                      "CAP_SYS_MODULE",
                                      "CAP_SYS_RAWIO",
                                      "CAP_SYS_CHROOT",
                                      "CAP_SYS_PTRACE",
                                      "CAP_SYS_PACCT",
                                      "CAP_SYS_ADMIN",
                                      "CAP_SYS_BOOT",
                                      "CAP_SYS_NICE",
                                      "CAP_SYS_RESOURCE",
                                      "CAP_SYS_TIME",
                                      "CAP_SYS_TTY_CONFIG",
                                      "CAP_MKNOD",
                                      "CAP_LEASE",
                                      "CAP_AUDIT_WRITE",
                                      "CAP_AUDIT_CONTROL",
                                      "CAP_SETFCAP",
                                      "CAP_MAC_OVERRIDE",
                                      "CAP_MAC_ADMIN",
                                      "CAP_SYSLOG",
                                      "CAP_WAKE_ALARM",
                                      "CAP_BLOCK_SUSPEND",
                                      "CAP_AUDIT_READ",
                                      "CAP_PERFMON",
                                      "CAP_BPF",
                                      "CAP_CHECKPOINT_RESTORE"};
static_assert(kCapabilities.size() == CAP_LAST_CAP + 1);

Result<void> set_writing(const std::string& path, bool allowed) {
  struct mount_attr attributes{};
  (allowed ? attributes.attr_clr : attributes.attr_set) = MOUNT_ATTR_RDONLY;
  if (syscall(SYS_mount_setattr, AT_FDCWD, path.c_str(), AT_RECURSIVE, &attributes, sizeof attributes) != 0)
    return system_error("mount_setattr " + path);
  return {};
}

Result<void> make_writable(const std::string& path) {
  if (mount(path.c_str(), path.c_str(), nullptr, MS_BIND | MS_REC, nullptr) != 0)
    return system_error("bind " + path);
  return set_writing(path, true);
}

Result<void> make_folder_writable(const std::string& path) {
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return system_error("mkdir " + path);
  return make_writable(path);
}

Result<void> put_empty_folder(const std::string& path, const char* options) {
  if (!std::filesystem::is_directory(path)) return {};
  if (mount("none", path.c_str(), "tmpfs", 0, options) != 0) return system_error("mount " + path);
  return {};
}

// ProtectSystem=strict leaves /dev, /proc and /sys to others.
Result<void> protect_files(const UnitFile& unit) {
  if (unshare(CLONE_NEWNS) != 0) return system_error("unshare");
  if (mount("none", "/", nullptr, MS_REC | MS_SLAVE, nullptr) != 0) return system_error("mount /");
  if (unit.words("ProtectSystem") == std::vector<std::string>{"strict"}) {
    std::vector<std::string> writable = {"/dev", "/proc", "/sys"};
    for (const auto& path : unit.words("ReadWritePaths")) {
      bool may_lack = path.starts_with('-');
      auto name = may_lack ? path.substr(1) : path;
      if (!may_lack || std::filesystem::exists(name)) writable.push_back(name);
    }
    // While it can still be made.
    for (const auto& name : unit.words("StateDirectory")) mkdir(("/var/lib/" + name).c_str(), 0700);
    for (const auto& name : unit.words("RuntimeDirectory")) mkdir(("/run/" + name).c_str(), 0700);
    TRY_VOID(set_writing("/", false));
    for (const auto& path : writable) TRY_VOID(make_writable(path));
    for (const auto& name : unit.words("StateDirectory")) TRY_VOID(make_folder_writable("/var/lib/" + name));
    for (const auto& name : unit.words("RuntimeDirectory")) TRY_VOID(make_folder_writable("/run/" + name));
  }
  if (unit.is_on("ProtectHome"))
    for (const auto* path : {"/home", "/root", "/run/user"}) TRY_VOID(put_empty_folder(path, "mode=0,ro"));
  if (unit.is_on("PrivateTmp"))
    for (const auto* path : {"/tmp", "/var/tmp"}) TRY_VOID(put_empty_folder(path, "mode=1777"));
  if (unit.is_on("ProtectKernelModules")) TRY_VOID(put_empty_folder("/usr/lib/modules", "mode=0,ro"));
  if (unit.is_on("ProtectKernelTunables"))
    for (const auto* path : {"/proc/sys", "/sys"}) {
      TRY_VOID(make_writable(path));
      TRY_VOID(set_writing(path, false));
    }
  return {};
}

Result<void> drop_capabilities(const UnitFile& unit, const std::string& without) {
  auto kept = unit.words("CapabilityBoundingSet");
  for (const auto& name : kept)
    if (!contains(kCapabilities, name)) return fail("there is no capability " + name);
  for (std::size_t number = 0; number < kCapabilities.size(); ++number)
    if (kCapabilities[number] == without || !contains(kept, kCapabilities[number]))
      if (prctl(PR_CAPBSET_DROP, number, 0, 0, 0) != 0)
        return system_error(fmt::format("drop {}", kCapabilities[number]));
  return {};
}

// A nice level of 0 that may be come back to is a limit of 20. Best effort: only systemd surely may.
void limit_nice(const UnitFile& unit) {
  if (unit.words("LimitNICE") != std::vector<std::string>{"+0"}) return;
  rlimit limit{.rlim_cur = 20, .rlim_max = 20};
  (void)setrlimit(RLIMIT_NICE, &limit);
}

Result<void> confine_and_run(const std::string& unit_path, const std::string& without, char** program) {
  TRY(auto unit, UnitFile::read(unit_path));
  // It may stand where the service sees nothing.
  Fd file(open(program[0], O_PATH | O_CLOEXEC));
  if (!file.valid()) return system_error(fmt::format("open {}", program[0]));
  TRY_VOID(protect_files(unit));
  limit_nice(unit);
  TRY_VOID(drop_capabilities(unit, without));
  if (unit.is_on("NoNewPrivileges") && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
    return system_error("prctl");
  TRY_VOID(filter_system_calls(unit));
  fexecve(file.get(), program, environ);
  return system_error(fmt::format("can't start {}", program[0]));
}

}  // namespace
}  // namespace pyfw::units

int main(int argc, char** argv) {
  std::vector<std::string> words(argv, argv + argc);
  bool has_without = words.size() > 3 && words[2] == "--without";
  std::size_t program = has_without ? 4 : 2;
  if (words.size() <= program) return 99;
  auto done = pyfw::units::confine_and_run(words[1], has_without ? words[3] : "", argv + program);
  fmt::print(stderr, "confined: {}\n", done.error().message);
  return 99;
}
