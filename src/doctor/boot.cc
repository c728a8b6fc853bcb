#include <fmt/format.h>

#include "doctor/checks.h"
#include "doctor/flushers.h"

namespace pyfw {
namespace {

constexpr const char* kDocker = "docker.service";
constexpr const char* kPyfw = "pyfw.service";
constexpr const char* kWatch = "pyfw-watch.service";

Advice flushes_after_docker(const std::string& unit, bool is_certain) {
  return {.id = "flushed-after-docker",
          .severity = is_certain ? Severity::kError : Severity::kWarning,
          .message = is_certain
                         ? fmt::format("{} starts after Docker, and takes its rules away at each boot", unit)
                         : fmt::format("nothing says that {} starts before Docker", unit),
          .why =
              "it puts its own rules in place of all that are there: when it comes after Docker, published "
              "ports are not reached and containers do not get out until Docker is restarted",
          .instead = fmt::format("`systemctl edit {}`, and write `[Unit]`, `Before=docker.service`", unit)};
}

Advice flushes_after_pyfw(const std::string& unit, bool is_certain) {
  return {.id = "flushed-after-pyfw",
          .severity = is_certain ? Severity::kError : Severity::kWarning,
          .message =
              is_certain
                  ? fmt::format("{} starts after pyfw.service, and takes its rules away at each boot", unit)
                  : fmt::format("nothing says that {} starts before pyfw.service", unit),
          .why =
              "the wishes then do not hold after a boot until the daemon repairs them, or somebody applies "
              "them",
          .instead = fmt::format("`systemctl edit pyfw.service`, and write `[Unit]`, `After={}`", unit)};
}

Advice is_not_enabled(const Unit* unit) {
  auto state = unit == nullptr ? "not installed" : unit->is_masked ? "masked" : "not enabled";
  return {
      .id = "pyfw-not-at-boot",
      .severity = Severity::kWarning,
      .message = fmt::format("wishes were applied here, but pyfw.service is {}", state),
      .why = "after the next boot the host is without them until somebody applies them again",
      .instead = unit == nullptr ? "install pyfw's units (docs/boot.md), and `systemctl enable pyfw.service`"
                 : unit->is_masked ? "`systemctl unmask pyfw.service`, and `systemctl enable pyfw.service`"
                                   : "`systemctl enable pyfw.service`"};
}

Advice is_after_docker() {
  return {.id = "pyfw-after-docker",
          .severity = Severity::kWarning,
          .message = "nothing says that pyfw.service starts before Docker",
          .why = "containers may then be reached before the wishes hold",
          .instead = "`systemctl edit pyfw.service`, and write `[Unit]`, `Before=docker.service`"};
}

Advice has_no_daemon() {
  return {.id = "pyfw-watch-not-at-boot",
          .severity = Severity::kNote,
          .message = "pyfw-watch.service does not start at boot",
          .why =
              "a restart of Docker, or any other program, can put rules before pyfw's, and nobody puts "
              "these back",
          .instead = "`systemctl enable --now pyfw-watch.service`"};
}

void add_order(const Examined& host, Findings& out) {
  const auto& units = host.units;
  bool has_docker = units.starts_at_boot(kDocker);
  bool has_pyfw = units.starts_at_boot(kPyfw);
  for (const auto& unit : flushing_units(host)) {
    if (has_docker && !units.comes_before(unit, kDocker))
      out.push_back(flushes_after_docker(unit, units.comes_before(kDocker, unit)));
    if (has_pyfw && !units.comes_before(unit, kPyfw))
      out.push_back(flushes_after_pyfw(unit, units.comes_before(kPyfw, unit)));
  }
  if (has_docker && has_pyfw && !units.comes_before(kPyfw, kDocker)) out.push_back(is_after_docker());
}

}  // namespace

Findings look_at_boot(const Examined& host) {
  Findings out;
  if (host.units.empty()) return out;
  add_order(host, out);
  if (!host.own.has_applied) return out;
  bool starts = host.units.starts_at_boot(kPyfw);
  bool is_watched = host.units.starts_at_boot(kWatch);
  if (!starts && !is_watched) out.push_back(is_not_enabled(host.units.find(kPyfw)));
  if (starts && !is_watched) out.push_back(has_no_daemon());
  return out;
}

}  // namespace pyfw
