#include "doctor/diagnose.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "ask/ink.h"
#include "ask/json_parts.h"
#include "base/strings.h"
#include "doctor/checks.h"
#include "doctor/docker_host.h"

namespace pyfw {
namespace {

struct Check {
  std::string_view about;  // what is fine where nothing is found
  Findings (*look)(const Examined&);
  bool (*applies)(const Examined&);
};

bool always(const Examined&) { return true; }
bool has_docker(const Examined& host) { return docker_of(host) != nullptr; }
bool knows_rules(const Examined& host) { return host.are_rules_known; }
bool knows_daemon(const Examined& host) { return host.daemon.has_value(); }
bool knows_settings(const Examined& host) { return host.host.facts.settings.has_value(); }

constexpr std::array kChecks = {
    Check{"", look_at_unseen, always},
    Check{"pyfw itself", look_at_own_affairs, [](const Examined& host) { return host.own.has_applied; }},
    Check{"Docker's API", look_at_docker_api, knows_daemon},
    Check{"Docker's rules", look_at_docker_rules,
          [](const Examined& host) { return docker_writes_iptables(host) && host.are_rules_known; }},
    Check{"who reaches what", look_at_reach, knows_rules},
    Check{"backends of iptables", look_at_backends, knows_rules},
    Check{"Docker's settings", look_at_docker, knows_daemon},
    Check{"Docker's networks", look_at_docker_networks, has_docker},
    Check{"forwarding", look_at_forwarding, knows_settings},
    Check{"bridges", look_at_bridges, knows_settings},
    Check{"forged addresses", look_at_forgery, knows_settings},
    Check{"other firewalls", look_at_firewalls, always},
    Check{"the order at boot", look_at_boot, [](const Examined& host) { return !host.units.empty(); }},
    Check{"the kernel", look_at_limits, always},
    Check{"programs", look_at_programs, always},
};

std::string counted(std::size_t number, std::string_view one) {
  return fmt::format("{} {}{}", number, one, number == 1 ? "" : "s");
}

std::string docker_words(const Examined& host) {
  const auto* docker = docker_of(host);
  if (docker == nullptr) return "no Docker that answers here";
  auto layout = layout_of_docker(host.host);
  auto running = static_cast<std::size_t>(std::ranges::count_if(docker->containers, is_running));
  return fmt::format("{} {}{}, {}, {}", engine_name(host), docker->version,
                     layout.empty() ? "" : " (" + layout + ")", counted(running, "container"),
                     counted(published_ports(*docker), "published port"));
}

std::string backend_words(const Examined& host) {
  if (!host.are_rules_known) return "rules unknown";
  auto backend = name_of(host.host.backend.value_or(Backend::kNft));
  return host.host.other ? "iptables on both backends" : fmt::format("iptables on {}", backend);
}

std::string own_words(const Examined& host) {
  const auto& own = host.own;
  if (!host.is_root) return "what pyfw has applied is unknown";
  if (own.daemon_runs) return "pyfw watch runs";
  return own.has_applied ? "wishes of pyfw were applied, pyfw watch does not run"
                         : "pyfw has applied nothing";
}

}  // namespace

std::string summary_of(const Examined& host) {
  return fmt::format("{}; {}; {}", docker_words(host), backend_words(host), own_words(host));
}

Diagnosis diagnose(const Examined& host) {
  Diagnosis out{.summary = summary_of(host)};
  for (const auto& check : kChecks) {
    auto found = check.look(host);
    if (found.empty() && !check.about.empty() && check.applies(host)) out.fine.emplace_back(check.about);
    std::ranges::move(found, std::back_inserter(out.findings));
  }
  std::ranges::stable_sort(out.findings, std::ranges::greater(), &Advice::severity);
  return out;
}

std::string as_text(const Diagnosis& diagnosis, bool colour) {
  Ink ink(colour);
  auto out = ink.bold(escape_control(diagnosis.summary)) + "\n";
  if (!diagnosis.findings.empty()) out += "\n" + as_text(diagnosis.findings, colour);
  if (!diagnosis.fine.empty()) out += fmt::format("\nfine: {}\n", join(diagnosis.fine, ", "));
  return out;
}

std::string as_json(const Diagnosis& diagnosis) {
  auto findings = nlohmann::ordered_json::array();
  for (const auto& finding : diagnosis.findings)
    findings.push_back({{"id", finding.id},
                        {"severity", word_of(finding.severity)},
                        {"message", finding.message},
                        {"why", finding.why},
                        {"instead", finding.instead}});
  return document_of({{"version", 1},
                      {"summary", diagnosis.summary},
                      {"findings", std::move(findings)},
                      {"fine", diagnosis.fine}});
}

}  // namespace pyfw
