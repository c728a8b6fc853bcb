#include "base/error.h"

#include <fmt/format.h>

#include "base/strings.h"

namespace pyfw {
namespace {

std::string_view line_of(const Source& source, std::size_t line) {
  std::string_view rest = source.text;
  for (std::size_t at = 1; at < line; ++at) {
    auto end = rest.find('\n');
    if (end == std::string_view::npos) return {};
    rest.remove_prefix(end + 1);
  }
  return rest.substr(0, rest.find('\n'));
}

bool starts_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }

// A window of the line around the place: a generated file may have lines of megabytes.
constexpr std::size_t kWidest = 200;

struct Excerpt {
  std::string text;
  std::string carets;
};

Excerpt excerpt(std::string_view line, std::size_t column, std::size_t length) {
  Excerpt shown;
  std::size_t first = column > kWidest / 2 ? column - kWidest / 2 : 1;
  std::size_t at = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    char byte = line[i];
    if (starts_character(byte)) ++at;
    if (at < first) continue;
    if (at >= first + kWidest) break;
    // A tab keeps its width in both lines; other control characters would let a file draw on the
    // terminal.
    auto control = byte == '\t' ? 0 : control_at(line, i);
    shown.text += control > 0 ? '?' : byte;
    if (control > 1) ++i;
    if (!starts_character(byte)) continue;
    if (at < column) shown.carets += byte == '\t' ? '\t' : ' ';
    if (at == column) shown.carets += '^';
    if (at > column && at < column + length) shown.carets += '~';
  }
  if (column > at) shown.carets += '^';
  return shown;
}

}  // namespace

std::string where(const Place& place) {
  return fmt::format("{}:{}:{}", place.source ? place.source->name : "?", place.line, place.column);
}

std::string render(const Error& error, std::string_view severity) {
  std::string out;
  if (error.place) {
    out = fmt::format("{}: {}: {}", escape_control(where(*error.place)), severity,
                      escape_control(error.message));
    if (error.place->source) {
      auto line = line_of(*error.place->source, error.place->line);
      auto shown = excerpt(line, error.place->column, error.place->length);
      auto number = fmt::format("{}", error.place->line);
      out += fmt::format("\n{:>5} | {}\n{:>5} | {}", number, shown.text, "", shown.carets);
    }
    if (!error.hint.empty()) out += "\n   " + escape_control(error.hint);
  } else {
    out = fmt::format("pyfw: {}: {}", severity, escape_control(error.message));
    if (!error.hint.empty()) out += "; " + escape_control(error.hint);
  }
  return out;
}

}  // namespace pyfw
