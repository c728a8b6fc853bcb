#include "doctor/flushers.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/strings.h"

namespace pyfw {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

std::string_view unquoted(std::string_view value) {
  bool is_quoted =
      value.size() > 1 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front();
  return is_quoted ? value.substr(1, value.size() - 2) : value;
}

// What is on iptables-legacy only, nft does not see.
bool flushes_with_nft(const Examined& host) {
  bool is_all_legacy = host.host.backend == Backend::kLegacy && !host.host.other;
  return !is_all_legacy && flushes_ruleset(host.others.nftables_conf);
}

struct Flusher {
  std::string_view unit;
  bool (*does)(const Examined&);
};

bool always(const Examined&) { return true; }

constexpr std::array kFlushers = {
    Flusher{"netfilter-persistent.service", always},
    Flusher{"iptables.service", always},
    Flusher{"ip6tables.service", always},
    Flusher{"nftables.service", flushes_with_nft},
    Flusher{"shorewall.service",
            [](const Examined& host) { return !has_setting(host.others.shorewall_conf, "DOCKER", "yes"); }},
    Flusher{"shorewall6.service", always},
    Flusher{
        "ferm.service",
        [](const Examined& host) { return host.others.ferm_conf.find("@preserve") == std::string::npos; }},
    Flusher{"firehol.service", always},
    Flusher{"csf.service", always},
    Flusher{"arno-iptables-firewall.service", always},
};

}  // namespace

bool flushes_ruleset(std::string_view script) {
  return std::ranges::any_of(split(script, '\n'), [](std::string_view line) {
    auto words = std::string(trim(line.substr(0, line.find('#'))));
    std::ranges::replace(words, '\t', ' ');
    return words.starts_with("flush ruleset") || words.find("; flush ruleset") != std::string::npos;
  });
}

bool has_setting(std::string_view file, std::string_view key, std::string_view value) {
  bool is_so = false;
  for (auto raw : split(file, '\n')) {
    auto line = trim(raw.substr(0, raw.find('#')));
    auto sign = line.find('=');
    // The last one counts.
    if (sign != std::string_view::npos && lower(trim(line.substr(0, sign))) == lower(key))
      is_so = lower(unquoted(trim(line.substr(sign + 1)))) == lower(value);
  }
  return is_so;
}

std::vector<std::string> flushing_units(const Examined& host) {
  std::vector<std::string> out;
  for (const auto& [unit, does] : kFlushers) {
    // An alias is the same unit: iptables.service is netfilter-persistent on Debian.
    const auto* found = host.units.find(unit);
    bool is_seen = found == nullptr || std::ranges::find(out, found->name) != out.end();
    if (!is_seen && host.units.starts_at_boot(unit) && does(host)) out.push_back(found->name);
  }
  return out;
}

}  // namespace pyfw
