#include "wish/interface_name.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/strings.h"

namespace pyfw {
namespace {

constexpr std::size_t kLongest = 15;  // the kernel's IFNAMSIZ, without the NUL

std::string trouble_with(std::string_view name) {
  constexpr Letters kBlanks(" \t\n\v\f\r");
  constexpr Letters kQuotes("'\"\\");
  if (name.empty()) return "it is empty";
  if (name.size() > kLongest) return fmt::format("it has more than {} bytes", kLongest);
  if (name.ends_with('+'))
    return fmt::format("iptables takes it for every interface whose name begins with '{}'",
                       name.substr(0, name.size() - 1));
  if (name.starts_with('-')) return "iptables takes it for an option";
  if (name.starts_with('!')) return "iptables takes '!' for a negation";
  if (kBlanks.has_any_of(name)) return "a blank is in it";
  if (kQuotes.has_any_of(name)) return "a quote is in it";
  if (name.find('/') != std::string_view::npos) return "a slash is in it";
  for (std::size_t at = 0; at < name.size(); ++at)
    if (control_at(name, at) > 0) return "a control character is in it";
  return {};
}

}  // namespace

Result<void> check_interface_name(std::string_view name) {
  auto trouble = trouble_with(name);
  if (trouble.empty()) return {};
  return bad_input(fmt::format("no rule can name the interface '{}': {}", name, trouble),
                   "give the interface another name");
}

}  // namespace pyfw
