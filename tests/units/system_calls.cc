#include "system_calls.h"

#include <fmt/format.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <memory>
#include <set>

#include "base/strings.h"
#include "sys/process.h"

namespace pyfw::units {
namespace {

using Names = std::set<std::string>;

constexpr std::uint64_t kNamespaces =
    CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;

// "@process" as systemd has it, with the groups in it.
Result<void> add(const std::string& name, Names& names) {
  if (!name.starts_with('@')) {
    names.insert(name);
    return {};
  }
  TRY(auto said, run({"/usr/bin/systemd-analyze", "syscall-filter", name}));
  if (said.status != 0) return fail(said.err);
  for (auto line : split(said.out, '\n')) {
    auto word = std::string(trim(line));
    if (word.empty() || word == name || word.starts_with('#')) continue;
    TRY_VOID(add(word, names));
  }
  return {};
}

Result<Names> allowed_by(const UnitFile& unit) {
  Names allowed;
  // Else nothing would begin.
  TRY_VOID(add("@default", allowed));
  for (const auto& value : unit.all("SystemCallFilter")) {
    bool takes_away = value.starts_with('~');
    Names named;
    for (auto word : split(takes_away ? value.substr(1) : value, ' '))
      if (!word.empty()) TRY_VOID(add(std::string(word), named));
    for (const auto& name : named)
      if (takes_away) {
        allowed.erase(name);
      } else {
        allowed.insert(name);
      }
  }
  return allowed;
}

scmp_arg_cmp equals(unsigned argument, std::uint64_t value) {
  return {.arg = argument, .op = SCMP_CMP_EQ, .datum_a = value, .datum_b = 0};
}

scmp_arg_cmp masked(unsigned argument, std::uint64_t mask, std::uint64_t value) {
  return {.arg = argument, .op = SCMP_CMP_MASKED_EQ, .datum_a = mask, .datum_b = value};
}

struct Release {
  void operator()(void* filter) const { seccomp_release(filter); }
};

class Filter {
 public:
  Filter() : filter_(seccomp_init(SCMP_ACT_ERRNO(EPERM))) {}

  void allow(const std::string& name) { rule(name, {}); }
  void allow(const std::string& name, const scmp_arg_cmp& argument) { rule(name, {&argument, 1}); }
  void lacks(const std::string& name) {
    failed_ |= seccomp_rule_add_array(filter_.get(), SCMP_ACT_ERRNO(ENOSYS), number(name), 0, nullptr) != 0;
  }
  Result<void> load() {
    if (failed_ || seccomp_load(filter_.get()) != 0) return fail("can't filter system calls");
    return {};
  }

 private:
  static int number(const std::string& name) { return seccomp_syscall_resolve_name(name.c_str()); }
  void rule(const std::string& name, std::span<const scmp_arg_cmp> arguments) {
    // Those of other machines.
    if (number(name) == __NR_SCMP_ERROR || number(name) < 0) return;
    failed_ |= seccomp_rule_add_array(filter_.get(), SCMP_ACT_ALLOW, number(name),
                                      static_cast<unsigned>(arguments.size()), arguments.data()) != 0;
  }

  std::unique_ptr<void, Release> filter_;
  bool failed_ = false;
};

std::uint64_t family_of(const std::string& name) {
  if (name == "AF_UNIX") return AF_UNIX;
  if (name == "AF_NETLINK") return AF_NETLINK;
  if (name == "AF_INET") return AF_INET;
  return name == "AF_INET6" ? AF_INET6 : AF_UNSPEC;
}

void restrict_families(const UnitFile& unit, Names& names, Filter& filter) {
  auto families = unit.words("RestrictAddressFamilies");
  if (families.empty() || names.erase("socket") == 0) return;
  for (const auto& family : families) filter.allow("socket", equals(0, family_of(family)));
}

void restrict_namespaces(const UnitFile& unit, Names& names, Filter& filter) {
  auto allowed = unit.words("RestrictNamespaces");
  if (allowed.empty()) return;
  std::uint64_t own = allowed == std::vector<std::string>{"net"} ? CLONE_NEWNET : 0;
  if (names.erase("unshare") > 0) filter.allow("unshare", masked(0, kNamespaces & ~own, 0));
  if (names.erase("clone") > 0) filter.allow("clone", masked(0, kNamespaces & ~own, 0));
  // Of kind 0 it could be any.
  if (names.erase("setns") > 0 && own != 0) filter.allow("setns", equals(1, own));
  // Its flags can't be seen from there.
  if (names.erase("clone3") > 0) filter.lacks("clone3");
}

void deny_writable_code(const UnitFile& unit, Names& names, Filter& filter) {
  if (!unit.is_on("MemoryDenyWriteExecute")) return;
  names.erase("mmap");
  names.erase("mprotect");
  for (std::uint64_t either : {0, PROT_WRITE, PROT_EXEC})
    filter.allow("mmap", masked(2, PROT_WRITE | PROT_EXEC, either));
  filter.allow("mprotect", masked(2, PROT_EXEC, 0));
}

}  // namespace

Result<void> filter_system_calls(const UnitFile& unit) {
  TRY(auto names, allowed_by(unit));
  Filter filter;
  restrict_families(unit, names, filter);
  restrict_namespaces(unit, names, filter);
  deny_writable_code(unit, names, filter);
  for (const auto& name : names) filter.allow(name);
  return filter.load();
}

}  // namespace pyfw::units
