#include "trace/story.h"

#include <utility>

#include "net/address_kinds.h"
#include "trace/answers.h"
#include "trace/bridge.h"
#include "trace/conntrack.h"
#include "trace/deciding_rule.h"
#include "trace/own_addresses.h"
#include "trace/refusals.h"

namespace pyfw {
namespace {

class Story {
 public:
  Story(const TracedHost& host, const Arrival& request, const FlowOptions& options, std::vector<bool> answers)
      : host_(host),
        request_(request),
        options_(options),
        answers_(std::move(answers)),
        connections_(request.connections.begin(), request.connections.end()) {}

  Told tell() && {
    follow_request();
    trace_.connections = std::move(connections_);
    return {.trace = std::move(trace_), .questions = std::move(questions_)};
  }

 private:
  // The roles of the packets of one connection: of the client's, or of docker-proxy's own.
  struct Roles {
    LegRole request;
    LegRole answer;
    LegRole refusal;
  };

  [[nodiscard]] const Path& path(std::size_t leg) const { return trace_.legs[leg].path; }
  FlowVerdict& verdict() { return trace_.verdict; }

  void follow_request() {
    Roles roles{LegRole::kRequest, LegRole::kAnswer, LegRole::kRefusal};
    auto leg = walk(roles.request, request_);
    if (is_unevaluated(leg, request_.packet.source) || !gets_through(leg, roles)) return;
    if (is_unevaluated(leg, path(leg).last.packet.destination)) return;
    auto reception = receiver_of(host_, path(leg));
    decide_listener(reception, path(leg));
    verdict().receiver = reception.receiver;
    verdict().receiver_name = reception.name;
    if (!is_taken(leg, reception, roles) || !is_answered(leg, roles)) return;
    if (reception.receiver == Receiver::kDockerProxy && !is_proxied(reception)) return;
    auto accepted = accepting_rule(host_, path(leg));
    verdict().outcome = FlowOutcome::kWorks;
    verdict().leg = leg;
    verdict().decider = accepted.decider;
    verdict().rule = accepted.rule;
  }

  bool is_unevaluated(std::size_t leg, const Ip& ip) {
    auto network = unevaluated_network(host_, ip);
    if (!network) return false;
    be(FlowOutcome::kDepends, leg, Decider::kNothing);
    verdict().questions = {OpenQuestion{.on = *network}};
    return true;
  }

  // Adds a leg, and returns its number.
  std::size_t walk(LegRole role, Arrival arrival) {
    if (role != LegRole::kRequest) arrival.connections = connections_;
    Choices choices{.answers = {}, .keeps_views = options_.keeps_views};
    if (questions_.size() < answers_.size())
      choices.answers.assign(answers_.begin() + static_cast<std::ptrdiff_t>(questions_.size()),
                             answers_.end());
    auto path = trace_packet(host_, arrival, choices);
    questions_.insert(questions_.end(), path.questions.begin(), path.questions.end());
    if (auto entry = entry_of(path)) connections_.insert(connections_.begin(), *entry);
    trace_.legs.push_back({.role = role,
                           .packet = arrival.packet,
                           .in_interface = arrival.in_interface,
                           .path = std::move(path)});
    return trace_.legs.size() - 1;
  }

  std::size_t add(LegRole role, const Path& path) {
    trace_.legs.push_back({.role = role, .packet = path.last.packet, .path = path});
    return trace_.legs.size() - 1;
  }

  void decide_listener(Reception& reception, const Path& at) {
    if (reception.receiver != Receiver::kAssumed || options_.assumes_listener) return;
    if (!has_ports(at.last.packet.protocol)) return;
    bool supposed = questions_.size() < answers_.size() && answers_[questions_.size()];
    questions_.push_back(
        {.on = "whether someone listens on port " + std::to_string(at.last.packet.destination_port),
         .supposed = supposed});
    if (!supposed) reception.receiver = Receiver::kNoListener;
  }

  // Whether the packet got to someone; the verdict says why not.
  bool gets_through(std::size_t leg, const Roles& roles) {
    const auto& ending = path(leg).ending;
    switch (ending.kind) {
      case EndKind::kUnknown:
        be(FlowOutcome::kDepends, leg, Decider::kNothing);
        verdict().questions = {path(leg).questions.back()};
        return false;
      case EndKind::kDropped: be_dropped(leg, roles); return false;
      case EndKind::kRejected: {
        auto rule = ending.rule;
        be(FlowOutcome::kDropped, leg, Decider::kRule);
        verdict().rule = rule;
        refuse(leg, roles, refusal_by_rule(host_, trace_.legs[leg]));
        return false;
      }
      default: return true;
    }
  }

  void be(FlowOutcome outcome, std::size_t leg, Decider decider) {
    verdict().outcome = outcome;
    verdict().leg = leg;
    verdict().decider = decider;
    verdict().rule.reset();
    verdict().reason = DropReason::kNone;
  }

  void be_dropped(std::size_t leg, const Roles& roles) {
    const auto ending = path(leg).ending;
    bool by_rule = ending.reason == DropReason::kRule;
    bool by_policy = ending.reason == DropReason::kPolicy;
    be(FlowOutcome::kDropped, leg,
       by_rule     ? Decider::kRule
       : by_policy ? Decider::kPolicy
                   : Decider::kRouting);
    verdict().rule = ending.rule;
    verdict().reason = ending.reason;
    if (ending.is_told) refuse(leg, roles, refusal_by_router(host_, trace_.legs[leg], ending.reason));
  }

