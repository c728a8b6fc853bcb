#include "base/yaml.h"

#include <fmt/format.h>
#include <yaml.h>

#include <algorithm>
#include <unordered_map>

namespace pyfw {
namespace {

using NodeKind = YamlNode::Kind;

struct ParserGuard {
  yaml_parser_t parser{};
  ParserGuard() { yaml_parser_initialize(&parser); }
  ~ParserGuard() { yaml_parser_delete(&parser); }
  ParserGuard(const ParserGuard&) = delete;
  ParserGuard& operator=(const ParserGuard&) = delete;
};

struct EventGuard {
  yaml_event_t event{};
  EventGuard() = default;
  ~EventGuard() { yaml_event_delete(&event); }
  EventGuard(const EventGuard&) = delete;
  EventGuard& operator=(const EventGuard&) = delete;
};

std::string_view view(const yaml_char_t* text, std::size_t length) {
  return {reinterpret_cast<const char*>(text), length};
}

class Builder {
 public:
  explicit Builder(const std::shared_ptr<const Source>& source) : source_(source) {
    const auto& text = source->text;
    yaml_parser_set_encoding(&guard_.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&guard_.parser, reinterpret_cast<const yaml_char_t*>(text.data()),
                                 text.size());
    auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
    if (std::ranges::all_of(text, is_ascii)) return;
    for (std::size_t i = 0; i < text.size(); ++i)
      if ((static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U) byte_of_character_.push_back(i);
    byte_of_character_.push_back(text.size());
  }

  Result<YamlNode> build() {
    TRY_VOID(refuse_odd_line_breaks());
    YamlNode root;
    root.is_plain = true;
    bool seen = false;
    while (true) {
      EventGuard guard;
      TRY_VOID(next(guard.event));
      switch (guard.event.type) {
        case YAML_STREAM_END_EVENT: return root;
        case YAML_NO_EVENT:
        case YAML_STREAM_START_EVENT:
        case YAML_DOCUMENT_END_EVENT: break;
        case YAML_DOCUMENT_START_EVENT:
          if (seen) return bad_input(place(guard.event.start_mark), "a second YAML document");
          if (guard.event.data.document_start.version_directive != nullptr ||
              guard.event.data.document_start.tag_directives.start !=
                  guard.event.data.document_start.tag_directives.end)
            return bad_input(place(guard.event.start_mark), "YAML directives are not taken");
          seen = true;
          break;
        default: {
          TRY(root, node(guard.event, 0));
        }
      }
    }
  }

 private:
  // YAML ends a line at some characters that neither editors nor we count lines by.
  Result<void> refuse_odd_line_breaks() {
    const std::string_view text = source_->text;
    for (std::string_view odd : {"\xC2\x85", "\xE2\x80\xA8", "\xE2\x80\xA9"})
      if (auto at = text.find(odd); at != std::string_view::npos) return odd_line_break(at);
    for (auto at = text.find('\r'); at != std::string_view::npos; at = text.find('\r', at + 1))
      if (at + 1 == text.size() || text[at + 1] != '\n') return odd_line_break(at);
    return {};
  }

  std::unexpected<Error> odd_line_break(std::size_t at) {
    return bad_input(offset_place(at), "YAML takes this invisible character for a line break",
                     "remove it; lines end with a newline");
  }

  Result<void> next(yaml_event_t& event) {
    if (yaml_parser_parse(&guard_.parser, &event) != 0) return {};
    auto& parser = guard_.parser;
    if (parser.error == YAML_MEMORY_ERROR) return fail("out of memory");
    std::string problem = parser.problem != nullptr ? parser.problem : "not YAML";
    std::string hint;
    if (parser.error == YAML_READER_ERROR)
      return bad_input(offset_place(parser.problem_offset), fmt::format("not valid UTF-8 text: {}", problem));
    std::string context = parser.context != nullptr ? parser.context : "";
    // libyaml points at where it gave up, which here is the end of the file.
    if (context == "while scanning a quoted scalar" && problem == "found unexpected end of stream")
      return bad_input(place(parser.context_mark), "this quote is never closed",
                       "a text that holds ': ' and quotes of its own needs quotes around the whole of it");
    auto at = place(parser.problem_mark);
    if (problem.find("tab") != std::string::npos || character_at(parser.problem_mark) == '\t')
      hint = "YAML takes blanks for indentation, no tabs";
    else if (problem.find("mapping values are not allowed") != std::string::npos)
      hint = "a text that holds ': ' needs quotes around it";
    else if (problem.find("anchored") != std::string::npos || problem.find("alias") != std::string::npos)
      hint = "a text that begins with '*' or '&' needs quotes around it";
    return bad_input(at, fmt::format("not YAML: {}", problem), hint);
  }

  Result<YamlNode> node(const yaml_event_t& event, std::size_t depth) {
    if (depth > kDeepestYaml) return bad_input(place(event.start_mark), "nested too deep");
    switch (event.type) {
      case YAML_ALIAS_EVENT:
        return bad_input(place(event.start_mark), "YAML aliases are not taken",
                         "a text that begins with '*' needs quotes around it");
      case YAML_SCALAR_EVENT: return scalar(event);
      case YAML_SEQUENCE_START_EVENT: {
        TRY_VOID(refuse_decoration(event.start_mark, event.data.sequence_start.tag,
                                   event.data.sequence_start.anchor));
        return children(event, NodeKind::kSequence, YAML_SEQUENCE_END_EVENT, depth);
      }
      case YAML_MAPPING_START_EVENT: {
        TRY_VOID(refuse_decoration(event.start_mark, event.data.mapping_start.tag,
                                   event.data.mapping_start.anchor));
        TRY(auto mapping, children(event, NodeKind::kMapping, YAML_MAPPING_END_EVENT, depth));
        TRY_VOID(refuse_duplicates(mapping));
        return mapping;
      }
      default: return bad_input(place(event.start_mark), "not YAML");
    }
  }

  Result<YamlNode> children(const yaml_event_t& start, NodeKind kind, yaml_event_type_t end,
                            std::size_t depth) {
    YamlNode parent;
    parent.kind = kind;
    parent.line = static_cast<std::uint32_t>(start.start_mark.line + 1);
    parent.column = static_cast<std::uint32_t>(start.start_mark.column + 1);
    while (true) {
      EventGuard guard;
      TRY_VOID(next(guard.event));
      if (guard.event.type == end) return parent;
      if (parent.items.size() == kLong) parent.items.reserve(kLong + lines_behind(guard.event.start_mark));
      parent.items.emplace_back();
      // In place: a list of a set's members has a hundred thousand scalars.
      if (guard.event.type == YAML_SCALAR_EVENT && depth < kDeepestYaml) {
        TRY_VOID(fill(parent.items.back(), guard.event));
      } else {
        TRY(parent.items.back(), node(guard.event, depth + 1));
      }
    }
  }

  // A list that is long already may take up the rest of the file. Room that is not used costs nothing; to
  // move to a larger place again and again does.
  static constexpr std::size_t kLong = 4096;

  [[nodiscard]] std::size_t lines_behind(const yaml_mark_t& mark) const {
    auto rest = std::string_view(source_->text).substr(std::min(byte_of(mark), source_->text.size()));
    return static_cast<std::size_t>(std::ranges::count(rest, '\n')) + 1;
  }

  Result<YamlNode> scalar(const yaml_event_t& event) {
    YamlNode node;
    TRY_VOID(fill(node, event));
    return node;
  }

  Result<void> fill(YamlNode& node, const yaml_event_t& event) {
    const auto& data = event.data.scalar;
    TRY_VOID(refuse_decoration(event.start_mark, data.tag, data.anchor));
    node.text = view(data.value, data.length);
    if (node.text.find('\0') != std::string::npos)
      return bad_input(place(event.start_mark), "a NUL character in a text");
    node.is_plain = data.style == YAML_PLAIN_SCALAR_STYLE;
    std::size_t quote = node.is_plain ? 0 : 1;
    node.line = static_cast<std::uint32_t>(event.start_mark.line + 1);
    node.column = static_cast<std::uint32_t>(event.start_mark.column + 1 + quote);
    auto raw = std::string_view(source_->text)
                   .substr(byte_of(event.start_mark), byte_of(event.end_mark) - byte_of(event.start_mark));
    node.is_verbatim = event.start_mark.line == event.end_mark.line && raw.size() >= 2 * quote &&
                       raw.substr(quote, raw.size() - 2 * quote) == node.text;
    auto width = event.start_mark.line == event.end_mark.line
                     ? event.end_mark.column - event.start_mark.column
                 : raw.find('\n') == std::string_view::npos ? raw.size()
                                                            : raw.find('\n');
    node.length =
        static_cast<std::uint32_t>(std::max<std::size_t>(1, width > 2 * quote ? width - 2 * quote : width));
    node.cut_by_comment = node.is_plain && comment_follows(byte_of(event.end_mark));
    return {};
  }

  Result<void> refuse_decoration(const yaml_mark_t& mark, const yaml_char_t* tag, const yaml_char_t* anchor) {
    if (tag != nullptr)
      return bad_input(place(mark), "YAML reads this '!' as a tag and takes it away",
                       "put quotes around the whole text: '! …'");
    if (anchor != nullptr)
      return bad_input(place(mark), "YAML anchors are not taken",
                       "a text that begins with '&' needs quotes around it");
    return {};
  }

  Result<void> refuse_duplicates(const YamlNode& mapping) {
    std::unordered_map<std::string_view, const YamlNode*> seen;
    for (std::size_t i = 0; i < mapping.items.size(); i += 2) {
      const auto& key = mapping.items[i];
      if (!key.is_scalar())
        return bad_input(place_of(source_, key),
                         fmt::format("a key must be a text, not a {}", key.kind_name()));
      auto [earlier, added] = seen.emplace(key.text, &key);
      if (!added)
        return bad_input(place_of(source_, key), fmt::format("key '{}' stands here a second time", key.text),
                         fmt::format("it first stands at {}", where(place_of(source_, *earlier->second))));
    }
    return {};
  }

  // libyaml counts characters where we need bytes.
  [[nodiscard]] std::size_t byte_of(const yaml_mark_t& mark) const {
    return byte_of_character_.empty()
               ? mark.index
               : byte_of_character_[std::min(mark.index, byte_of_character_.size() - 1)];
  }

  // What is addressed to pyfw is meant as a comment, and nothing that YAML cuts off.
  [[nodiscard]] bool comment_follows(std::size_t index) const {
    std::string_view text = source_->text;
    auto blank = text.find_first_not_of(" \t", index);
    return blank != std::string::npos && blank > index && text[blank] == '#' &&
           !text.substr(blank).starts_with("# pyfw: ");
  }

  [[nodiscard]] char character_at(const yaml_mark_t& mark) const {
    auto at = byte_of(mark);
    return at < source_->text.size() ? source_->text[at] : '\0';
  }

  [[nodiscard]] Place place(const yaml_mark_t& mark) const {
    // libyaml may see the end of a text a line behind its last one.
    const auto& text = source_->text;
    auto lines = static_cast<std::size_t>(std::ranges::count(text, '\n')) + 1;
    if (mark.line >= lines) return offset_place(text.size());
    return Place{.source = source_, .line = mark.line + 1, .column = mark.column + 1, .length = 1};
  }

  [[nodiscard]] Place offset_place(std::size_t offset) const {
    auto before = std::string_view(source_->text).substr(0, offset);
    auto line = before.substr(before.rfind('\n') + 1);
    auto starts_character = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
    return Place{.source = source_,
                 .line = static_cast<std::size_t>(std::ranges::count(before, '\n')) + 1,
                 .column = static_cast<std::size_t>(std::ranges::count_if(line, starts_character)) + 1,
                 .length = 1};
  }

  const std::shared_ptr<const Source>& source_;
  ParserGuard guard_;
  std::vector<std::size_t> byte_of_character_;  // empty where both are the same
};

}  // namespace

bool YamlNode::is_null() const {
  return is_scalar() && is_plain && (text.empty() || text == "~" || text == "null");
}

const YamlNode* YamlNode::find(std::string_view key) const {
  for (std::size_t i = 0; is_mapping() && i < items.size(); i += 2)
    if (items[i].text == key) return &items[i + 1];
  return nullptr;
}

std::string_view YamlNode::kind_name() const {
  switch (kind) {
    case Kind::kSequence: return "list";
    case Kind::kMapping: return "mapping";
    default: return "text";
  }
}

Place place_of(const std::shared_ptr<const Source>& source, const YamlNode& node) {
  return Place{.source = source, .line = node.line, .column = node.column, .length = node.length};
}

Result<YamlNode> parse_yaml(const std::shared_ptr<const Source>& source) { return Builder(source).build(); }

}  // namespace pyfw
