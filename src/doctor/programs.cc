#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "base/strings.h"
#include "doctor/checks.h"

namespace pyfw {
namespace {

struct Needed {
  std::string_view name;
  std::string_view package;
  std::string_view what_for;
  unsigned long major;
  unsigned long minor;
};

constexpr std::array kNeeded = {
    Needed{"iptables", "iptables", "rules of IPv4", 1, 8},
    Needed{"ip6tables", "iptables", "rules of IPv6", 1, 8},
    Needed{"ipset", "ipset", "sets", 7, 0},
};

// The first "N.N" in it: "iptables v1.8.9 (nf_tables)", "ipset v7.17, protocol version: 7".
std::optional<std::pair<unsigned long, unsigned long>> numbers_in(std::string_view version) {
  for (auto word : split(version, ' ')) {
    if (word.starts_with('v')) word.remove_prefix(1);
    while (word.ends_with(',')) word.remove_suffix(1);
    auto parts = split(word, '.');
    if (parts.size() < 2) continue;
    auto major = parse_number(parts[0]);
    auto minor = parse_number(parts[1]);
    if (major && minor) return std::pair(*major, *minor);
  }
  return {};
}

}  // namespace

Findings look_at_programs(const Examined& host) {
  Findings out;
  for (const auto& program : host.programs) {
    const auto* needed = std::ranges::find(kNeeded, program.name, &Needed::name);
    if (needed == kNeeded.end()) continue;
    auto numbers = numbers_in(program.version);
    if (program.version.empty())
      out.push_back({.id = "program-missing",
                     .severity = Severity::kWarning,
                     .message = fmt::format("the program {} is not there", program.name),
                     .why = fmt::format("pyfw reads and sets {} by it", needed->what_for),
                     .instead = fmt::format("install the package {}", needed->package)});
    else if (numbers && *numbers < std::pair(needed->major, needed->minor))
      out.push_back(
          {.id = "program-too-old",
           .severity = Severity::kWarning,
           .message = fmt::format("{} is old: {}", program.name, program.version),
           .why = fmt::format("pyfw is made for version {}.{} and later", needed->major, needed->minor),
           .instead = fmt::format("install a newer package {}", needed->package)});
  }
  return out;
}

}  // namespace pyfw
