#include <fmt/format.h>

#include <array>

#include "base/contains.h"
#include "base/strings.h"
#include "base/yaml.h"
#include "host/fields_from_yaml.h"
#include "host/state_document.h"

namespace pyfw {
namespace {

// Fit to stand between the blanks of what iptables-save and ipset save print.
bool is_word(std::string_view text) {
  return !text.empty() && text.find_first_of(" \n") == std::string_view::npos;
}

// The document back to a state. A document comes from outside: every node is looked at.
class Reader {
 public:
  explicit Reader(const std::shared_ptr<const Source>& source) : source_(source) {}

  Result<HostState> read() {
    TRY(auto root, parse_yaml(source_));
    constexpr std::array<std::string_view, 2> kTop = {"pyfw_state", "state"};
    TRY_VOID(mapping(root, "a state document", kTop));
    const auto* top = root.find("pyfw_state");
    if (top == nullptr) top = root.find("state");
    if (top == nullptr)
      return bad_input(place_of(source_, root), "no state here", "it begins with 'pyfw_state:'");
    constexpr std::array<std::string_view, 6> kSections = {"backend", "iptables",      "ip6tables",
                                                           "ipsets",  "other_backend", "facts"};
    TRY_VOID(mapping(*top, "the state", kSections));
    HostState host;
    if (const auto* node = top->find("backend")) {
      TRY(host.backend, backend(*node));
    }
    TRY_VOID(rules(*top, host.state));
    if (const auto* node = top->find("ipsets")) TRY_VOID(sets(*node, host.state.sets));
    if (const auto* node = top->find("other_backend")) {
      constexpr std::array<std::string_view, 2> kPrograms = {"iptables", "ip6tables"};
      TRY_VOID(mapping(*node, "the rules of a backend", kPrograms));
      TRY_VOID(rules(*node, host.other.emplace()));
    }
    if (const auto* node = top->find("facts")) TRY_VOID(read_fields(source_, *node, "facts", host.facts));
    return host;
  }

 private:
  std::unexpected<Error> error(const YamlNode& node, std::string message, std::string hint = {}) {
    return bad_input(place_of(source_, node), std::move(message), std::move(hint));
  }

  Result<void> mapping(const YamlNode& node, std::string_view what,
                       std::span<const std::string_view> keys = {}) {
    if (!node.is_mapping() && !node.is_null()) return error(node, fmt::format("{} must be a mapping", what));
    for (std::size_t i = 0; i < node.items.size() && !keys.empty(); i += 2)
      if (!contains(keys, node.items[i].text))
        return error(node.items[i], fmt::format("unknown key '{}'", node.items[i].text),
                     did_you_mean(node.items[i].text, keys));
    return {};
  }

  Result<std::vector<std::string>> texts(const YamlNode& node, std::string_view what) {
    std::vector<std::string> out;
    if (node.is_null()) return out;
    if (!node.is_sequence()) return error(node, fmt::format("{} must be a list", what));
    for (const auto& item : node.items) {
      if (!item.is_scalar()) return error(item, fmt::format("an entry of {} must be a text", what));
      if (item.text.find('\n') != std::string::npos) return error(item, "a line break in a text of one line");
      out.push_back(item.text);
    }
    return out;
  }

  Result<std::string> text(const YamlNode& mapping, std::string_view key) {
    const auto* node = mapping.find(key);
    if (node == nullptr) return std::string();
    if (!node->is_scalar() || node->text.find('\n') != std::string::npos)
      return error(*node, fmt::format("{} must be a text of one line", key));
    return node->text;
  }

  Result<Backend> backend(const YamlNode& node) {
    for (auto backend : {Backend::kNft, Backend::kLegacy})
      if (node.is_scalar() && node.text == name_of(backend)) return backend;
    return error(node, "a backend is nft or legacy");
  }

  Result<void> rules(const YamlNode& node, auto& rules) {
    for (auto family : kFamilies)
      if (const auto* of_family = node.find(program_of(family)))
        TRY_VOID(ruleset(*of_family, ruleset_of(rules, family)));
    return {};
  }

  Result<void> ruleset(const YamlNode& node, Ruleset& ruleset) {
    TRY_VOID(mapping(node, "the rules of a family"));
    for (std::size_t t = 0; t < node.items.size(); t += 2) {
      if (!is_word(node.items[t].text)) return error(node.items[t], "no name of a table");
      Table table{.name = node.items[t].text};
      const auto& chains = node.items[t + 1];
      TRY_VOID(mapping(chains, "a table"));
      for (std::size_t c = 0; c < chains.items.size(); c += 2) {
        TRY(auto chain, read_chain(chains.items[c], chains.items[c + 1]));
        table.chains.push_back(std::move(chain));
      }
      ruleset.tables.push_back(std::move(table));
    }
    return {};
  }

  Result<Chain> read_chain(const YamlNode& name, const YamlNode& node) {
    constexpr std::array<std::string_view, 2> kKeys = {"default_action", "rules"};
    TRY_VOID(mapping(node, "a chain", kKeys));
    if (!is_word(name.text)) return error(name, "no name of a chain");
    Chain chain{.name = name.text};
    TRY(auto policy, text(node, "default_action"));
    if (!policy.empty() && !is_word(policy)) return error(name, "a policy is one word");
    if (!policy.empty() && policy != "-") chain.policy = policy;
    if (const auto* rules = node.find("rules")) {
      TRY(auto lines, texts(*rules, "rules"));
      for (auto& line : lines) chain.rules.push_back(Rule{std::move(line)});
    }
    return chain;
  }

  Result<void> sets(const YamlNode& node, Sets& sets) {
    constexpr std::array<std::string_view, 3> kKeys = {"type", "header", "members"};
    TRY_VOID(mapping(node, "ipsets"));
    for (std::size_t i = 0; i < node.items.size(); i += 2) {
      const auto& fields = node.items[i + 1];
      TRY_VOID(mapping(fields, "a set", kKeys));
      Set set{.name = node.items[i].text, .type = {}};
      TRY(set.type, text(fields, "type"));
      TRY(set.header, text(fields, "header"));
      if (!is_word(set.name) || !is_word(set.type))
        return error(node.items[i], "a set needs a name and a type, one word each");
      if (const auto* members = fields.find("members")) {
        TRY(set.members, texts(*members, "members"));
        if (contains(set.members, "")) return error(*members, "a member is missing");
      }
      sets.push_back(std::move(set));
    }
    return {};
  }

  const std::shared_ptr<const Source>& source_;
};

}  // namespace

Result<HostState> parse_state_yaml(const std::shared_ptr<const Source>& document) {
  return Reader(document).read();
}

}  // namespace pyfw
