#include "wish/parse_expectation.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/strings.h"
#include "wish/endpoint.h"

namespace pyfw {
namespace {

constexpr std::array<std::string_view, 3> kKeys = {"from", "to", "is"};
constexpr std::array<std::string_view, 4> kOutcomes = {"works", "refused", "dropped", "not works"};
constexpr auto kShape = "an expectation is NAME: { from: …, to: …, is: works|refused|dropped|not works }";

Result<void> add_list(const YamlAccess& yaml, const YamlNode& node, std::string_view field, EndpointRole role,
                      std::vector<Endpoint>& endpoints) {
  TRY(auto texts, yaml.texts(node, field));
  for (const auto& text : texts) {
    if (text.text.starts_with("not "))
      return bad_input(text.place, "'not' stands alone, not in a list",
                       "write { any, except: [" + text.text.substr(4) + "] }");
    TRY(auto endpoint, parse_endpoint(text, role));
    endpoints.push_back(std::move(endpoint));
  }
  return {};
}

// { any, except: [192.0.2.7] }
Result<Endpoints> parse_all_but(const YamlAccess& yaml, const YamlNode& node, std::string_view field,
                                EndpointRole role) {
  Endpoints out{.any_of = {}, .except = {}, .place = yaml.place(node)};
  for (std::size_t i = 0; i < node.items.size(); i += 2) {
    const auto& key = node.items[i];
    const auto& value = node.items[i + 1];
    if (key.text == "except") {
      TRY_VOID(add_list(yaml, value, "except", role, out.except));
    } else if (value.is_null() && out.any_of.empty()) {
      TRY(auto endpoint, parse_endpoint(yaml.located(key), role));
      out.any_of.push_back(std::move(endpoint));
    } else {
      return bad_input(
          yaml.place(key), fmt::format("'{}' can't stand here", key.text),
          fmt::format("write '{}: {{ any, except: [192.0.2.7] }}', or put quotes around a text that "
                      "holds ': '",
                      field));
    }
  }
  if (out.any_of.empty() || out.except.empty())
    return bad_input(out.place, fmt::format("'{}' is not complete", field),
                     fmt::format("{}: {{ any, except: [192.0.2.7] }}", field));
  return out;
}

Result<Endpoints> parse_field(const YamlAccess& yaml, const YamlNode& node, std::string_view field,
                              EndpointRole role) {
  if (node.is_mapping()) return parse_all_but(yaml, node, field, role);
  if (!node.is_sequence()) {
    TRY(auto text, yaml.text(node, field));
    return parse_endpoints(text, role);
  }
  Endpoints out{.any_of = {}, .except = {}, .place = yaml.place(node)};
  TRY_VOID(add_list(yaml, node, field, role, out.any_of));
  if (out.any_of.empty()) return bad_input(out.place, fmt::format("'{}' names nobody", field));
  return out;
}

Result<Expected> parse_outcome(const YamlAccess& yaml, const YamlNode& node) {
  TRY(auto text, yaml.text(node, "is"));
  const auto* found = std::ranges::find(kOutcomes, text.text);
  if (found != kOutcomes.end()) return static_cast<Expected>(found - kOutcomes.begin());
  auto hint = did_you_mean(text.text, kOutcomes);
  return bad_input(text.place, fmt::format("'{}' is no outcome", text.text),
                   hint.empty() ? "works, refused, dropped or not works" : hint);
}

Result<Expectation> parse_one(const YamlAccess& yaml, const YamlNode& item) {
  if (!item.is_mapping() || item.items.size() != 2) return bad_input(yaml.place(item), kShape);
  TRY(auto name, yaml.text(item.items[0], "the name of an expectation"));
  const auto& fields = item.items[1];
  TRY_VOID(yaml.expect_keys(fields, "an expectation", kKeys));
  for (auto key : kKeys)
    if (fields.find(key) == nullptr)
      return bad_input(name.place, fmt::format("the expectation '{}' lacks '{}'", name.text, key), kShape);
  Expectation out{.name = std::move(name), .from = {}, .to = {}};
  TRY(out.from, parse_field(yaml, *fields.find("from"), "from", EndpointRole::kSource));
  TRY(out.to, parse_field(yaml, *fields.find("to"), "to", EndpointRole::kDestination));
  TRY(out.is, parse_outcome(yaml, *fields.find("is")));
  TRY_VOID(check_ends(out.from, out.to));
  return out;
}

}  // namespace

Result<std::vector<Expectation>> parse_expectations(const YamlAccess& yaml, const YamlNode& node) {
  std::vector<Expectation> out;
  if (node.is_null()) return out;
  if (!node.is_sequence()) return bad_input(yaml.place(node), "expectations must be a list", kShape);
  for (const auto& item : node.items) {
    TRY(auto expectation, parse_one(yaml, item));
    out.push_back(std::move(expectation));
  }
  return out;
}

}  // namespace pyfw
