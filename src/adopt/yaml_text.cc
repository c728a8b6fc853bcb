#include "adopt/yaml_text.h"

#include <fmt/format.h>

#include <memory>

#include "base/strings.h"
#include "base/yaml.h"
#include "base/yaml_writer.h"

namespace pyfw {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

// Nearly all rules are; to ask libyaml about each of ten thousand takes its time.
bool is_surely_plain(std::string_view text) {
  constexpr Letters kPlain("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 _./,=+-:");
  // Short ones may be `yes`, `null` or `off`.
  constexpr std::size_t kLongestWord = 5;
  if (text.size() <= kLongestWord || !kPlain.make_up(text) || text.back() == ' ' || text.back() == ':')
    return false;
  bool begins_plain = is_letter(text[0]) || (text[0] == '-' && (is_letter(text[1]) || text[1] == '-'));
  return begins_plain && text.find(": ") == std::string_view::npos && !text.starts_with("---");
}

}  // namespace

std::optional<std::string> yaml_text(std::string_view text) {
  if (is_surely_plain(text)) return std::string(text);
  if (!is_valid_utf8(text)) return std::nullopt;
  constexpr std::string_view kKey = "k: ";
  YamlWriter yaml;
  yaml.begin_mapping();
  yaml.scalar("k");
  yaml.scalar(text);
  yaml.end_mapping();
  auto written = yaml.finish();
  auto read = parse_yaml(std::make_shared<Source>(Source{.name = {}, .text = written}));
  if (!read || !written.starts_with(kKey)) return std::nullopt;
  const auto* value = read->find("k");
  if (value == nullptr || !value->is_scalar() || value->text != text) return std::nullopt;
  auto line = trim(std::string_view(written).substr(kKey.size()));
  if (line.find('\n') != std::string_view::npos) return std::nullopt;
  return std::string(line);
}

std::string yaml_comment(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c >= 0x20 && c < 0x7f) {
      out += c;
    } else {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

}  // namespace pyfw
