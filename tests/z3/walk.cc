#include "tests/z3/walk.h"

#include <algorithm>

#include "tests/z3/matching.h"

namespace z3check {
namespace {

class Walker {
 public:
  Walker(const Numbers& numbers, const Table& table, const std::vector<Set>& sets, Packet& packet)
      : numbers_(numbers), table_(table), sets_(sets), packet_(packet), out_{.passes = numbers.is(false)} {}

  Walked walk(const Chain& chain, const z3::expr& coming) && {
    auto at_end = run(chain, coming);
    if (chain.policy == "ACCEPT") out_.passes = either(out_.passes, at_end);
    return std::move(out_);
  }

 private:
  // Those of them that come back from the chain, by its end or a RETURN.
  z3::expr run(const Chain& chain, const z3::expr& coming) {
    auto here = coming;
    auto back = numbers_.is(false);
    for (const auto& rule : chain.rules) {
      if (here.is_false()) break;
      auto matched = both(here, does_match(numbers_, sets_, rule, packet_));
      if (matched.is_false()) continue;
      auto goes_on = std::visit([&](const auto& target) { return act(target, matched, back); }, rule.target);
      here = either(without(here, matched), goes_on);
    }
    return either(back, here);
  }

  // Those that go on to the next rule.
  z3::expr act(const GoOn& /*target*/, const z3::expr& matched, z3::expr& /*back*/) { return matched; }
  z3::expr act(const Accept& /*target*/, const z3::expr& matched, z3::expr& /*back*/) {
    out_.passes = either(out_.passes, matched);
    return numbers_.is(false);
  }
  z3::expr act(const Drop& /*target*/, const z3::expr& /*matched*/, z3::expr& /*back*/) {
    return numbers_.is(false);
  }
  z3::expr act(const Return& /*target*/, const z3::expr& matched, z3::expr& back) {
    back = either(back, matched);
    return numbers_.is(false);
  }
  z3::expr act(const Reject& target, const z3::expr& matched, z3::expr& /*back*/) {
    out_.rejected.emplace_back(target.with, matched);
    return numbers_.is(false);
  }
  // After a goto the packet comes back to where the chain itself was called from.
  z3::expr act(const Jump& target, const z3::expr& matched, z3::expr& back) {
    auto returned = run(*std::ranges::find(table_.chains, target.chain, &Chain::name), matched);
    if (!target.is_goto) return returned;
    back = either(back, returned);
    return numbers_.is(false);
  }
  z3::expr act(const SetMark& target, const z3::expr& matched, z3::expr& /*back*/) {
    auto& mark = target.is_connection ? packet_.connection_mark : packet_.mark;
    auto changed = (mark & numbers_.number(~target.mask, 32)) ^ numbers_.number(target.value, 32);
    mark = if_then_else(matched, changed.simplify(), mark);
    return matched;
  }
  z3::expr act(const SetTtl& target, const z3::expr& matched, z3::expr& /*back*/) {
    packet_.ttl =
        if_then_else(matched, numbers_.number(static_cast<std::uint64_t>(target.value), 8), packet_.ttl);
    return matched;
  }
  // xt_CT leaves alone what has a connection already.
  z3::expr act(const Untrack& /*target*/, const z3::expr& matched, z3::expr& /*back*/) {
    if (packet_.tracked == Tracked::kNothing) packet_.is_untracked = either(packet_.is_untracked, matched);
    return matched;
  }
  z3::expr act(const Translate& target, const z3::expr& matched, z3::expr& /*back*/) {
    out_.translated.emplace_back(target, matched);
    return numbers_.is(false);
  }

  const Numbers& numbers_;
  const Table& table_;
  const std::vector<Set>& sets_;
  Packet& packet_;
  Walked out_;
};

}  // namespace

Walked walk(const Numbers& numbers, const Ruleset& rules, const std::vector<Set>& sets,
            const std::string& table, const std::string& chain, const z3::expr& coming, Packet& packet) {
  auto in = std::ranges::find(rules.tables, table, &Table::name);
  if (in != rules.tables.end())
    if (auto found = std::ranges::find(in->chains, chain, &Chain::name); found != in->chains.end())
      return Walker(numbers, *in, sets, packet).walk(*found, coming);
  return {.passes = coming};
}

}  // namespace z3check
