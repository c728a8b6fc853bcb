#include "wish/variables.h"

#include <fmt/format.h>

#include "base/strings.h"
#include "wish/interface_name.h"

namespace pyfw {
namespace {

using Kind = HostVariable::Kind;

std::string text_in_place_of(const HostVariable& variable, Family family) {
  bool is_v4 = family == Family::kIpv4;
  switch (variable.kind) {
    case Kind::kContainer: return is_v4 ? "192.0.2.1" : "2001:db8::1";
    case Kind::kNetwork: return is_v4 ? "192.0.2.0/24" : "2001:db8::/64";
    case Kind::kBridge:
    case Kind::kExternalInterface: break;
  }
  return "none";
}

Error at(Error error, const Place& place) {
  error.place = place;
  return error;
}

}  // namespace

std::unexpected<Error> Variables::unknown(const std::string& name, const Place& place) const {
  constexpr std::string_view kWithName = "container:NAME, network:NAME and network:NAME:bridge";
  auto colon = name.find(':');
  std::string hint;
  if (colon != std::string::npos) {
    std::vector<std::string_view> kinds = {"container", "network"};
    auto meant = closest(name.substr(0, colon), kinds);
    hint = meant ? fmt::format("did you mean '{}{}'?", *meant, name.substr(colon))
                 : fmt::format("those with a name are {}", kWithName);
  } else {
    std::vector<std::string_view> known = {kExternalInterface};
    for (const auto& [known_name, located] : wishes_.vars) known.push_back(known_name);
    hint = did_you_mean(name, known);
    if (hint.empty())
      hint = fmt::format("variables stand under vars: at the top of the wishes; {}, {} are pyfw's own",
                         kExternalInterface, kWithName);
  }
  return bad_input(place, fmt::format("unknown variable '{}'", name), std::move(hint));
}

Result<std::string> Variables::value(const std::string& name, const Place& place, bool is_whole,
                                     std::vector<UsedVariable>& used) const {
  if (auto found = wishes_.vars.find(name); found != wishes_.vars.end()) return found->second.text;
  auto variable = host_variable_called(name);
  if (!variable) return std::unexpected(at(std::move(variable).error(), place));
  if (!*variable) return unknown(name, place);
  auto value = value_of(**variable, family_, known_);
  bool is_interface = (*variable)->kind == Kind::kBridge || (*variable)->kind == Kind::kExternalInterface;
  for (const auto& text : value.texts)
    if (auto fits = is_interface ? check_interface_name(text) : Result<void>(); !fits)
      return std::unexpected(at(std::move(fits).error(), place));
  auto text = value.texts.empty() ? text_in_place_of(**variable, family_) : join(value.texts, ",");
  used.push_back(
      {.variable = std::move(**variable), .value = std::move(value), .place = place, .is_whole = is_whole});
  return text;
}

Result<FilledWord> Variables::put_in(const Token& word, const Located& rule) const {
  FilledWord filled;
  const auto& text = word.text;
  if (text.find("${") == std::string::npos) return FilledWord{.text = text};
  // Where quotes or escapes are among its bytes, the places of the others are not known.
  bool is_plain = word.length == text.size();
  auto place_of = [&](std::size_t from, std::size_t end) {
    return is_plain ? rule.part(word.offset + from, end - from) : rule.part(word.offset, word.length);
  };
  std::size_t done = 0;
  for (auto start = text.find("${"); start != std::string::npos; start = text.find("${", done)) {
    auto end = text.find('}', start);
    if (end == std::string::npos)
      return bad_input(place_of(start, text.size()), "'${' is never closed", "write ${NAME}");
    bool is_whole = start == 0 && end + 1 == text.size();
    TRY(auto one,
        value(text.substr(start + 2, end - start - 2), place_of(start, end + 1), is_whole, filled.used));
    filled.text += text.substr(done, start - done) + one;
    done = end + 1;
  }
  filled.text += text.substr(done);
  return filled;
}

}  // namespace pyfw
