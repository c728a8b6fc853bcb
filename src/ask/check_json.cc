#include "ask/check_json.h"

#include <algorithm>

#include "ask/everyone.h"
#include "ask/json_parts.h"

namespace pyfw {
namespace {

using Json = nlohmann::ordered_json;

Json answer_json(const AskedFlow& answer, Expected expected, const Scene& scene) {
  auto out = flow_json(answer.flow);
  out["as_expected"] = is_as_expected(answer, expected);
  out["verdict"] = verdict_json(answer.verdict, answer.line, scene.traced);
  if (answer.probed) out["packets"] = std::string(word_of(*answer.probed));
  if (!answer.probe_error.empty()) out["packets_error"] = answer.probe_error;
  return out;
}

Json finding_json(const Finding& finding, const Scene& scene) {
  const auto& expectation = *finding.expectation;
  Json flows = Json::array();
  for (const auto& answer : finding.answers) flows.push_back(answer_json(answer, expectation.is, scene));
  Json out = {{"name", expectation.name.text},
              {"place", place_json(expectation.name.place)},
              {"is", std::string(word_of(expectation.is))},
              {"holds", holds(finding)},
              {"standing", std::string(word_of(finding.standing))},
              {"about_everyone", finding.is_about_everyone},
              {"flows", std::move(flows)}};
  if (finding.standing == Standing::kUnanswered) out["error"] = render(finding.error);
  return out;
}

}  // namespace

std::string as_json(std::span<const Finding> findings, const Scene& scene) {
  Json list = Json::array();
  for (const auto& finding : findings) list.push_back(finding_json(finding, scene));
  auto holding = static_cast<std::size_t>(std::ranges::count_if(findings, holds));
  return document_of({{"version", 1},
                      {"holds", holding == findings.size()},
                      {"expectations", std::move(list)},
                      {"totals", {{"expectations", findings.size()}, {"hold", holding}}}});
}

}  // namespace pyfw
