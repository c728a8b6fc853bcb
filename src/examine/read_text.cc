#include "examine/read_text.h"

#include <filesystem>
#include <fstream>
#include <iterator>

namespace pyfw {
namespace {

constexpr std::size_t kMostBytes = std::size_t{1} << 20U;

}  // namespace

std::optional<std::string> read_small_file(const std::string& path) {
  std::error_code error;
  // To open a pipe would wait for who writes into it.
  if (!std::filesystem::is_regular_file(path, error)) return {};
  std::ifstream file(path, std::ios::binary);
  if (!file) return {};
  std::string text;
  for (std::istreambuf_iterator<char> at(file), end; at != end; ++at) {
    if (text.size() == kMostBytes) return {};
    text += *at;
  }
  return text;
}

}  // namespace pyfw
