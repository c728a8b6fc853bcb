// Writes YAML, by libyaml.
//
//   YamlWriter yaml;
//   yaml.begin_mapping();
//   yaml.scalar("type");
//   yaml.scalar("hash:ip");
//   yaml.end_mapping();
//   auto text = yaml.finish();      // "type: hash:ip\n"

#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace pyfw {

// Writes block style, two blanks a level, one value a line, never folded.
class YamlWriter {
 public:
  YamlWriter();
  ~YamlWriter();
  YamlWriter(const YamlWriter&) = delete;
  YamlWriter& operator=(const YamlWriter&) = delete;

  void begin_mapping();
  void end_mapping();
  void begin_sequence();
  void end_sequence();
  void scalar(std::string_view text);
  void number(unsigned long value);
  // Without quotes, whatever it looks like: a number, true, false.
  void plain(std::string_view text);

  // The document; the writer is spent.
  std::string finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pyfw
