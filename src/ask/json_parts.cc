#include "ask/json_parts.h"

#include "ask/packet_words.h"
#include "ask/verdict_words.h"
#include "net/protocol.h"
#include "show/rule_words.h"

namespace pyfw {
namespace {

using Json = nlohmann::ordered_json;

std::string_view word_of_decider(Decider decider) {
  switch (decider) {
    case Decider::kNothing: return "nothing";
    case Decider::kRule: return "rule";
    case Decider::kPolicy: return "policy";
    case Decider::kRouting: return "routing";
    case Decider::kListener: return "listener";
  }
  return "";
}

std::string_view word_of_receiver(Receiver receiver) {
  switch (receiver) {
    case Receiver::kNobody: return "nobody";
    case Receiver::kListener: return "listener";
    case Receiver::kAssumed: return "assumed";
    case Receiver::kNoListener: return "no_listener";
    case Receiver::kKernel: return "kernel";
    case Receiver::kDockerProxy: return "docker_proxy";
    case Receiver::kBeyond: return "beyond";
  }
  return "";
}

}  // namespace

Json packet_json(const Packet& packet) {
  Json out = {{"protocol", name_of_protocol(packet.protocol)},
              {"source", packet.source.to_string()},
              {"destination", packet.destination.to_string()}};
  if (has_ports(packet.protocol)) {
    out["source_port"] = packet.source_port;
    out["destination_port"] = packet.destination_port;
  }
  if (packet.protocol == kIcmp || packet.protocol == kIcmp6) {
    out["icmp_type"] = packet.icmp_type;
    out["icmp_code"] = packet.icmp_code;
  }
  return out;
}

Json flow_json(const Flow& flow) {
  Json out = {{"title", title_of(flow)}, {"from", flow.from}, {"to", flow.to}};
  out["in_interface"] = flow.is_local() ? Json(nullptr) : Json(flow.in_interface);
  out["packet"] = packet_json(flow.packet);
  return out;
}

Json chain_json(const TracedHost& host, ChainIndex index) {
  const auto& chain = host.chain(index);
  return {{"backend", std::string(name_of(chain.backend))},
          {"family", chain.family == Family::kIpv4 ? "ipv4" : "ipv6"},
          {"table", chain.table},
          {"chain", chain.name}};
}

Json rule_json(const TracedHost& host, const RuleRef& ref) {
  auto out = chain_json(host, ref.chain);
  const auto& rule = host.rule(ref);
  out["number"] = ref.rule + 1;
  out["name"] = name_of(rule);
  out["text"] = rule.text;
  return out;
}

Json verdict_json(const FlowVerdict& verdict, const std::string& line, const TracedHost& host) {
  Json out = {{"outcome", std::string(word_of(verdict.outcome))},
              {"words", line},
              {"decided_by", std::string(word_of_decider(verdict.decider))},
              {"receiver", std::string(word_of_receiver(verdict.receiver))},
              {"receiver_name", verdict.receiver_name}};
  if (verdict.rule && verdict.decider == Decider::kRule) out["rule"] = rule_json(host, *verdict.rule);
  if (verdict.rule && verdict.decider == Decider::kPolicy) {
    out["policy"] = chain_json(host, verdict.rule->chain);
    out["policy"]["policy"] = host.chain(verdict.rule->chain).policy;
  }
  Json questions = Json::array();
  for (const auto& question : verdict.questions) {
    Json one = {{"on", question.on}};
    if (question.rule) one["rule"] = rule_json(host, *question.rule);
    questions.push_back(std::move(one));
  }
  out["depends_on"] = std::move(questions);
  return out;
}

Json place_json(const Place& place) {
  return {{"file", place.source ? place.source->name : ""}, {"line", place.line}, {"column", place.column}};
}

std::string document_of(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace pyfw
