#include "base/yaml_writer.h"

#include <fmt/format.h>
#include <yaml.h>

#include <algorithm>
#include <array>

#include "base/contains.h"
#include "base/strings.h"

namespace pyfw {

struct YamlWriter::Impl {
  yaml_emitter_t emitter{};
  std::string out;

  void emit(yaml_event_t& event) { yaml_emitter_emit(&emitter, &event); }
};

YamlWriter::YamlWriter() : impl_(std::make_unique<Impl>()) {
  auto& emitter = impl_->emitter;
  yaml_emitter_initialize(&emitter);
  yaml_emitter_set_width(&emitter, -1);
  yaml_emitter_set_unicode(&emitter, 1);
  yaml_emitter_set_output(
      &emitter,
      [](void* data, unsigned char* buffer, std::size_t size) {
        static_cast<Impl*>(data)->out.append(reinterpret_cast<const char*>(buffer), size);
        return 1;
      },
      impl_.get());
  yaml_event_t event;
  yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING);
  impl_->emit(event);
  yaml_document_start_event_initialize(&event, nullptr, nullptr, nullptr, 1);
  impl_->emit(event);
}

YamlWriter::~YamlWriter() { yaml_emitter_delete(&impl_->emitter); }

void YamlWriter::begin_mapping() {
  yaml_event_t event;
  yaml_mapping_start_event_initialize(&event, nullptr, nullptr, 1, YAML_BLOCK_MAPPING_STYLE);
  impl_->emit(event);
}

void YamlWriter::end_mapping() {
  yaml_event_t event;
  yaml_mapping_end_event_initialize(&event);
  impl_->emit(event);
}

void YamlWriter::begin_sequence() {
  yaml_event_t event;
  yaml_sequence_start_event_initialize(&event, nullptr, nullptr, 1, YAML_BLOCK_SEQUENCE_STYLE);
  impl_->emit(event);
}

void YamlWriter::end_sequence() {
  yaml_event_t event;
  yaml_sequence_end_event_initialize(&event);
  impl_->emit(event);
}

namespace {

// Texts that other YAML readers would take for a number, a truth value or nothing.
bool looks_like_no_text(std::string_view text) {
  constexpr std::array<std::string_view, 22> kWords = {
      "",   "~",  "null", "Null", "NULL", "true", "True", "TRUE", "yes", "Yes",   "YES",
      "on", "On", "ON",   "no",   "No",   "NO",   "off",  "Off",  "OFF", "false", "False"};
  if (contains(kWords, text) || text == "FALSE" || text == "y" || text == "n" || text == "Y" || text == "N")
    return true;
  if (text.starts_with("0x") || text.starts_with("0o")) return true;
  return text.find_first_of("0123456789") <= 1 && std::ranges::count(text, '.') <= 1 &&
         text.find_first_not_of("0123456789.+-eE_:") == std::string_view::npos;
}

}  // namespace

void YamlWriter::scalar(std::string_view text) {
  // libyaml's emitter refuses bytes that are no UTF-8, which a foreign rule's comment may hold.
  std::string valid;
  if (!is_valid_utf8(text)) {
    for (char c : text) {
      if (static_cast<unsigned char>(c) < 0x80) {
        valid += c;
      } else {
        valid += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
      }
    }
    text = valid;
  }
  auto style = looks_like_no_text(text) ? YAML_SINGLE_QUOTED_SCALAR_STYLE : YAML_ANY_SCALAR_STYLE;
  yaml_event_t event;
  yaml_scalar_event_initialize(&event, nullptr, nullptr, reinterpret_cast<const yaml_char_t*>(text.data()),
                               static_cast<int>(text.size()), 1, 1, style);
  impl_->emit(event);
}

void YamlWriter::number(unsigned long value) { plain(fmt::format("{}", value)); }

void YamlWriter::plain(std::string_view text) {
  yaml_event_t event;
  yaml_scalar_event_initialize(&event, nullptr, nullptr, reinterpret_cast<const yaml_char_t*>(text.data()),
                               static_cast<int>(text.size()), 1, 1, YAML_PLAIN_SCALAR_STYLE);
  impl_->emit(event);
}

std::string YamlWriter::finish() {
  yaml_event_t event;
  yaml_document_end_event_initialize(&event, 1);
  impl_->emit(event);
  yaml_stream_end_event_initialize(&event);
  impl_->emit(event);
  yaml_emitter_flush(&impl_->emitter);
  return std::move(impl_->out);
}

}  // namespace pyfw
