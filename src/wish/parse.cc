#include "wish/parse.h"

#include <fmt/format.h>

#include <array>
#include <unordered_map>

#include "base/contains.h"
#include "base/strings.h"
#include "wish/merge.h"
#include "wish/parse_chain.h"
#include "wish/parse_expectation.h"
#include "wish/parse_set.h"
#include "wish/yaml_access.h"

namespace pyfw {
namespace {

constexpr std::array<std::string_view, 1> kTop = {"pyfw_wishes"};
constexpr std::array<std::string_view, 6> kSections = {"vars",      "ipsets",     "iptables",
                                                       "ip6tables", "ip46tables", "expectations"};

Result<void> parse_vars(const YamlAccess& yaml, const YamlNode& node, Wishes& wishes) {
  TRY_VOID(yaml.expect_mapping(node, "vars"));
  for (std::size_t i = 0; i < node.items.size(); i += 2) {
    const auto& key = node.items[i];
    TRY(auto value, yaml.text(node.items[i + 1], fmt::format("the variable '{}'", key.text)));
    constexpr std::string_view kNameLetters =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    if (key.text.empty() || key.text.find_first_not_of(kNameLetters) != std::string::npos)
      return bad_input(yaml.place(key), fmt::format("'{}' can't be the name of a variable", key.text),
                       "letters, digits, '_' and '-' can");
    if (value.text.find("${") != std::string::npos)
      return bad_input(value.place, "a variable can't be made of other variables");
    wishes.vars.emplace(key.text, std::move(value));
  }
  return {};
}

Result<void> parse_tables(const YamlAccess& yaml, std::string_view section, const YamlNode& node,
                          Wishes& wishes) {
  TRY_VOID(yaml.expect_keys(node, section, table_names()));
  for (std::size_t i = 0; i < node.items.size(); i += 2) {
    const auto& table = node.items[i].text;
    const auto& chains = node.items[i + 1];
    TRY_VOID(yaml.expect_mapping(chains, fmt::format("table {}", table)));
    for (std::size_t k = 0; k < chains.items.size(); k += 2) {
      TRY(auto chain, parse_chain_wish(yaml, table, chains.items[k], chains.items[k + 1]));
      if (section == "ip46tables") {
        auto twin = chain;
        twin.id.family = Family::kIpv4;
        TRY_VOID(merge_chain(wishes, std::move(twin)));
      }
      chain.id.family = section == "iptables" ? Family::kIpv4 : Family::kIpv6;
      TRY_VOID(merge_chain(wishes, std::move(chain)));
    }
  }
  return {};
}

Result<Wishes> parse_file(const std::shared_ptr<const Source>& file, const ReadMembers& read_members) {
  YamlAccess yaml(file);
  TRY(auto root, parse_yaml(file));
  TRY_VOID(yaml.expect_keys(root, "a wishes file", kTop));
  const auto* top = root.find("pyfw_wishes");
  if (top == nullptr)
    return bad_input(yaml.place(root), "no wishes here", "a wishes file begins with 'pyfw_wishes:'");
  Wishes wishes;
  TRY_VOID(yaml.expect_keys(*top, "pyfw_wishes", kSections));
  for (std::size_t i = 0; i < top->items.size(); i += 2) {
    const auto& section = top->items[i].text;
    const auto& value = top->items[i + 1];
    if (section == "vars") {
      TRY_VOID(parse_vars(yaml, value, wishes));
    } else if (section == "ipsets") {
      TRY_VOID(parse_sets(yaml, value, read_members, wishes));
    } else if (section == "expectations") {
      TRY(wishes.expectations, parse_expectations(yaml, value));
    } else {
      TRY_VOID(parse_tables(yaml, section, value, wishes));
    }
  }
  return wishes;
}

}  // namespace

Result<Wishes> parse_wishes(const std::vector<std::shared_ptr<const Source>>& files,
                            const ReadMembers& read_members) {
  Wishes all;
  std::vector<std::shared_ptr<const Source>> read;
  auto read_and_keep = [&](const Source& wishes_file, const Located& path) {
    auto members = read_members(wishes_file, path);
    if (members) read.push_back(*members);
    return members;
  };
  for (const auto& file : files) {
    read.push_back(file);
    TRY(auto wishes, parse_file(file, read_and_keep));
    TRY_VOID(merge_wishes(all, std::move(wishes)));
  }
  all.files = std::move(read);
  return all;
}

Result<Wishes> parse_wishes_again(const std::vector<std::shared_ptr<const Source>>& read) {
  Wishes all;
  std::size_t next = 0;
  auto take_members = [&](const Source&, const Located& path) -> Result<std::shared_ptr<const Source>> {
    if (next == read.size()) return bad_input(path.place, "the members of this file were not kept");
    return read[next++];
  };
  while (next < read.size()) {
    TRY(auto wishes, parse_file(read[next++], take_members));
    TRY_VOID(merge_wishes(all, std::move(wishes)));
  }
  all.files = read;
  return all;
}

}  // namespace pyfw
