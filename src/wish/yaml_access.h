// What the readers of a wishes file share: looking at nodes with errors that say what was expected.

#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/yaml.h"
#include "wish/wishes.h"

namespace pyfw {

class YamlAccess {
 public:
  explicit YamlAccess(std::shared_ptr<const Source> source) : source_(std::move(source)) {}

  [[nodiscard]] const std::shared_ptr<const Source>& source() const { return source_; }
  [[nodiscard]] Place place(const YamlNode& node) const { return place_of(source_, node); }
  [[nodiscard]] Located located(const YamlNode& scalar) const;

  // Fails unless the node is a mapping (or empty) with none but these keys.
  [[nodiscard]] Result<void> expect_keys(const YamlNode& node, std::string_view what,
                                         std::span<const std::string_view> keys) const;
  [[nodiscard]] Result<void> expect_mapping(const YamlNode& node, std::string_view what) const;

  // A non-empty text; `what` names it in the error.
  [[nodiscard]] Result<Located> text(const YamlNode& node, std::string_view what) const;
  // A list of texts; an empty node is an empty list, a lone text is an error that says to write a list.
  [[nodiscard]] Result<std::vector<Located>> texts(const YamlNode& node, std::string_view what) const;

 private:
  std::shared_ptr<const Source> source_;
};

}  // namespace pyfw
