#include "cage/confine.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>

#include "base/fd.h"

namespace pyfw {
namespace {

// What a script needs that works on rules and on files of its own. CAP_DAC_OVERRIDE is not among them: so a
// file that it may not read can be told from one that is empty. Nor is CAP_SETUID: each user may have as many
// processes as the limit says.
constexpr std::array kKept = {CAP_CHOWN,         CAP_FOWNER,    CAP_FSETID, CAP_KILL, CAP_NET_BIND_SERVICE,
                              CAP_NET_BROADCAST, CAP_NET_ADMIN, CAP_NET_RAW};

constexpr std::uint64_t kept_mask() {
  std::uint64_t mask = 0;
  for (int capability : kKept) mask |= std::uint64_t{1} << static_cast<unsigned>(capability);
  return mask;
}

bool drop_capabilities() {
  constexpr auto kMask = kept_mask();
  for (unsigned long capability = 0; capability < 64; ++capability) {
    if ((kMask >> capability & 1U) != 0) continue;
    // The kernel knows fewer than 64, and says EINVAL behind the last.
    if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0 && errno != EINVAL) return false;
  }
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  std::array<__user_cap_data_struct, 2> data{};
  for (std::size_t half = 0; half < data.size(); ++half) {
    auto part = static_cast<std::uint32_t>(kMask >> (32 * half));
    data[half] = {.effective = part, .permitted = part, .inheritable = 0};
  }
  return syscall(SYS_capset, &header, data.data()) == 0;
}

bool limit(__rlimit_resource_t resource, std::size_t most) {
  rlimit current{};
  if (getrlimit(resource, &current) != 0) return false;
  rlim_t lowered = std::min<rlim_t>(most, current.rlim_max);
  rlimit wanted{.rlim_cur = lowered, .rlim_max = lowered};
  return setrlimit(resource, &wanted) == 0;
}

// Where memory gets scarce, the script's processes go first.
void be_first_to_go() {
  Fd fd(open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC));
  if (fd.valid()) (void)!write(fd.get(), "1000", 4);
}

}  // namespace

SyscallFilter confine(const Confinement& confinement) {
  constexpr std::size_t kFiles = 256;
  be_first_to_go();
  bool is_limited =
      limit(RLIMIT_NPROC, confinement.processes) && limit(RLIMIT_AS, confinement.process_bytes) &&
      limit(RLIMIT_FSIZE, confinement.file_bytes) && limit(RLIMIT_NOFILE, kFiles) && limit(RLIMIT_CORE, 0) &&
      limit(RLIMIT_MSGQUEUE, 0) && limit(RLIMIT_SIGPENDING, 1024) && limit(RLIMIT_MEMLOCK, 0);
  if (!is_limited || !drop_capabilities() || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return {};
  return filter_syscalls();
}

}  // namespace pyfw
