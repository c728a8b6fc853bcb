#include "keep/variables.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "keep/json.h"

namespace pyfw {
namespace {

constexpr std::string_view kKind = "variables 1";

Family family_of(const Json& json) {
  auto name = bytes_of(json);
  for (auto family : kFamilies)
    if (name == name_of(family)) return family;
  throw std::invalid_argument("family");
}

}  // namespace

std::string write_variables(const LastValues& values) {
  Json document = Json::array();
  for (const auto& [variable, texts] : values)
    document.push_back({{"name", json_of(variable.name)},
                        {"family", json_of(name_of(variable.family))},
                        {"texts", json_of(texts)}});
  return seal(kKind, Json::object(), document);
}

Result<LastValues> parse_variables(std::string_view text) {
  LastValues values;
  TRY_VOID(unseal(kKind, text, [&](const Json& document) {
    for (const auto& one : items_of(document))
      values.emplace(
          VariableOfFamily{.name = bytes_of(one.at("name")), .family = family_of(one.at("family"))},
          texts_of(one.at("texts")));
  }));
  return values;
}

Result<LastValues> read_variables(Store& store) {
  TRY(auto text, store.read(kVariablesName));
  if (!text) return LastValues();
  auto values = parse_variables(*text);
  if (!values)
    return fail(fmt::format("what variables were worth last can't be read: {}", values.error().message));
  return values;
}

Result<void> keep_variables(Store& store, const std::optional<LastValues>& before, const LastValues& values) {
  if (values == before) return {};
  return store.write(kVariablesName, write_variables(values));
}

}  // namespace pyfw
