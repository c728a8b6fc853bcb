#include <fmt/format.h>

#include <array>

#include "base/contains.h"
#include "base/strings.h"
#include "base/yaml.h"
#include "base/yaml_writer.h"
#include "host/sorted.h"
#include "host/state_document.h"

namespace pyfw {
namespace {

void write_texts(YamlWriter& yaml, const std::vector<std::string>& texts) {
  yaml.begin_sequence();
  for (const auto& text : texts) yaml.scalar(text);
  yaml.end_sequence();
}

void write_chain(YamlWriter& yaml, const Chain& chain) {
  yaml.scalar(chain.name);
  yaml.begin_mapping();
  yaml.scalar("default_action");
  yaml.scalar(chain.policy.value_or("-"));
  yaml.scalar("rules");
  yaml.begin_sequence();
  for (const auto& rule : chain.rules) yaml.scalar(rule.text);
  yaml.end_sequence();
  yaml.end_mapping();
}

void write_ruleset(YamlWriter& yaml, const Ruleset& ruleset) {
  yaml.begin_mapping();
  for (const auto* table : sorted_tables(ruleset)) {
    yaml.scalar(table->name);
    yaml.begin_mapping();
    for (const auto* chain : sorted_chains(*table)) write_chain(yaml, *chain);
    yaml.end_mapping();
  }
  yaml.end_mapping();
}

void write_sets(YamlWriter& yaml, const Sets& sets) {
  yaml.begin_mapping();
  for (const auto* set : sorted_sets(sets)) {
    yaml.scalar(set->name);
    yaml.begin_mapping();
    yaml.scalar("type");
    yaml.scalar(set->type);
    yaml.scalar("header");
    yaml.scalar(set->header);
    yaml.scalar("members");
    write_texts(yaml, sorted_members(*set));
    yaml.end_mapping();
  }
  yaml.end_mapping();
}

void write_facts(YamlWriter& yaml, const Facts& facts) {
  yaml.begin_mapping();
  yaml.scalar("interfaces");
  yaml.begin_sequence();
  for (const auto& interface : facts.interfaces) {
    yaml.begin_mapping();
    yaml.scalar("name");
    yaml.scalar(interface.name);
    yaml.scalar("state");
    yaml.scalar(interface.is_up ? "up" : "down");
    if (!interface.bridge.empty()) {
      yaml.scalar("bridge");
      yaml.scalar(interface.bridge);
    }
    yaml.scalar("addresses");
    yaml.begin_sequence();
    for (const auto& address : interface.addresses) yaml.scalar(address.to_string());
    yaml.end_sequence();
    yaml.end_mapping();
  }
  yaml.end_sequence();
  yaml.scalar("routes");
  yaml.begin_sequence();
  for (const auto& route : facts.routes) {
    yaml.begin_mapping();
    yaml.scalar("to");
    yaml.scalar(route.destination.to_string());
    if (route.gateway) {
      yaml.scalar("via");
      yaml.scalar(route.gateway->to_string());
    }
    yaml.scalar("interface");
    yaml.scalar(route.interface);
    yaml.scalar("metric");
    yaml.number(route.metric);
    yaml.end_mapping();
  }
  yaml.end_sequence();
  yaml.end_mapping();
}

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
    constexpr std::array<std::string_view, 4> kSections = {"iptables", "ip6tables", "ipsets", "facts"};
    TRY_VOID(mapping(*top, "the state", kSections));
    HostState host;
    for (auto family : kFamilies)
      if (const auto* node = top->find(program_of(family)))
        TRY_VOID(ruleset(*node, ruleset_of(host.state, family)));
    if (const auto* node = top->find("ipsets")) TRY_VOID(sets(*node, host.state.sets));
    if (const auto* node = top->find("facts")) TRY_VOID(facts(*node, host.facts));
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

  Result<void> facts(const YamlNode& node, Facts& facts) {
    constexpr std::array<std::string_view, 2> kKeys = {"interfaces", "routes"};
    TRY_VOID(mapping(node, "facts", kKeys));
    const auto* interfaces = node.find("interfaces");
    for (std::size_t i = 0; interfaces != nullptr && i < interfaces->items.size(); ++i) {
      TRY(auto interface, read_interface(interfaces->items[i]));
      facts.interfaces.push_back(std::move(interface));
    }
    const auto* routes = node.find("routes");
    for (std::size_t i = 0; routes != nullptr && i < routes->items.size(); ++i) {
      TRY(auto route, read_route(routes->items[i]));
      facts.routes.push_back(std::move(route));
    }
    return {};
  }

  Result<Interface> read_interface(const YamlNode& node) {
    constexpr std::array<std::string_view, 4> kKeys = {"name", "state", "bridge", "addresses"};
    TRY_VOID(mapping(node, "an interface", kKeys));
    Interface interface;
    TRY(interface.name, text(node, "name"));
    TRY(auto state, text(node, "state"));
    interface.is_up = state == "up";
    TRY(interface.bridge, text(node, "bridge"));
    if (const auto* addresses = node.find("addresses")) {
      TRY(auto lines, texts(*addresses, "addresses"));
      for (const auto& line : lines) {
        auto prefix = Prefix::parse(line);
        if (!prefix) return error(*addresses, fmt::format("'{}' is no address", line));
        interface.addresses.push_back(*prefix);
      }
    }
    return interface;
  }

  Result<Route> read_route(const YamlNode& node) {
    constexpr std::array<std::string_view, 4> kKeys = {"to", "via", "interface", "metric"};
    TRY_VOID(mapping(node, "a route", kKeys));
    Route route;
    TRY(auto to, text(node, "to"));
    TRY(auto via, text(node, "via"));
    TRY(route.interface, text(node, "interface"));
    TRY(auto metric, text(node, "metric"));
    auto destination = Prefix::parse(to);
    auto number = parse_number(metric.empty() ? "0" : metric);
    if (!destination || !number) return error(node, "a route has 'to: PREFIX' and 'metric: NUMBER'");
    route.destination = *destination;
    route.metric = static_cast<std::uint32_t>(*number);
    if (!via.empty()) route.gateway = Ip::parse(via);
    return route;
  }

  const std::shared_ptr<const Source>& source_;
};

}  // namespace

std::string write_state_yaml(const HostState& host) {
  YamlWriter yaml;
  yaml.begin_mapping();
  yaml.scalar("pyfw_state");
  yaml.begin_mapping();
  for (auto family : kFamilies) {
    yaml.scalar(program_of(family));
    write_ruleset(yaml, ruleset_of(host.state, family));
  }
  yaml.scalar("ipsets");
  write_sets(yaml, host.state.sets);
  yaml.scalar("facts");
  write_facts(yaml, host.facts);
  yaml.end_mapping();
  yaml.end_mapping();
  return yaml.finish();
}

Result<HostState> parse_state_yaml(const std::shared_ptr<const Source>& document) {
  return Reader(document).read();
}

}  // namespace pyfw
