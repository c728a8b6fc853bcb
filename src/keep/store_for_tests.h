// For tests: a store in memory, that may die after some writes.

#pragma once

#include <limits>
#include <map>
#include <set>
#include <string>

#include "keep/store.h"

namespace pyfw {

class MemoryStore : public Store {
 public:
  std::map<std::string, std::string, std::less<>> texts;
  int writes_left = std::numeric_limits<int>::max();

  Result<std::optional<std::string>> read(std::string_view name) override {
    auto found = texts.find(name);
    return found == texts.end() ? std::nullopt : std::optional(found->second);
  }
  Result<void> write(std::string_view name, std::string_view text) override {
    if (writes_left-- <= 0) return fail("killed");
    texts.insert_or_assign(std::string(name), text);
    return {};
  }
  Result<void> remove(std::string_view name) override {
    auto folder = std::string(name) + "/";
    std::erase_if(texts,
                  [&](const auto& text) { return text.first == name || text.first.starts_with(folder); });
    return {};
  }
  Result<std::vector<std::string>> folders() override {
    std::set<std::string> names;
    for (const auto& [name, text] : texts)
      if (auto slash = name.find('/'); slash != std::string::npos) names.insert(name.substr(0, slash));
    return std::vector<std::string>(names.begin(), names.end());
  }
  [[nodiscard]] std::string path() const override { return "memory"; }
};

}  // namespace pyfw
