#include "ask/trace_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "ask/chain_words.h"
#include "ask/ink.h"
#include "ask/packet_words.h"
#include "ask/verdict_words.h"
#include "base/strings.h"
#include "show/rule_words.h"

namespace pyfw {
namespace {

std::string_view name_of_hook(Hook hook) {
  switch (hook) {
    case Hook::kPrerouting: return "PREROUTING";
    case Hook::kInput: return "INPUT";
    case Hook::kForward: return "FORWARD";
    case Hook::kOutput: return "OUTPUT";
    case Hook::kPostrouting: return "POSTROUTING";
  }
  return "";
}

std::string_view heading_of(LegRole role) {
  switch (role) {
    case LegRole::kRequest: return "request";
    case LegRole::kAnswer: return "answer";
    case LegRole::kRefusal: return "refusal";
    case LegRole::kProxied: return "docker-proxy connects to the container";
    case LegRole::kProxyAnswer: return "the container answers docker-proxy";
    case LegRole::kProxyRefusal: return "the container refuses docker-proxy";
  }
  return "";
}

// Where a line stands, and what it says.
struct Row {
  std::string left;
  std::string right;
  bool is_dim = false;  // was looked at, and did not matter
};

class LegPage {
 public:
  LegPage(const Leg& leg, const TracedHost& host, Detail detail, const Ink& ink)
      : leg_(leg), host_(host), detail_(detail), ink_(ink) {}

  std::string write() {
    out_ = ink_.bold(heading_of(leg_.role)) + escape_control(": " + how_it_begins()) + '\n';
    for (const auto& step : leg_.path.steps) {
      if (step.hook != hook_ || !has_hook_) close_hook(step.hook);
      add(step);
    }
    close_hook(hook_);
    out_ += escape_control(ending_words(leg_.path.ending)) + '\n';
    return std::move(out_);
  }

 private:
  [[nodiscard]] std::string how_it_begins() const {
    auto where =
        leg_.in_interface.empty() ? std::string("from this host") : "comes in by " + leg_.in_interface;
    return fmt::format("{}, {}, {}", ends_of(leg_.packet), where, name_of(leg_.path.last.state));
  }

  void close_hook(Hook next) {
    if (!rows_.empty()) {
      out_ += std::string(name_of_hook(hook_)) + '\n';
      std::size_t width = 0;
      for (const auto& row : rows_) width = std::max(width, row.left.size());
      for (const auto& row : rows_) {
        auto line = fmt::format("  {:<{}}  {}", row.left, width, row.right);
        while (line.ends_with(' ')) line.pop_back();
        out_ += (row.is_dim ? ink_.dim(line) : line) + '\n';
      }
    }
    rows_.clear();
    hook_ = next;
    has_hook_ = true;
  }

  void add_row(const std::string& left, const std::string& right, bool is_dim = false) {
    rows_.push_back({.left = escape_control(left), .right = escape_control(right), .is_dim = is_dim});
  }

  void add(const PathStep& step) {
    switch (step.kind) {
      case StepKind::kChain: break;
      case StepKind::kPassed:
        if (detail_ == Detail::kAll)
          for (auto rule = step.rule; rule <= step.last; ++rule)
            add_rule({.chain = step.chain, .rule = rule}, true);
        break;
      case StepKind::kMatched: add_rule({.chain = step.chain, .rule = step.rule}, false); break;
      case StepKind::kReturned:
        if (detail_ == Detail::kAll) add_row(name_of_chain(host_, step.chain), "ends: back", true);
        break;
      case StepKind::kPolicy: add_policy(step.chain); break;
      case StepKind::kConntrack:
        if (detail_ == Detail::kAll)
          add_row("conntrack", std::string(name_of(static_cast<CtState>(step.rule))), true);
        break;
      case StepKind::kTranslated: add_translation(leg_.path.translations[step.rule]); break;
      case StepKind::kRouted: add_routing(leg_.path.routings[step.rule]); break;
      case StepKind::kCopied: add_row("a copy", ending_words(leg_.path.copies[step.rule].ending)); break;
    }
  }

