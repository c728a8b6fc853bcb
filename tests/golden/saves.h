// The saved texts in saves/: what iptables-save, ip6tables-save and ipset save print on all kinds of hosts.
// The extensions-* were printed by iptables 1.8.9 and kernel-6.18 by ipset 7.17, on Linux 6.18; the others
// are as their programs and versions print them.

#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/strings.h"
#include "net/ip.h"

namespace pyfw::golden {

struct Save {
  std::string name;
  Family family = Family::kIpv4;
  std::shared_ptr<const Source> source;
};

inline std::ostream& operator<<(std::ostream& out, const Save& save) { return out << save.name; }
inline std::string test_name(const Save& save) {
  auto name = save.name;
  std::ranges::replace_if(name, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

// Those whose names end so: ".iptables-save".
inline std::vector<Save> saves_called(std::initializer_list<std::string_view> endings) {
  std::vector<Save> saves;
  for (const char* folder : {"saves", "tutorial"}) {
    for (const auto& entry :
         std::filesystem::directory_iterator(std::string(PYFW_SOURCE_DIR "/tests/golden/") + folder)) {
      auto name = entry.path().filename().string();
      if (std::ranges::none_of(endings, [&](std::string_view ending) { return name.ends_with(ending); }))
        continue;
      std::ifstream file(entry.path(), std::ios::binary);
      std::string text(std::istreambuf_iterator<char>(file), {});
      saves.push_back({.name = name,
                       .family = name.ends_with("ip6tables-save") ? Family::kIpv6 : Family::kIpv4,
                       .source = std::make_shared<Source>(Source{.name = name, .text = std::move(text)})});
    }
  }
  std::ranges::sort(saves, {}, &Save::name);
  return saves;
}

// Without lines that begin with '#', and with each counter at zero or left out.
inline std::string without_counters(std::string_view text) {
  std::string out;
  for (auto line : split(text, '\n')) {
    if (line.starts_with('#') || line.empty()) continue;
    if (line.starts_with('[')) line.remove_prefix(line.find("] ") + 2);
    if (line.starts_with(':')) {
      out += std::string(line.substr(0, line.find('['))) + "[0:0]\n";
    } else {
      out += std::string(line) + '\n';
    }
  }
  return out;
}

}  // namespace pyfw::golden
