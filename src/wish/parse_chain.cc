#include "wish/parse_chain.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>

#include "base/contains.h"
#include "base/strings.h"

namespace pyfw {
namespace {

constexpr std::array<std::string_view, 3> kChainKeys = {"default_action", "rules", "rules_equal"};
constexpr std::array<std::string_view, 3> kDirectives = {"~match", "~rest", "~absent"};
constexpr std::array<std::string_view, 2> kPolicies = {"ACCEPT", "DROP"};
constexpr std::array<std::string_view, 4> kVerdicts = {"ACCEPT", "DROP", "RETURN", "QUEUE"};
// XT_EXTENSION_MAXNAMELEN - 1, in linux/netfilter/x_tables.h.
constexpr std::size_t kLongestChain = 28;

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

Result<void> check_chain_name(const YamlAccess& yaml, std::string_view table, const YamlNode& name) {
  const auto& text = name.text;
  auto place = yaml.place(name);
  if (is_builtin(table, text)) return {};
  if (is_builtin_name(text))
    return bad_input(place, fmt::format("table '{}' has no builtin chain '{}'", table, text),
                     fmt::format("it has {}", fmt::join(builtin_chains(table), ", ")));
  if (text.empty()) return bad_input(place, "a chain needs a name");
  if (text.size() > kLongestChain)
    return bad_input(place, fmt::format("a chain's name has at most {} bytes", kLongestChain));
  if (text.starts_with('-') || text.starts_with('!') || text.find(' ') != std::string::npos ||
      has_control(text))
    return bad_input(place, fmt::format("iptables takes no chain called '{}'", text));
  if (contains(kVerdicts, text)) return bad_input(place, fmt::format("'{}' is a target, no chain", text));
  // A builtin chain in the wrong case would silently become a user chain that nothing jumps to.
  std::string upper = text;
  std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return std::toupper(c); });
  if (is_builtin(table, upper))
    return bad_input(place, fmt::format("unknown chain '{}'", text),
                     fmt::format("did you mean '{}'?", upper));
  return {};
}

Result<Located> parse_policy(const YamlAccess& yaml, std::string_view table, std::string_view chain,
                             const YamlNode& key, const YamlNode& value) {
  if (!is_builtin(table, chain)) {
    auto hint = closest(chain, builtin_chains(table));
    return bad_input(yaml.place(key), fmt::format("user chain '{}' can't have a default_action", chain),
                     hint ? fmt::format("only builtin chains have a policy; did you mean '{}'?", *hint)
                          : "only builtin chains have a policy; end the chain with a rule '-j DROP' instead");
  }
  TRY(auto policy, yaml.text(value, "default_action"));
  if (!contains(kPolicies, policy.text)) {
    std::string upper = policy.text;
    std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return std::toupper(c); });
    auto hint = did_you_mean(upper, kPolicies);
    return bad_input(policy.place, fmt::format("'{}' is no policy", policy.text),
                     hint.empty() ? "a policy is ACCEPT or DROP" : hint);
  }
  if (table == "nat" && policy.text == "DROP")
    return bad_input(policy.place, "iptables takes no policy DROP in the table nat",
                     "not every packet passes it; drop in filter or mangle");
  return policy;
}

Result<void> check_name(const Located& name) {
  if (name.text.empty()) return bad_input(name.place, "a rule's name is empty");
  if (name.text.size() > kLongestName)
    return bad_input(
        name.place,
        fmt::format("this name has {} bytes, a name has at most {}", name.text.size(), kLongestName),
        "the kernel cuts comments at 255 bytes without a word");
  if (has_control(name.text)) return bad_input(name.place, "a name can't hold control characters");
  if (name.text.starts_with(kTempPrefix))
    return bad_input(name.place, fmt::format("names that begin with {} are pyfw's own", kTempPrefix));
  return {};
}

