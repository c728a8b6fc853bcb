// Hosts for tests of what `pyfw doctor` says.
//
//   Examined host = with_docker(kPublished);          // a Docker with two containers, of which a publishes
//   8000 host.daemon->iptables = false; EXPECT_THAT(ids_of(look_at_docker(host)),
//   ElementsAre("docker-iptables-off"));

#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "doctor/checks.h"
#include "doctor/docker_host.h"
#include "trace/host_for_tests.h"
#include "trace/rules_for_tests.h"

namespace pyfw {

inline std::vector<std::string> ids_of(const Findings& findings) {
  std::vector<std::string> ids;
  ids.reserve(findings.size());
  for (const auto& finding : findings) ids.push_back(finding.id);
  return ids;
}

// Empty where it is not among them.
inline std::string message_of(const Findings& findings, std::string_view id) {
  for (const auto& finding : findings)
    if (finding.id == id) return finding.message;
  return {};
}

inline Severity severity_of(const Findings& findings, std::string_view id) {
  for (const auto& finding : findings)
    if (finding.id == id) return finding.severity;
  ADD_FAILURE() << "no " << id;
  return Severity::kNote;
}

inline Examined examined(HostForTests& made) {
  Examined out;
  out.host = made.state();
  out.host.backend = Backend::kNft;
  out.usual = Backend::kNft;
  for (auto& interface : out.host.facts.interfaces)
    if (!interface.name.starts_with("veth"))
      out.host.facts.settings->interfaces[interface.name] = {.rp_filter = 2, .forwards_ipv4 = true};
  return out;
}

inline Examined without_docker(std::string_view rules) {
  HostForTests made;
  made.rules(rules);
  return examined(made);
}

inline Examined with_docker(std::string_view rules) {
  HostForTests made;
  made.rules(rules).with_docker();
  for (auto& container : made.facts().docker->containers) {
    container.pid = 4711;
    container.listeners.emplace();
  }
  made.facts().docker->containers[0].listeners->push_back(
      {.protocol = kTcp, .address = ip("0.0.0.0"), .port = 80});
  made.facts().docker->version = "20.10.24";
  auto out = examined(made);
  out.daemon = DockerDaemon{.version = "20.10.24", .ip6tables = false, .images = {{"a", "nginx:1.25"}}};
  return out;
}

// As they are enabled on a host whose files are those.
inline Units units_of(const std::vector<std::pair<std::string, std::string>>& files) {
  UnitFiles out{.folders = {{.path = "/etc/systemd/system"}}};
  for (const auto& [name, text] : files) {
    out.folders[0].files.push_back({.name = name, .text = text});
    out.folders[0].files.push_back({.name = "multi-user.target.wants/" + name, .link = "../" + name});
  }
  return Units(out);
}

}  // namespace pyfw
