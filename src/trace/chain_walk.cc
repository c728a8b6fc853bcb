// One builtin chain: its rules, and those of the chains that they jump to.

#include <algorithm>
#include <vector>

#include "trace/clouds.h"
#include "trace/journey.h"

namespace pyfw {
namespace {

// More than any kernel takes; where a state file's chains go round in a circle, this is the end of it.
constexpr std::size_t kMostJumps = 10000;
constexpr std::size_t kDeepest = 1000;

enum class Next : std::uint8_t { kRule, kAccepted, kEnded };

class ChainWalker {
 public:
  ChainWalker(Journey& journey, ChainIndex builtin)
      : journey_(journey), builtin_(builtin), chain_(builtin), key_(sieve_key(journey.now)) {}

  bool walk() {
    look();
    record(journey_, StepKind::kChain, 0, builtin_);
    for (;;) {
      auto next = look_for_match() ? take() : leave();
      if (next != Next::kRule) return next == Next::kAccepted;
    }
  }

 private:
  struct Return {
    ChainIndex chain;
    std::size_t rule;
  };

  // Moves on to the next rule that matches; false at the chain's end.
  bool look_for_match() {
    const auto& rules = journey_.host.rules[chain_];
    auto first = rule_;
    const auto& sieve = journey_.host.sieves[chain_];
    for (rule_ = sieve.next(key_, rule_); rule_ < rules.size(); rule_ = sieve.next(key_, rule_ + 1))
      if (does_match(rules[rule_])) break;
    if (first < rule_)
      journey_.path.steps.push_back({.kind = StepKind::kPassed,
                                     .hook = journey_.now.hook,
                                     .chain = chain_,
                                     .rule = static_cast<std::uint32_t>(first),
                                     .last = static_cast<std::uint32_t>(rule_ - 1)});
    return rule_ < rules.size();
  }

  bool does_match(const ChainRule& rule) {
    if (!journey_.clouds.empty()) {
      if (const auto* cloud = cloud_over(journey_, rule.compiled); cloud != nullptr)
        return ask(journey_, cloud->text, ref());
    }
    auto found = matches(rule.compiled, journey_.now, journey_.host.surroundings);
    if (found.answer != Answer::kDepends) return found.answer == Answer::kYes;
    return ask(journey_, std::string(found.on), ref());
  }

  [[nodiscard]] RuleRef ref() const { return {.chain = chain_, .rule = static_cast<std::uint32_t>(rule_)}; }

  // The target of the rule that matched.
  Next take() {
    record(journey_, StepKind::kMatched, rule_, chain_);
    const auto& rule = journey_.host.rules[chain_][rule_];
    return std::visit([&](const auto& target) { return act(target, rule); }, rule.compiled.target);
  }

  void look() {
    auto& path = journey_.path;
    if (journey_.choices.keeps_views)
      path.views.push_back({.step = path.steps.size(), .packet = journey_.now, .clouds = journey_.clouds});
  }

  // After a target that changed something.
  Next go_on_changed() {
    look();
    return go_on();
  }

  Next go_on() {
    ++rule_;
    return Next::kRule;
  }

  Next act(const Continue& /*target*/, const ChainRule& /*rule*/) { return go_on(); }
  Next act(const Accept& /*target*/, const ChainRule& /*rule*/) { return Next::kAccepted; }
  Next act(const Drop& /*target*/, const ChainRule& /*rule*/) {
    drop(journey_, DropReason::kRule, ref());
    return Next::kEnded;
  }
  Next act(const pyfw::Return& /*target*/, const ChainRule& /*rule*/) { return come_back(); }

  Next act(const JumpTo& jump, const ChainRule& rule) {
    if (++jumps_ > kMostJumps || returns_.size() >= kDeepest) return lose("-j " + jump.chain);
    // What is gone to returns to where its caller would have.
    if (!jump.is_goto) returns_.push_back({.chain = chain_, .rule = rule_ + 1});
    chain_ = rule.to;
    rule_ = 0;
    return Next::kRule;
  }

  Next act(const Reject& /*target*/, const ChainRule& /*rule*/) {
    drop(journey_, DropReason::kRule, ref());
    journey_.path.ending.kind = EndKind::kRejected;
    return Next::kEnded;
  }

  Next act(const Nat& nat, const ChainRule& /*rule*/) {
    auto rule = ref();
    if (settle(journey_, nat, rule)) return Next::kAccepted;
    if (!journey_.has_ended) drop(journey_, DropReason::kNoPortLeft, rule);
    return Next::kEnded;
  }

