#include <fmt/format.h>

#include "doctor/checks.h"

namespace pyfw {
namespace {

constexpr std::uint64_t kPercent = 100;
constexpr std::uint64_t kMuch = 80;
constexpr std::uint64_t kTooMuch = 95;

}  // namespace

Findings look_at_limits(const Examined& host) {
  Findings out;
  const auto& limits = host.limits;
  if (limits.connections && limits.most_connections && *limits.most_connections > 0) {
    auto used = *limits.connections * kPercent / *limits.most_connections;
    if (used >= kMuch)
      out.push_back({.id = "conntrack-nearly-full",
                     .severity = used >= kTooMuch ? Severity::kError : Severity::kWarning,
                     .message = fmt::format("the kernel's table of connections is {} % full ({} of {})", used,
                                            *limits.connections, *limits.most_connections),
                     .why = "when it is full, packets of new connections are dropped, whatever the rules say",
                     .instead =
                         "raise net.netfilter.nf_conntrack_max in a file of /etc/sysctl.d (and look with "
                         "`conntrack -L` at who fills it)"});
  }
  for (const auto& feature : host.missing)
    out.push_back(
        {.id = "kernel-lacks",
         .severity = Severity::kWarning,
         .message = fmt::format("the kernel, or its programs, lack {}", feature.name),
         .why = fmt::format("it is needed for {}; it says: {}", feature.needed_for, feature.refusal),
         .instead = "install the kernel's modules for netfilter (linux-modules-extra on some systems), "
                    "or see that nobody keeps them from being loaded"});
  return out;
}

}  // namespace pyfw
