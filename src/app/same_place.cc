#include "app/same_place.h"

#include <vector>

#include "base/strings.h"

namespace pyfw {

std::string same_place(std::string_view subcommand, const Options& options) {
  std::vector<std::string> words = {"pyfw", std::string(subcommand)};
  if (!options.netns.empty()) words.insert(words.end(), {"--netns", options.netns});
  if (options.backend) words.insert(words.end(), {"--backend", std::string(name_of(*options.backend))});
  if (options.state_dir != Options().state_dir) words.insert(words.end(), {"--state-dir", options.state_dir});
  return shell_quote_all(words);
}

}  // namespace pyfw