  Next act(const SetMark& mark, const ChainRule& /*rule*/) {
    if (!mark.of_connection) {
      journey_.now.mark = (journey_.now.mark & ~mark.clear) ^ mark.flip;
    } else if (auto& connection = journey_.now.connection; connection) {
      connection->mark = (connection->mark & ~mark.clear) ^ mark.flip;
    }
    return go_on_changed();
  }

  // As connmark_tg() does: only what both masks leave is copied.
  Next act(const CopyMark& copy, const ChainRule& /*rule*/) {
    auto& connection = journey_.now.connection;
    if (!connection) return go_on();
    auto& from = copy.to_connection ? journey_.now.mark : connection->mark;
    auto& to = copy.to_connection ? connection->mark : journey_.now.mark;
    to = (to & ~copy.to_mask) ^ (from & copy.from_mask);
    return go_on_changed();
  }

  // What conntrack has already is not untracked any more, nor what a CT target has met.
  Next act(const Untrack& /*target*/, const ChainRule& /*rule*/) {
    if (!journey_.now.connection && !journey_.is_tracked_anyway) journey_.now.state = CtState::kUntracked;
    key_ = sieve_key(journey_.now);
    return go_on_changed();
  }
  Next act(const TrackAnyway& /*target*/, const ChainRule& /*rule*/) {
    journey_.is_tracked_anyway = true;
    return go_on();
  }

  Next act(const ChangeTtl& change, const ChainRule& /*rule*/) {
    auto& ttl = journey_.now.packet.ttl;
    int wanted = change.value;
    if (change.kind == ChangeTtl::Kind::kIncrement) wanted = std::min(ttl + change.value, 255);
    if (change.kind == ChangeTtl::Kind::kDecrement) wanted = std::max(ttl - change.value, 0);
    ttl = static_cast<std::uint8_t>(wanted);
    return go_on_changed();
  }

  Next act(const ChangeTos& change, const ChainRule& /*rule*/) {
    auto& tos = journey_.now.packet.tos;
    tos = static_cast<std::uint8_t>((tos & ~change.clear) ^ change.flip);
    return go_on_changed();
  }

  Next act(const ChangeTcp& change, const ChainRule& /*rule*/) {
    constexpr std::uint8_t kNop = 1U << 1U;
    auto& packet = journey_.now.packet;
    if (packet.protocol != kTcp || packet.is_fragment) return go_on();
    packet.tcp_flags = static_cast<std::uint8_t>(packet.tcp_flags & ~change.cleared_flags);
    if ((packet.tcp_option_kinds & change.stripped_options) != 0)
      packet.tcp_option_kinds =
          static_cast<std::uint8_t>((packet.tcp_option_kinds & ~change.stripped_options) | kNop);
    return go_on_changed();
  }

  // tproxy_tg4(): a socket of that port that is transparent takes it; without one it is dropped.
  Next act(const TransparentProxy& proxy, const ChainRule& /*rule*/) {
    auto port = proxy.port != 0 ? proxy.port : journey_.now.packet.destination_port;
    auto rule = ref();
    if (!ask(journey_, "a transparent socket on port " + std::to_string(port), rule)) {
      drop(journey_, DropReason::kRule, rule);
      return Next::kEnded;
    }
    journey_.now.mark = (journey_.now.mark & ~proxy.mask) ^ proxy.mark;
    return Next::kAccepted;
  }

  Next act(const Unpredictable& target, const ChainRule& /*rule*/) {
    if (!target.goes_on) return lose(target.text);
    journey_.clouds.push_back(&target);
    return go_on_changed();
  }

  // What becomes of it then, nobody knows.
  Next lose(std::string on) {
    pyfw::lose(journey_, std::move(on), ref());
    return Next::kEnded;
  }

  // The end of the chain.
  Next leave() {
    if (chain_ != builtin_ || !returns_.empty()) record(journey_, StepKind::kReturned, rule_, chain_);
    return come_back();
  }

  Next come_back() {
    if (returns_.empty()) return meet_policy();
    chain_ = returns_.back().chain;
    rule_ = returns_.back().rule;
    returns_.pop_back();
    return Next::kRule;
  }

  Next meet_policy() {
    record(journey_, StepKind::kPolicy, 0, builtin_);
    if (journey_.host.chains[builtin_].policy != "DROP") return Next::kAccepted;
    drop(journey_, DropReason::kPolicy, RuleRef{.chain = builtin_, .rule = 0});
    return Next::kEnded;
  }

  Journey& journey_;
  ChainIndex builtin_;
  ChainIndex chain_;
  SieveKey key_;  // of what the packet is now
  std::size_t rule_ = 0;
  std::size_t jumps_ = 0;
  std::vector<Return> returns_{};
};

}  // namespace

bool walk_chain(Journey& journey, ChainIndex chain) { return ChainWalker(journey, chain).walk(); }

}  // namespace pyfw