  // Whoever gets it takes it: someone is there, and listens.
  bool is_taken(std::size_t leg, const Reception& reception, const Roles& roles) {
    if (reception.receiver == Receiver::kNobody) {
      be(FlowOutcome::kDropped, leg, Decider::kRouting);
      verdict().reason = DropReason::kNoNeighbour;
      refuse(leg, roles, refusal_by_router(host_, trace_.legs[leg], DropReason::kNoNeighbour));
      return false;
    }
    // A listener takes only a SYN, or what belongs to a connection.
    const auto& last = path(leg).last;
    bool begins = last.packet.protocol != kTcp || (last.packet.tcp_flags & (kSyn | kAck)) == kSyn ||
                  options_.is_open || request_.state == CtState::kEstablished;
    if (reception.receiver != Receiver::kNoListener && begins) return true;
    be(FlowOutcome::kDropped, leg, Decider::kListener);
    refuse(leg, roles, refusal_by_receiver(host_, path(leg)));
    return false;
  }

  // The verdict is that of the refusal's way: refused if it comes back, else dropped by what keeps it.
  void refuse(std::size_t leg, const Roles& roles, const Refusal& refusal) {
    if (refusal.is_immediate) {
      verdict().outcome = FlowOutcome::kRefused;
      return;
    }
    if (!refusal.arrival && !refusal.straight) return;
    auto cause = verdict();
    auto back =
        refusal.straight ? add(roles.refusal, *refusal.straight) : walk(roles.refusal, *refusal.arrival);
    if (!comes_back(back, leg, true)) return;
    cause.outcome = FlowOutcome::kRefused;
    verdict() = cause;
  }

  bool is_answered(std::size_t leg, const Roles& roles) {
    const auto& packet = path(leg).last.packet;
    if (is_multicast(packet.destination) || is_limited_broadcast(packet.destination)) return true;
    auto answer = answer_to(packet);
    if (!answer) return true;
    auto arrival = arrival_of_answer(host_, path(leg), *answer);
    return comes_back(walk(roles.answer, arrival), leg, false);
  }

  // Whether the leg ended where the other one began; the verdict says why not.
  bool comes_back(std::size_t leg, std::size_t to, bool is_error) {
    const auto& asked = trace_.legs[to];
    const auto& back = path(leg);
    bool is_own = asked.in_interface.empty() || asked.in_interface == "lo";
    Roles none{LegRole::kRefusal, LegRole::kRefusal, LegRole::kRefusal};
    if (back.ending.kind == EndKind::kRejected || back.ending.kind == EndKind::kDropped ||
        back.ending.kind == EndKind::kUnknown)
      return stays_away(leg, none);
    bool is_there =
        is_own ? back.ending.kind == EndKind::kDelivered : back.ending.kind != EndKind::kDelivered;
    if (is_there && is_expected(asked.path, asked.packet, back.last.packet, is_error)) return true;
    be(FlowOutcome::kDropped, leg, Decider::kRouting);
    verdict().reason = DropReason::kWrongAddress;
    return false;
  }

  // An answer that is dropped or rejected on its way: whoever asked hears nothing.
  bool stays_away(std::size_t leg, const Roles& roles) {
    const auto ending = path(leg).ending;
    if (ending.kind == EndKind::kUnknown) return gets_through(leg, roles);
    bool by_policy = ending.reason == DropReason::kPolicy;
    be(FlowOutcome::kDropped, leg,
       by_policy     ? Decider::kPolicy
       : ending.rule ? Decider::kRule
                     : Decider::kRouting);
    verdict().rule = ending.rule;
    verdict().reason = ending.reason;
    return false;
  }

  static bool is_expected(const Path& asked_way, const Packet& asked, const Packet& got, bool is_error) {
    // What the program asked with no source of its own got one under way.
    const auto& source = is_any(asked.source) ? first_source(asked_way, asked) : asked.source;
    if (got.destination != source) return false;
    // A reset has to come from who was asked, an ICMP error may be a router's.
    if (is_error && !has_ports(got.protocol)) return true;
    if (got.source != asked.destination) return false;
    return !has_ports(asked.protocol) ||
           (got.source_port == asked.destination_port && got.destination_port == asked.source_port);
  }

  static const Ip& first_source(const Path& way, const Packet& asked) {
    for (const auto& translation : way.translations) return translation.before.source;
    return way.ending.kind == EndKind::kDropped ? asked.source : way.last.packet.source;
  }

  // docker-proxy opens a connection of its own, from the bridge's gateway address.
  bool is_proxied(const Reception& reception) {
    if (reception.container == nullptr) return true;
    auto arrival = arrival_of_proxy(host_, reception, trace_.legs[0].packet);
    if (!arrival) return true;
    Roles roles{LegRole::kProxied, LegRole::kProxyAnswer, LegRole::kProxyRefusal};
    auto leg = walk(roles.request, *arrival);
    if (!gets_through(leg, roles)) return false;
    auto inner = receiver_of(host_, path(leg));
    return is_taken(leg, inner, roles) && is_answered(leg, roles);
  }

  const TracedHost& host_;
  const Arrival& request_;
  const FlowOptions& options_;
  std::vector<bool> answers_;
  FlowTrace trace_{};
  std::vector<OpenQuestion> questions_{};
  std::vector<Connection> connections_;
};

}  // namespace

Told tell_story(const TracedHost& host, const Arrival& request, const FlowOptions& options,
                std::vector<bool> answers) {
  return Story(host, request, options, std::move(answers)).tell();
}

}  // namespace pyfw
