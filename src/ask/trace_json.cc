#include "ask/trace_json.h"

#include "ask/json_parts.h"
#include "ask/packet_words.h"
#include "ask/verdict_words.h"

namespace pyfw {
namespace {

using Json = nlohmann::ordered_json;

std::string_view word_of(Hook hook) {
  switch (hook) {
    case Hook::kPrerouting: return "prerouting";
    case Hook::kInput: return "input";
    case Hook::kForward: return "forward";
    case Hook::kOutput: return "output";
    case Hook::kPostrouting: return "postrouting";
  }
  return "";
}

std::string_view word_of(LegRole role) {
  switch (role) {
    case LegRole::kRequest: return "request";
    case LegRole::kAnswer: return "answer";
    case LegRole::kRefusal: return "refusal";
    case LegRole::kProxied: return "proxied";
    case LegRole::kProxyAnswer: return "proxy_answer";
    case LegRole::kProxyRefusal: return "proxy_refusal";
  }
  return "";
}

std::string_view word_of(EndKind kind) {
  switch (kind) {
    case EndKind::kDelivered: return "delivered";
    case EndKind::kForwarded: return "forwarded";
    case EndKind::kSent: return "sent";
    case EndKind::kDropped: return "dropped";
    case EndKind::kRejected: return "rejected";
    case EndKind::kUnknown: return "unknown";
  }
  return "";
}

Json with_hook(std::string_view step, Hook hook, const Json& more) {
  Json out = {{"step", std::string(step)}, {"hook", std::string(word_of(hook))}};
  out.update(more);
  return out;
}

// Null for a step that only counts in the library.
Json step_json(const PathStep& step, const Path& path, const TracedHost& host) {
  switch (step.kind) {
    case StepKind::kMatched:
      return with_hook("rule", step.hook, rule_json(host, {.chain = step.chain, .rule = step.rule}));
    case StepKind::kPolicy: {
      auto chain = chain_json(host, step.chain);
      chain["policy"] = host.chain(step.chain).policy;
      return with_hook("policy", step.hook, chain);
    }
    case StepKind::kTranslated: {
      const auto& translation = path.translations[step.rule];
      return with_hook(
          "translation", step.hook,
          {{"before", packet_json(translation.before)}, {"after", packet_json(translation.after)}});
    }
    case StepKind::kRouted: {
      const auto& routing = path.routings[step.rule];
      Json out = {{"local", routing.type == RouteType::kLocal}, {"out_interface", routing.out_interface}};
      if (routing.gateway) out["gateway"] = routing.gateway->to_string();
      return with_hook("routing", step.hook, out);
    }
    case StepKind::kCopied: {
      const auto& end = path.copies[step.rule].ending;
      return with_hook("copy", step.hook,
                       {{"end", std::string(word_of(end.kind))}, {"out_interface", end.interface}});
    }
    case StepKind::kChain:
    case StepKind::kPassed:
    case StepKind::kReturned:
    case StepKind::kConntrack: break;
  }
  return nullptr;
}

Json leg_json(const Leg& leg, const TracedHost& host) {
  Json steps = Json::array();
  for (const auto& step : leg.path.steps)
    if (auto one = step_json(step, leg.path, host); !one.is_null()) steps.push_back(std::move(one));
  const auto& end = leg.path.ending;
  return {{"role", std::string(word_of(leg.role))},
          {"packet", packet_json(leg.packet)},
          {"in_interface", leg.in_interface.empty() ? Json(nullptr) : Json(leg.in_interface)},
          {"state", std::string(name_of(leg.path.last.state))},
          {"steps", std::move(steps)},
          {"end", std::string(word_of(end.kind))},
          {"out_interface", end.interface}};
}

Json branch_json(const FlowTrace& branch, const TracedHost& host) {
  Json supposed = Json::array();
  for (const auto& leg : branch.legs)
    for (const auto& question : leg.path.questions) {
      auto is = question.value.empty() ? "" : " is " + question.value;
      supposed.push_back({{"on", describe_question(host, question) + is}, {"holds", question.supposed}});
    }
  return {{"if", std::move(supposed)},
          {"verdict", verdict_json(branch.verdict, verdict_line(branch, host), host)}};
}

Json trace_json(const TracedFlow& traced, const TracedHost& host) {
  auto out = flow_json(traced.flow);
  Json legs = Json::array();
  for (const auto& leg : traced.trace.legs) legs.push_back(leg_json(leg, host));
  Json branches = Json::array();
  for (const auto& branch : traced.trace.branches) branches.push_back(branch_json(branch, host));
  out["legs"] = std::move(legs);
  out["branches"] = std::move(branches);
  out["verdict"] = verdict_json(traced.trace.verdict, verdict_line(traced.trace, host), host);
  return out;
}

}  // namespace

std::string as_json(std::span<const TracedFlow> flows, const Scene& scene) {
  Json list = Json::array();
  for (const auto& flow : flows) list.push_back(trace_json(flow, scene.traced));
  return document_of({{"version", 1}, {"flows", std::move(list)}});
}

}  // namespace pyfw
