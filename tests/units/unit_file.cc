#include "unit_file.h"

#include <fstream>

#include "base/strings.h"

namespace pyfw::units {

Result<UnitFile> UnitFile::read(const std::string& path) {
  std::ifstream file(path);
  if (!file) return fail("can't read " + path);
  UnitFile unit;
  for (std::string line; std::getline(file, line);) {
    auto equals = line.find('=');
    if (line.starts_with('#') || equals == std::string::npos) continue;
    unit.values_[line.substr(0, equals)].push_back(line.substr(equals + 1));
  }
  return unit;
}

std::vector<std::string> UnitFile::all(const std::string& key) const {
  auto found = values_.find(key);
  return found == values_.end() ? std::vector<std::string>() : found->second;
}

std::vector<std::string> UnitFile::words(const std::string& key) const {
  std::vector<std::string> words;
  for (const auto& value : all(key))
    for (auto word : split(value, ' '))
      if (!word.empty()) words.emplace_back(word);
  return words;
}

}  // namespace pyfw::units
