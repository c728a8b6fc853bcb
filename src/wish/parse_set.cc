#include "wish/parse_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/contains.h"
#include "base/strings.h"
#include "nf/set.h"
#include "wish/merge.h"

namespace pyfw {
namespace {

constexpr std::array<std::string_view, 6> kSetKeys = {
    "type", "options", "members_equal", "members_include", "members_exclude", "members_file"};
constexpr std::array<std::string_view, 4> kOn = {"true", "yes", "on", ""};
constexpr std::array<std::string_view, 3> kOff = {"false", "no", "off"};
// IPSET_MAXNAMELEN - 1, in linux/netfilter/ipset/ip_set.h.
constexpr std::size_t kLongestSetName = 31;

Result<Located> parse_type(const YamlAccess& yaml, const YamlNode& value) {
  TRY(auto type, yaml.text(value, "the type of a set"));
  if (!contains(set_types(), type.text)) {
    auto hint = did_you_mean(type.text, set_types());
    if (hint.empty()) hint = fmt::format("ipset knows {}", fmt::join(set_types(), ", "));
    return bad_input(type.place, fmt::format("no set type is called '{}'", type.text), hint);
  }
  return type;
}

Result<void> parse_options(const YamlAccess& yaml, const YamlNode& node, SetWish& set) {
  TRY_VOID(yaml.expect_keys(node, "options", set_option_names()));
  for (std::size_t i = 0; i < node.items.size(); i += 2) {
    const auto& name = node.items[i].text;
    const auto& value = node.items[i + 1];
    if (is_set_flag(name)) {
      bool off = contains(kOff, value.text);
      if (!value.is_scalar() || (!off && !contains(kOn, value.text)))
        return bad_input(yaml.place(value), fmt::format("option '{}' is true or false", name));
      auto flag = yaml.located(value);
      flag.text.clear();
      if (!off) set.options.emplace(name, std::move(flag));
      continue;
    }
    TRY(auto text, yaml.text(value, fmt::format("option '{}'", name)));
    if (text.text.find_first_of(" \t\n\"") != std::string::npos)
      return bad_input(text.place, fmt::format("option '{}' is one word", name));
    set.options.emplace(name, std::move(text));
  }
  return {};
}

Result<void> parse_members_file(const YamlAccess& yaml, const YamlNode& value,
                                const ReadMembers& read_members, SetWish& set) {
  TRY(auto path, yaml.text(value, "members_file"));
  TRY(auto file, read_members(*yaml.source(), path));
  if (!set.members_equal) set.members_equal.emplace();
  std::size_t number = 0;
  for (auto line : split(file->text, '\n')) {
    ++number;
    auto text = trim(line.substr(0, line.find('#')));
    if (text.empty()) continue;
    auto column = static_cast<std::size_t>(text.data() - line.data()) + 1;
    set.members_equal->push_back(
        Located{.text = std::string(text),
                .place = {.source = file, .line = number, .column = column, .length = text.size()},
                .is_verbatim = true});
  }
  return {};
}

Result<SetWish> parse_set(const YamlAccess& yaml, const YamlNode& name, const YamlNode& value,
                          const ReadMembers& read_members) {
  SetWish set{.name = name.text, .place = yaml.place(name)};
  if (name.text.empty() || name.text.size() > kLongestSetName)
    return bad_input(set.place, fmt::format("a set's name has 1 to {} bytes", kLongestSetName));
  if (name.text.starts_with('-') || name.text.find_first_of(" \t\n\"'\\") != std::string::npos)
    return bad_input(set.place, fmt::format("ipset takes no set called '{}'", name.text));
  TRY_VOID(yaml.expect_keys(value, fmt::format("set {}", name.text), kSetKeys));
  for (std::size_t i = 0; i < value.items.size(); i += 2) {
    const auto& key = value.items[i].text;
    const auto& field = value.items[i + 1];
    if (key == "type") {
      TRY(set.type, parse_type(yaml, field));
    } else if (key == "options") {
      TRY_VOID(parse_options(yaml, field, set));
    } else if (key == "members_file") {
      TRY_VOID(parse_members_file(yaml, field, read_members, set));
    } else {
      TRY(auto members, yaml.texts(field, key));
      if (key == "members_equal") {
        // A members_file may have come first.
        if (set.members_equal) std::ranges::move(*set.members_equal, std::back_inserter(members));
        set.members_equal = std::move(members);
      } else {
        (key == "members_include" ? set.members_include : set.members_exclude) = std::move(members);
      }
    }
  }
  if (set.members_equal && !(set.members_include.empty() && set.members_exclude.empty()))
    return bad_input(
        set.place,
        fmt::format("set '{}' has members_include or members_exclude beside all its members", set.name),
        "members_equal and members_file mean: exactly these");
  return set;
}

}  // namespace

Result<void> parse_sets(const YamlAccess& yaml, const YamlNode& node, const ReadMembers& read_members,
                        Wishes& wishes) {
  TRY_VOID(yaml.expect_mapping(node, "ipsets"));
  for (std::size_t i = 0; i < node.items.size(); i += 2) {
    TRY(auto set, parse_set(yaml, node.items[i], node.items[i + 1], read_members));
    wishes.sets.emplace(set.name, std::move(set));
  }
  return {};
}

}  // namespace pyfw
