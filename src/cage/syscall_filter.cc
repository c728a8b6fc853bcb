#include "cage/syscall_filter.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>

namespace pyfw {
namespace {

#if defined(__x86_64__)
constexpr std::uint32_t kMachine = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t kMachine = AUDIT_ARCH_AARCH64;
#else
constexpr std::uint32_t kMachine = 0;
#endif

// Calls of another table, as x32 has it, begin there.
constexpr std::uint32_t kOtherTable = 0x40000000;

// They have the same numbers on all machines; older headers lack some.
constexpr std::uint32_t kOpenTree = 428;
constexpr std::uint32_t kMoveMount = 429;
constexpr std::uint32_t kFsopen = 430;
constexpr std::uint32_t kFsconfig = 431;
constexpr std::uint32_t kFsmount = 432;
constexpr std::uint32_t kFspick = 433;
constexpr std::uint32_t kPidfdGetfd = 438;
constexpr std::uint32_t kMountSetattr = 442;

constexpr std::uint32_t kRefused[] = {
    SYS_mount,
    SYS_umount2,
    SYS_pivot_root,
    SYS_chroot,
    kOpenTree,
    kMoveMount,
    kFsopen,
    kFsconfig,
    kFsmount,
    kFspick,
    kMountSetattr,
    SYS_swapon,
    SYS_swapoff,
    SYS_quotactl,
    SYS_open_by_handle_at,
    SYS_name_to_handle_at,
    SYS_fanotify_init,
    SYS_unshare,
    SYS_setns,
    SYS_ptrace,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_kcmp,
    kPidfdGetfd,
    SYS_add_key,
    SYS_request_key,
    SYS_keyctl,
    SYS_bpf,
    SYS_perf_event_open,
    SYS_userfaultfd,
    SYS_io_uring_setup,
    SYS_io_uring_enter,
    SYS_io_uring_register,
    SYS_init_module,
    SYS_finit_module,
    SYS_delete_module,
    SYS_kexec_load,
    SYS_kexec_file_load,
    SYS_reboot,
    SYS_acct,
    SYS_settimeofday,
    SYS_clock_settime,
    SYS_adjtimex,
    SYS_clock_adjtime,
    SYS_syslog,
    SYS_personality,
    // Memory that no limit of a process counts.
    SYS_memfd_create,
    SYS_shmget,
    SYS_semget,
    SYS_msgget,
    SYS_mq_open,
};

// vsock leads out of every network namespace; the others are known for their bugs.
constexpr std::uint32_t kFamiliesOfSockets[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, AF_PACKET};

constexpr std::uint32_t kNewNamespaces =
    CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;

constexpr std::uint32_t kRefuse = SECCOMP_RET_ERRNO | EPERM;
// The C library then takes clone, whose flags can be looked at.
constexpr std::uint32_t kUnknown = SECCOMP_RET_ERRNO | ENOSYS;
constexpr std::uint32_t kNoFamily = SECCOMP_RET_ERRNO | EAFNOSUPPORT;

class Filter {
 public:
  constexpr void add(std::uint16_t code, std::uint32_t value, std::uint8_t if_true = 0,
                     std::uint8_t if_false = 0) {
    lines_[size_++] = {code, if_true, if_false, value};
  }
  constexpr void load(std::size_t offset) {
    add(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset));
  }
  constexpr void give(std::uint32_t answer) { add(BPF_RET | BPF_K, answer); }
  constexpr void give_if(std::uint32_t value, std::uint32_t answer) {
    add(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1);
    give(answer);
  }
  // The lines that `inside` adds are for that call only, and end with an answer.
  template <typename Inside>
  constexpr void for_call(std::uint32_t call, const Inside& inside) {
    std::size_t jump = size_;
    add(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 0);
    inside();
    lines_[jump].jf = static_cast<std::uint8_t>(size_ - jump - 1);
  }

  [[nodiscard]] sock_fprog program() {
    return {.len = static_cast<unsigned short>(size_), .filter = lines_.data()};
  }

 private:
  std::array<sock_filter, 256> lines_{};
  std::size_t size_ = 0;
};

constexpr std::size_t argument(std::size_t index) { return offsetof(seccomp_data, args) + index * 8; }

constexpr Filter make_filter() {
  Filter filter;
  filter.load(offsetof(seccomp_data, arch));
  filter.add(BPF_JMP | BPF_JEQ | BPF_K, kMachine, 1, 0);
  filter.give(kUnknown);
  filter.load(offsetof(seccomp_data, nr));
  filter.add(BPF_JMP | BPF_JGE | BPF_K, kOtherTable, 0, 1);
  filter.give(kUnknown);
  for (auto call : kRefused) filter.give_if(call, kRefuse);
  filter.give_if(SYS_clone3, kUnknown);
  filter.for_call(SYS_clone, [&] {
    filter.load(argument(0));
    filter.add(BPF_JMP | BPF_JSET | BPF_K, kNewNamespaces, 0, 1);
    filter.give(kRefuse);
    filter.give(SECCOMP_RET_ALLOW);
  });
  filter.for_call(SYS_ioctl, [&] {
    filter.load(argument(1));
    filter.give_if(TIOCSTI, kRefuse);
    filter.give_if(TIOCLINUX, kRefuse);
    filter.give(SECCOMP_RET_ALLOW);
  });
  filter.for_call(SYS_setsockopt, [&] {
    filter.load(argument(1));
    filter.add(BPF_JMP | BPF_JEQ | BPF_K, SOL_SOCKET, 1, 0);
    filter.give(SECCOMP_RET_ALLOW);
    filter.load(argument(2));
    filter.give_if(SO_SNDBUFFORCE, SECCOMP_RET_USER_NOTIF);
    filter.give_if(SO_RCVBUFFORCE, SECCOMP_RET_USER_NOTIF);
    filter.give(SECCOMP_RET_ALLOW);
  });
  for (auto call : {SYS_socket, SYS_socketpair})
    filter.for_call(static_cast<std::uint32_t>(call), [&] {
      filter.load(argument(0));
      for (auto family : kFamiliesOfSockets) filter.give_if(family, SECCOMP_RET_ALLOW);
      filter.give(kNoFamily);
    });
  filter.give(SECCOMP_RET_ALLOW);
  return filter;
}

}  // namespace

SyscallFilter filter_syscalls() {
  if (kMachine == 0) return {.is_there = true};
  auto filter = make_filter();
  auto program = filter.program();
  auto listener = static_cast<int>(
      syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program));
  return {.is_there = listener >= 0, .buffer_calls = listener};
}

}  // namespace pyfw
