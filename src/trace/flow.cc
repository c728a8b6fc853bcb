#include "trace/flow.h"

#include <algorithm>
#include <set>

#include "trace/story.h"

namespace pyfw {
namespace {

using Outcomes = std::set<FlowOutcome>;

bool is_same(const OpenQuestion& a, const OpenQuestion& b) { return a.rule == b.rule && a.on == b.on; }

void add_once(std::vector<OpenQuestion>& questions, const OpenQuestion& question) {
  bool is_there = std::ranges::any_of(questions, [&](const auto& known) { return is_same(known, question); });
  if (!is_there) questions.push_back(question);
}

// Goes through all answers to the open questions, and finds those that make a difference.
class Explorer {
 public:
  Explorer(const TracedHost& host, const Arrival& request, const FlowOptions& options)
      : host_(host), request_(request), options_(options) {}

  FlowTrace explore() && {
    auto outcomes = explore(std::vector<bool>{});
    auto out = std::move(stories_.front());
    if (outcomes.size() == 1 && *outcomes.begin() != FlowOutcome::kDepends && !is_cut_) return out;
    auto branches = std::move(stories_);
    branches.front() = out;
    out.branches = std::move(branches);
    out.verdict = {.outcome = FlowOutcome::kDepends, .questions = is_cut_ ? all_ : decisive_};
    return out;
  }

 private:
  Outcomes explore(std::vector<bool> answers) {
    if (stories_.size() >= options_.branch_limit) {
      is_cut_ = true;
      return {};
    }
    auto given = answers.size();
    auto told = tell_story(host_, request_, options_, std::move(answers));
    for (const auto& question : told.questions) add_once(all_, question);
    for (const auto& question : told.trace.verdict.questions) add_once(decisive_, question);
    Outcomes outcomes = {told.trace.verdict.outcome};
    stories_.push_back(std::move(told.trace));
    // From the last question on: what follows from a yes instead of the no?
    for (auto i = told.questions.size(); i-- > given;) {
      if (told.questions[i].supposed) continue;
      std::vector<bool> other;
      for (std::size_t j = 0; j < i; ++j) other.push_back(told.questions[j].supposed);
      other.push_back(true);
      auto then = explore(std::move(other));
      if (then != outcomes) add_once(decisive_, told.questions[i]);
      outcomes.insert(then.begin(), then.end());
    }
    return outcomes;
  }

  const TracedHost& host_;
  const Arrival& request_;
  const FlowOptions& options_;
  std::vector<FlowTrace> stories_{};
  std::vector<OpenQuestion> decisive_{};
  std::vector<OpenQuestion> all_{};
  bool is_cut_ = false;
};

}  // namespace

Arrival later_request(const Arrival& first, const FlowTrace& opening) {
  auto later = first;
  if (later.packet.protocol == kTcp) later.packet.tcp_flags = kAck;
  later.connections = opening.connections;
  return later;
}

FlowTrace trace_flow(const TracedHost& host, const Arrival& request, const FlowOptions& options) {
  return Explorer(host, request, options).explore();
}

}  // namespace pyfw
