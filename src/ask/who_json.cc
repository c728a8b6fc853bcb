#include "ask/who_json.h"

#include "ask/json_parts.h"
#include "ask/verdict_words.h"
#include "net/protocol.h"

namespace pyfw {
namespace {

using Json = nlohmann::ordered_json;

std::string_view name_of(Field field) {
  switch (field) {
    case Field::kSourcePort: return "source_port";
    case Field::kTtl: return "ttl";
    case Field::kTos: return "tos";
    case Field::kLength: return "length";
    case Field::kTcpOptions: return "tcp_options";
    default: return "other";
  }
}

Json conditions_json(const Callers& callers) {
  Json out = Json::object();
  for (const auto& [field, spans] : callers.conditions.only) {
    Json list = Json::array();
    for (const auto& span : spans) list.push_back({span.first.low, span.last.low});
    out[std::string(name_of(field))] = std::move(list);
  }
  return out;
}

Json reaching_json(const Reaching& reaching, Family family, const Scene& scene) {
  const auto& callers = reaching.callers;
  Json depends_on = Json::array();
  for (const auto& question : callers.questions)
    depends_on.push_back(describe_question(scene.traced, question));
  auto trace = trace_flow(scene.traced, callers.example);
  return {{"interface", reaching.interface.empty() ? Json(nullptr) : Json(reaching.interface)},
          {"anywhere", reaching.from.is_anywhere},
          {reaching.from.is_anywhere ? "but" : "from", reaching.from.names},
          {"sources", texts_of(callers.sources, family)},
          {"only", conditions_json(callers)},
          {"only_some_of_these", callers.conditions.is_part},
          {"depends_on", std::move(depends_on)},
          {"example", packet_json(callers.example.packet)},
          {"verdict", verdict_json(trace.verdict, verdict_line(trace, scene.traced), scene.traced)}};
}

}  // namespace

std::string as_json(std::span<const Reached> services, const Scene& scene) {
  Json list = Json::array();
  for (const auto& reached : services) {
    const auto& service = reached.service;
    Json addresses = Json::array();
    for (const auto& ip : service.destinations) addresses.push_back(ip.to_string());
    Json by = Json::array();
    for (const auto& reaching : reached.by)
      by.push_back(reaching_json(reaching, service.destinations.front().family(), scene));
    list.push_back({{"to", service.name},
                    {"what", service.what},
                    {"addresses", std::move(addresses)},
                    {"protocol", name_of_protocol(service.protocol)},
                    {"port", service.port},
                    {"reached_by", std::move(by)}});
  }
  return document_of({{"version", 1}, {"services", std::move(list)}});
}

}  // namespace pyfw
