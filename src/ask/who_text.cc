#include "ask/who_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "ask/everyone.h"
#include "ask/ink.h"
#include "ask/verdict_words.h"
#include "base/strings.h"
#include "show/totals.h"

namespace pyfw {
namespace {

std::string field_words(Field field) {
  switch (field) {
    case Field::kSourcePort: return "source ports";
    case Field::kTtl: return "a TTL of";
    case Field::kTos: return "a TOS of";
    case Field::kLength: return "lengths of";
    case Field::kTcpOptions: return "the kinds of TCP options (as bits)";
    default: return "values of a field";
  }
}

std::string from_words(const Reaching& reaching, const Ink& ink) {
  if (reaching.interface.empty()) return "the host itself";
  auto words = escape_control(words_of(reaching.from, kMostNames));
  if (!reaching.from.is_anywhere) return words;
  constexpr std::string_view kAnywhere = "anywhere";
  return ink.bold(kAnywhere) + words.substr(kAnywhere.size());
}

// Where a source names its interface or its network already, that is said all the same: it is what tells a
// packet from a forged one.
std::string line_of(const Reaching& reaching, const Scene& scene, const Ink& ink) {
  auto out = from_words(reaching, ink);
  if (!reaching.interface.empty()) out += fmt::format("  by {}", reaching.interface);
  if (auto condition = condition_words(reaching.callers.conditions); !condition.empty())
    out += ", " + condition;
  std::vector<std::string> questions;
  for (const auto& question : reaching.callers.questions)
    questions.push_back(escape_control(describe_question(scene.traced, question)));
  if (!questions.empty()) out += ", " + ink.yellow("depends on ") + join(questions, " and on ");
  return out;
}

}  // namespace

std::string condition_words(const Conditions& conditions) {
  std::vector<std::string> parts;
  for (const auto& [field, spans] : conditions.only)
    parts.push_back(fmt::format("{} {}", field_words(field), numbers_of(spans)));
  auto out = join(parts, ", ");
  if (conditions.is_part) out += (out.empty() ? "" : ", ") + std::string("and of those not all");
  return out.empty() ? out : out + " only";
}

std::string as_text(std::span<const Reached> services, const Scene& scene, Detail detail, bool colour) {
  Ink ink(colour);
  if (services.empty()) return "No service listens here, and none is published.\n";
  std::string out;
  for (const auto& service : services) {
    if (!out.empty()) out += "\n";
    out += ink.bold(escape_control(service.service.name));
    if (!service.service.what.empty()) out += "  " + escape_control(service.service.what);
    out += "\n";
    if (service.service.is_of_all_addresses) {
      std::vector<std::string> addresses;
      for (const auto& ip : service.service.destinations) addresses.push_back(ip.to_string());
      out += ink.dim("  at " + join(addresses, ", ")) + "\n";
    }
    if (service.by.empty()) out += "  " + ink.green("nobody") + "\n";
    for (const auto& reaching : service.by) {
      out += "  from " + line_of(reaching, scene, ink) + "\n";
      if (detail != Detail::kAll) continue;
      auto trace = trace_flow(scene.traced, reaching.callers.example);
      out += "       " + ink.dim(escape_control(verdict_line(trace, scene.traced))) + "\n";
    }
  }
  if (detail == Detail::kAll) out += "\n" + std::string(assumed_of_everyone());
  return out;
}

}  // namespace pyfw
