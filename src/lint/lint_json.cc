#include "lint/lint_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "ask/json_parts.h"
#include "lint/lint.h"

namespace pyfw {
namespace {

using Json = nlohmann::ordered_json;

Json place_with_length(const Place& place) {
  auto out = place_json(place);
  out["length"] = place.length;
  return out;
}

// As RFC 3986 has it, so that a name with a blank is one.
std::string uri_of(const std::string& path) {
  std::string out = path.starts_with('/') ? "file://" : "";
  for (char c : path) {
    bool is_plain = std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                    std::string_view("/-._~").find(c) != std::string_view::npos;
    if (is_plain) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

Json rule_of(const LintRow& row) {
  return {{"id", row.id},
          {"shortDescription", {{"text", row.about}}},
          {"defaultConfiguration", {{"level", word_of(row.severity)}}}};
}

Json result_of(const Advice& advice) {
  auto index = lint_called(advice.id) - lints().data();
  Json region = {{"startLine", advice.place->line},
                 {"startColumn", advice.place->column},
                 {"endColumn", advice.place->column + std::max<std::size_t>(1, advice.place->length)}};
  Json location = {{"artifactLocation", {{"uri", uri_of(advice.place->source->name)}}},
                   {"region", std::move(region)}};
  return {{"ruleId", advice.id},
          {"ruleIndex", index},
          {"level", word_of(advice.severity)},
          {"message",
           {{"text", fmt::format("{}: {}. Instead: {}{}", advice.message, advice.why, advice.instead,
                                 advice.instead.ends_with('?') ? "" : ".")}}},
          {"locations", Json::array({{{"physicalLocation", std::move(location)}}})}};
}

}  // namespace

std::string lint_json(std::span<const Advice> advices) {
  Json list = Json::array();
  for (const auto& advice : advices)
    list.push_back({{"id", advice.id},
                    {"severity", word_of(advice.severity)},
                    {"message", advice.message},
                    {"why", advice.why},
                    {"instead", advice.instead},
                    {"place", place_with_length(*advice.place)}});
  auto count = [&](Severity severity) { return std::ranges::count(advices, severity, &Advice::severity); };
  return document_of({{"version", 1},
                      {"clean", !matter(advices)},
                      {"findings", std::move(list)},
                      {"totals",
                       {{"errors", count(Severity::kError)},
                        {"warnings", count(Severity::kWarning)},
                        {"notes", count(Severity::kNote)}}}});
}

std::string lint_sarif(std::span<const Advice> advices, const std::string& version) {
  Json rules = Json::array();
  for (const auto& row : lints()) rules.push_back(rule_of(row));
  Json results = Json::array();
  for (const auto& advice : advices) results.push_back(result_of(advice));
  Json driver = {{"name", "pyfw"}, {"version", version}, {"rules", std::move(rules)}};
  Json run = {{"tool", {{"driver", std::move(driver)}}},
              {"columnKind", "unicodeCodePoints"},
              {"results", std::move(results)}};
  return document_of({{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                      {"version", "2.1.0"},
                      {"runs", Json::array({std::move(run)})}});
}

}  // namespace pyfw