  void add_rule(const RuleRef& ref, bool is_dim) {
    const auto& rule = host_.rule(ref);
    auto name = name_of(rule);
    add_row(name_of_rule(host_, ref), (name.empty() ? "" : name + ": ") + text_beside_name(rule), is_dim);
    if (is_dim) return;
    auto target = target_of(rule);
    auto words = words_for_chain(host_.chain(ref.chain).table, target);
    if (!words.empty()) add_row("", fmt::format("({} is {})", target, words));
  }

  // The policies that say yes to whatever comes are worth a line only where packets are filtered.
  void add_policy(ChainIndex index) {
    const auto& chain = host_.chain(index);
    bool matters = chain.policy != "ACCEPT" || chain.table == "filter" || detail_ == Detail::kAll;
    if (matters) add_row(name_of_chain(host_, index), "policy " + chain.policy);
  }

  void add_translation(const Translation& translation) {
    add_row("becomes", ends_of(translation.after) +
                           (translation.rule ? "" : ", as the connection's first packet was translated"));
  }

  void add_routing(const Routing& routing) {
    auto again = routing.again ? ", once more" : "";
    if (routing.type == RouteType::kLocal)
      return add_row("routed", fmt::format("to this host itself{}", again));
    if (routing.out_interface.empty()) return add_row("routed", fmt::format("nowhere{}", again));
    add_row("routed", fmt::format("by {}{}{}", routing.out_interface,
                                  routing.gateway ? ", gateway " + routing.gateway->to_string() : "", again));
  }

  static std::string ending_words(const Ending& end) {
    switch (end.kind) {
      case EndKind::kDelivered: return "delivered to this host";
      case EndKind::kForwarded:
      case EndKind::kSent: return "leaves by " + end.interface;
      case EndKind::kDropped:
        return end.rule || end.reason == DropReason::kNone ? "dropped"
                                                           : fmt::format("dropped: {}", words_of(end.reason));
      case EndKind::kRejected: return "refused";
      case EndKind::kUnknown: return "what becomes of it can't be told";
    }
    return "";
  }

  const Leg& leg_;
  const TracedHost& host_;
  Detail detail_;
  const Ink& ink_;
  std::string out_;
  std::vector<Row> rows_;
  Hook hook_ = Hook::kPrerouting;
  bool has_hook_ = false;
};

std::string painted(const FlowTrace& trace, const TracedHost& host, const Ink& ink) {
  auto line = escape_control(verdict_line(trace, host));
  switch (trace.verdict.outcome) {
    case FlowOutcome::kWorks: return ink.green(line);
    case FlowOutcome::kRefused:
    case FlowOutcome::kDropped: return ink.red(line);
    case FlowOutcome::kDepends: return ink.yellow(line);
  }
  return line;
}

std::string supposed_of(const FlowTrace& branch, const TracedHost& host) {
  std::vector<std::string> supposed;
  for (const auto& leg : branch.legs)
    for (const auto& question : leg.path.questions) {
      // Of several values only one is it.
      if (!question.value.empty() && !question.supposed) continue;
      auto is = !question.value.empty() ? "is " + question.value
                : question.supposed     ? "holds"
                                        : "does not hold";
      supposed.push_back(describe_question(host, question) + " " + is);
    }
  return join(supposed, ", ");
}

}  // namespace

std::string as_text(const FlowTrace& trace, const Flow& flow, const TracedHost& host, Detail detail,
                    bool colour) {
  Ink ink(colour);
  auto out = ink.bold(escape_control(title_of(flow))) + "\n\n";
  for (const auto& leg : trace.legs) out += LegPage(leg, host, detail, ink).write() + '\n';
  for (const auto& branch : trace.branches)
    out += fmt::format("if {}: {}\n", escape_control(supposed_of(branch, host)),
                       escape_control(verdict_line(branch, host)));
  return out + painted(trace, host, ink) + '\n';
}

}  // namespace pyfw
