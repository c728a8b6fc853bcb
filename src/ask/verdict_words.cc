#include "ask/verdict_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/contains.h"
#include "base/strings.h"
#include "net/protocol.h"
#include "show/rule_words.h"

namespace pyfw {
namespace {

bool has_both_backends(const TracedHost& host) {
  for (std::size_t i = 1; i < host.chain_count(); ++i)
    if (host.chain(static_cast<ChainIndex>(i)).backend != host.chain(0).backend) return true;
  return false;
}

std::string on_the_way_of(const FlowTrace& trace) {
  auto leg = trace.verdict.leg;
  if (leg >= trace.legs.size()) return "";
  switch (trace.legs[leg].role) {
    case LegRole::kRequest: return "";
    case LegRole::kAnswer: return ", on the answer's way back";
    case LegRole::kRefusal: return ", the refusal on its way back";
    case LegRole::kProxied: return ", on docker-proxy's way to the container";
    case LegRole::kProxyAnswer: return ", on the container's way back to docker-proxy";
    case LegRole::kProxyRefusal: return ", the container's refusal on its way back to docker-proxy";
  }
  return "";
}

std::string port_of(const FlowTrace& trace) {
  if (trace.legs.empty()) return "there";
  auto leg = std::min(trace.verdict.leg, trace.legs.size() - 1);
  const auto& packet = trace.legs[leg].path.last.packet;
  if (!has_ports(packet.protocol)) return "there for " + name_of_protocol(packet.protocol);
  return fmt::format("on port {}/{}", packet.destination_port, name_of_protocol(packet.protocol));
}

std::string receiver_words(const FlowTrace& trace) {
  const auto& verdict = trace.verdict;
  const auto& name = verdict.receiver_name;
  switch (verdict.receiver) {
    case Receiver::kListener: return fmt::format("; {} listens", name.empty() ? "something" : name);
    case Receiver::kAssumed:
      return name.empty() ? "; supposed that something listens"
                          : fmt::format("; supposed that {} listens", name);
    case Receiver::kKernel: return "; the kernel answers";
    case Receiver::kDockerProxy: return "; docker-proxy hands it on";
    case Receiver::kNobody:
    case Receiver::kNoListener:
    case Receiver::kBeyond: return "";
  }
  return "";
}

std::string by_rule_or_policy(const FlowVerdict& verdict, const TracedHost& host) {
  if (verdict.decider == Decider::kRule && verdict.rule) return "by " + describe_rule(host, *verdict.rule);
  if (verdict.decider == Decider::kPolicy && verdict.rule) {
    auto chain = verdict.rule->chain;
    return fmt::format("by the policy {} of {}", host.chain(chain).policy, name_of_chain(host, chain));
  }
  return "";
}

std::string reason_of_depends(const FlowTrace& trace, const TracedHost& host) {
  std::vector<std::string> questions;
  for (const auto& question : trace.verdict.questions) questions.push_back(describe_question(host, question));
  std::vector<std::string> outcomes;
  for (const auto& branch : trace.branches) {
    std::string word(word_of(branch.verdict.outcome));
    if (!contains(outcomes, word)) outcomes.push_back(std::move(word));
  }
  auto out = questions.empty() ? "on what can't be told" : "on " + join(questions, " and on ");
  return outcomes.empty() ? out : fmt::format("{}: {}", out, join(outcomes, " or "));
}

}  // namespace

std::string_view word_of(FlowOutcome outcome) {
  switch (outcome) {
    case FlowOutcome::kWorks: return "works";
    case FlowOutcome::kRefused: return "refused";
    case FlowOutcome::kDropped: return "dropped";
    case FlowOutcome::kDepends: return "depends";
  }
  return "";
}

std::string name_of_chain(const TracedHost& host, ChainIndex index) {
  const auto& chain = host.chain(index);
  return fmt::format("{}{}{} {}", has_both_backends(host) ? std::string(name_of(chain.backend)) + " " : "",
                     chain.family == Family::kIpv6 ? "ip6tables " : "", chain.table, chain.name);
}

std::string name_of_rule(const TracedHost& host, const RuleRef& ref) {
  return fmt::format("{} {}", name_of_chain(host, ref.chain), ref.rule + 1);
}

std::string describe_rule(const TracedHost& host, const RuleRef& ref) {
  const auto& rule = host.rule(ref);
  auto name = name_of(rule);
  return fmt::format("{}, {}{}", name_of_rule(host, ref), name.empty() ? "" : name + ": ",
                     text_beside_name(rule));
}

std::string_view words_of(DropReason reason) {
  switch (reason) {
    case DropReason::kNone: return "";
    case DropReason::kRule: return "a rule drops it";
    case DropReason::kPolicy: return "a policy drops it";
    case DropReason::kMartianSource: return "nobody may send from such an address here (a martian source)";
    case DropReason::kMartianDestination:
      return "127.0.0.0/8 can't be reached from outside (route_localnet is 0)";
    case DropReason::kReversePath: return "the way back to its source is by another interface (rp_filter)";
    case DropReason::kNoForwarding: return "this host does not forward (ip_forward is 0)";
    case DropReason::kTtl: return "its time to live is over";
    case DropReason::kNoRoute: return "no route leads there";
    case DropReason::kBlackhole: return "a blackhole route leads there";
    case DropReason::kUnreachable: return "an unreachable route leads there";
    case DropReason::kProhibit: return "a prohibit route leads there";
    case DropReason::kNoPortLeft: return "NAT finds no port that is free";
    case DropReason::kNotForUs: return "it is a broadcast or multicast that nobody here wants";
    case DropReason::kNoHairpin:
      return "the port of the bridge gives nothing back, it is not in hairpin mode";
    case DropReason::kNoNeighbour: return "nobody has that address, as far as Docker knows";
    case DropReason::kWrongAddress: return "the answer comes from another address than was asked";
    case DropReason::kStaysOnLink: return "its source is of the link alone (fe80::/10), and stays on it";
    case DropReason::kMasqueradeMoved:
      return "MASQUERADE gave it the address of another interface than it would leave by now";
    case DropReason::kInterfaceDown: return "the interface is down";
  }
  return "";
}

std::string describe_question(const TracedHost& host, const OpenQuestion& question) {
  if (!question.rule) return question.on;
  auto name = name_of(host.rule(*question.rule));
  return fmt::format("{} ({}{})", question.on, name_of_rule(host, *question.rule),
                     name.empty() ? "" : ", " + name);
}

std::string reason_of(const FlowTrace& trace, const TracedHost& host) {
  const auto& verdict = trace.verdict;
  if (verdict.outcome == FlowOutcome::kDepends) return reason_of_depends(trace, host);
  auto decided = by_rule_or_policy(verdict, host);
  if (verdict.outcome == FlowOutcome::kWorks)
    return (decided.empty() ? "nothing stands in the way" : "accepted " + decided) + receiver_words(trace);
  if (decided.empty())
    decided = verdict.decider == Decider::kListener ? "nothing listens " + port_of(trace)
                                                    : std::string(words_of(verdict.reason));
  return decided + on_the_way_of(trace);
}

std::string verdict_line(const FlowTrace& trace, const TracedHost& host) {
  auto reason = reason_of(trace, host);
  auto word = word_of(trace.verdict.outcome);
  if (reason.empty()) return std::string(word);
  bool reads_on = reason.starts_with("by ") || reason.starts_with("on ");
  return fmt::format("{}{} {}", word, reads_on ? "" : ":", reason);
}

}  // namespace pyfw
