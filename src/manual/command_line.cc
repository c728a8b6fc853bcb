#include "manual/command_line.h"

#include "base/contains.h"

namespace pyfw {

Offer offer_for(const DescribedOption& option) {
  if (!option.choices.empty()) return Offer::kChoices;
  if (contains(option.names, std::string("--netns"))) return Offer::kNamespaces;
  if (option.value.starts_with("FILE")) return Offer::kFiles;
  if (option.value == "DIR") return Offer::kFolders;
  if (option.value == "END" || option.value == "ENDPOINT") return Offer::kEnds;
  return Offer::kNothing;
}

bool takes_value(const DescribedOption& option) { return !option.is_argument() && !option.value.empty(); }

}  // namespace pyfw
