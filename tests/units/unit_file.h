// What a unit file of systemd says.

#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace pyfw::units {

class UnitFile {
 public:
  static Result<UnitFile> read(const std::string& path);

  // Each time that it is said, in order.
  [[nodiscard]] std::vector<std::string> all(const std::string& key) const;
  // The words of all of them.
  [[nodiscard]] std::vector<std::string> words(const std::string& key) const;
  [[nodiscard]] bool is_on(const std::string& key) const {
    return words(key) == std::vector<std::string>{"yes"};
  }

 private:
  std::map<std::string, std::vector<std::string>> values_;
};

}  // namespace pyfw::units
