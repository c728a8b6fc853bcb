#include "kernel/own_words.h"

#include "base/strings.h"

namespace pyfw {

std::string own_words(std::string_view stderr_text) {
  std::string words;
  for (auto line : split(stderr_text, '\n')) {
    line = trim(line);
    if (line.empty() || line.starts_with("Try `") || line.starts_with("Error occurred at line") ||
        line.starts_with("# Warning") || line.starts_with("Perhaps iptables"))
      continue;
    // "iptables-restore v1.8.9 (legacy): …", "ipset v7.17: Error in line 3: …"
    auto colon = line.find(": ");
    if (colon != std::string_view::npos && (line.starts_with("ip")) && line.find(" v") < colon)
      line.remove_prefix(colon + 2);
    if (line.starts_with("Error in line ")) line.remove_prefix(std::min(line.size(), line.find(": ") + 2));
    // All that legacy says where the kernel refuses: "iptables-restore: line 3 failed".
    if (line.find("-restore: line ") != std::string_view::npos && line.ends_with(" failed"))
      line = "the kernel takes no such match or target in this chain, and says no more";
    if (!words.empty()) words += "; ";
    words += trim(line);
  }
  return words.empty() ? "it gave no reason" : words;
}

std::optional<std::size_t> line_named_in(std::string_view stderr_text) {
  for (std::string_view sign : {"at line: ", ": line ", "\nline ", " line "}) {
    auto at = stderr_text.find(sign);
    if (at == std::string_view::npos) continue;
    auto rest = stderr_text.substr(at + sign.size());
    if (auto number = parse_number(rest.substr(0, rest.find_first_not_of("0123456789")))) return number;
  }
  return std::nullopt;
}

}  // namespace pyfw