Result<RuleWish> parse_directive(const YamlAccess& yaml, const YamlNode& key, const YamlNode& value) {
  RuleWish wish{.name = yaml.located(key), .text = {}};
  if (key.text == "~rest") {
    if (!value.is_null()) return bad_input(yaml.place(value), "~rest takes no value", "write '- ~rest:'");
    wish.kind = RuleWish::Kind::kRest;
    return wish;
  }
  if (key.text == "~match") {
    TRY(wish.text, yaml.text(value, "~match"));
    wish.kind = RuleWish::Kind::kMatch;
    RE2 pattern(wish.text.text, RE2::Quiet);
    if (!pattern.ok())
      return bad_input(wish.text.place, fmt::format("not a regular expression: {}", pattern.error()),
                       "the syntax is that of RE2");
    return wish;
  }
  if (key.text == "~absent") {
    TRY(wish.name, yaml.text(value, "~absent"));
    TRY_VOID(check_name(wish.name));
    wish.kind = RuleWish::Kind::kAbsent;
    return wish;
  }
  auto hint = did_you_mean(key.text, kDirectives);
  return bad_input(yaml.place(key), fmt::format("unknown directive '{}'", key.text),
                   hint.empty() ? "there are ~match, ~rest and ~absent" : hint);
}

Result<RuleWish> parse_rule(const YamlAccess& yaml, const YamlNode& node) {
  constexpr std::string_view kUnquoted =
      "a text that begins with '!' or '-' and one that holds ': ' or ' #' needs quotes around it";
  if (node.is_scalar()) {
    if (node.text.starts_with('~'))
      return bad_input(yaml.place(node), fmt::format("'{}' needs a colon", node.text),
                       fmt::format("write '- {}:'", node.text));
    TRY(auto text, yaml.text(node, "a rule"));
    return RuleWish{.kind = RuleWish::Kind::kUnnamed, .name = {}, .text = std::move(text)};
  }
  if (!node.is_mapping()) return bad_input(yaml.place(node), "a rule is NAME: TEXT, or a TEXT, not a list");
  if (node.items.empty())
    return bad_input(yaml.place(node), "a rule is NAME: TEXT, or a TEXT, and this is neither");
  const auto& key = node.items[0];
  const auto& value = node.items[1];
  if (node.items.size() > 2)
    return bad_input(yaml.place(node.items[2]), "one rule an entry: this one needs a '- ' of its own");
  if (key.text.starts_with('~')) return parse_directive(yaml, key, value);
  RuleWish wish{.kind = RuleWish::Kind::kNamed, .name = yaml.located(key), .text = {}};
  TRY_VOID(check_name(wish.name));
  if (value.is_mapping())
    return bad_input(yaml.place(value), "a rule must be a text, not a mapping", std::string(kUnquoted));
  TRY(wish.text, yaml.text(value, fmt::format("the rule '{}'", key.text)));
  return wish;
}

Result<void> parse_rules(const YamlAccess& yaml, const YamlNode& key, const YamlNode& value,
                         ChainWish& chain) {
  if (chain.rules_place)
    return bad_input(yaml.place(key), "rules beside rules_equal",
                     fmt::format("the other one stands at {}", where(*chain.rules_place)));
  chain.rules_place = yaml.place(key);
  chain.is_exact = key.text == "rules_equal";
  if (value.is_null()) return {};
  if (!value.is_sequence())
    return bad_input(yaml.place(value),
                     fmt::format("{} must be a list, not a {}", key.text, value.kind_name()),
                     "each rule begins with '- '");
  for (const auto& item : value.items) {
    TRY(auto rule, parse_rule(yaml, item));
    bool plain = rule.kind == RuleWish::Kind::kNamed || rule.kind == RuleWish::Kind::kUnnamed;
    if (chain.is_exact && !plain)
      return bad_input(yaml.place(item.items[0]),
                       "under rules_equal stand the rules themselves, no directives",
                       "rules_equal means: exactly these rules");
    chain.rules.push_back(std::move(rule));
  }
  return {};
}

}  // namespace

Result<ChainWish> parse_chain_wish(const YamlAccess& yaml, std::string_view table, const YamlNode& name,
                                   const YamlNode& value) {
  TRY_VOID(check_chain_name(yaml, table, name));
  ChainWish chain{.id = {.table = std::string(table), .chain = name.text}, .place = yaml.place(name)};
  if (value.is_sequence())
    return bad_input(yaml.place(value), fmt::format("chain {} must be a mapping, not a list", name.text),
                     "put 'rules:' above the list");
  TRY_VOID(yaml.expect_keys(value, fmt::format("chain {}", name.text), kChainKeys));
  for (std::size_t i = 0; i < value.items.size(); i += 2) {
    const auto& key = value.items[i];
    if (key.text == "default_action") {
      TRY(chain.default_action, parse_policy(yaml, table, name.text, key, value.items[i + 1]));
    } else {
      TRY_VOID(parse_rules(yaml, key, value.items[i + 1], chain));
    }
  }
  return chain;
}

}  // namespace pyfw
