#include "wish/variables.h"

#include <fmt/format.h>

#include "base/strings.h"

namespace pyfw {
Result<std::string> Variables::value(const std::string& name, const Place& place) const {
  if (auto found = wishes_.vars.find(name); found != wishes_.vars.end()) return found->second.text;
  if (name == kExternalInterface) {
    auto interface = external_interface(facts_, family_);
    if (!interface) interface.error().place = place;
    return interface;
  }
  std::vector<std::string_view> known = {kExternalInterface};
  for (const auto& [known_name, located] : wishes_.vars) known.push_back(known_name);
  auto hint = did_you_mean(name, known);
  return bad_input(place, fmt::format("unknown variable '{}'", name),
                   hint.empty() ? "variables stand under vars: at the top of the wishes" : hint);
}

Result<std::string> Variables::put_in(const std::string& text, const Place& place) const {
  auto at = text.find("${");
  if (at == std::string::npos) return text;
  std::string out;
  std::size_t done = 0;
  for (; at != std::string::npos; at = text.find("${", done)) {
    auto end = text.find('}', at);
    if (end == std::string::npos) return bad_input(place, "'${' is never closed", "write ${NAME}");
    TRY(auto one, value(text.substr(at + 2, end - at - 2), place));
    out += text.substr(done, at - done) + one;
    done = end + 1;
  }
  return out + text.substr(done);
}

}  // namespace pyfw
