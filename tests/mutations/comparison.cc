#include "tests/mutations/comparison.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <ranges>

#include "prove/changed_for_tests.h"
#include "prove/end_kinds.h"
#include "tests/random/alone.h"
#include "tests/random/borders.h"
#include "tests/random/seen.h"
#include "trace/compiled_host.h"

namespace pyfw {
namespace {

std::vector<Field> free_fields() {
  auto out = kFree;
  out.insert(out.end(), {Field::kDestination, Field::kDestinationPort});
  return out;
}

bool is_untold(const Fates& fates) {
  return std::ranges::any_of(fates, [](const Fate& fate) { return fate.outcome == FlowOutcome::kDepends; });
}

// Whether those are the fates that the tracer tells of.
bool is_so(const Fates& fates, const Seen& seen, bool by_source) {
  if (outcomes_of(fates) != seen.outcomes) return false;
  if (!seen.nat) return true;
  const auto& [to, from] = *seen.nat;
  return fates.size() == 1 && fates.begin()->to == to && fates.begin()->from == (by_source ? from : "");
}

bool is_so(const Changed& line, const Seen& then, const Seen& now) {
  bool by_source = then.outcomes == now.outcomes && then.nat && now.nat && then.nat->first == now.nat->first;
  return is_so(line.before, then, by_source) && is_so(line.after, now, by_source);
}

std::string text_of(const Changed& changed) {
  std::string out;
  for (const auto* fates : {&changed.before, &changed.after}) {
    for (const auto& fate : *fates) out += word_of(fate.outcome) + " " + fate.to + " " + fate.from + " ";
    if (fates == &changed.before) out += "-> ";
  }
  return out + (changed.conditions.is_part ? "(part) " : "");
}

}  // namespace

Comparison::Comparison(HostForTests& made, const World& world, const Rules& before, const Rules& after,
                       bool are_open)
    : world_(world),
      are_open_(are_open),
      text_(before.rules + after.rules + before.sets + after.sets),
      is_tied_(text_.find("string") != std::string::npos),
      before_(side_of(made, world, before)),
      after_(side_of(made, world, after)) {}

Comparison::Side Comparison::side_of(HostForTests& made, const World& world, const Rules& rules) {
  put(made, world, rules);
  return {.host = made.traced(), .sets = made.state().state.sets};
}

std::optional<Wrong> Comparison::find(const Arrival& like) {
  difference_.emplace(before_.host, before_.sets, after_.host, after_.sets, world_.family,
                      like.in_interface.empty() ? Senders::kHost : Senders::kOthers,
                      are_open_ ? Compared::kNewAndOpen : Compared::kNew);
  auto found = difference_->of(like);
  if (!found) return Wrong{.what = found.error().message};
  found_ = *std::move(found);
  std::erase_if(found_, [&](const Changed& changed) { return changed.are_open != are_open_; });
  return std::nullopt;
}

// In a line, at one of its borders, beside it, or anywhere.
Arrival Comparison::draw(Borders& borders, const Arrival& like) const {
  auto out = like;
  borders.move_all(free_fields(), out.packet);
  if (found_.empty() || borders.below(4) == 0) return out;
  const auto& line = found_[borders.below(found_.size())];
  out = line.example;
  std::map<Field, Spans> spans = {{Field::kSource, line.sources}, {Field::kDestination, line.destinations}};
  if (!line.ports.empty()) spans[Field::kDestinationPort] = line.ports;
  spans.insert(line.conditions.only.begin(), line.conditions.only.end());
  for (const auto& [field, values] : spans)
    if (!values.empty() && borders.below(3) != 0) put_value(field, borders.point_in(values), out.packet);
  auto beside = std::next(spans.begin(), static_cast<std::ptrdiff_t>(borders.below(spans.size())));
  switch (borders.below(3)) {
    case 0: borders.move_one(free_fields(), out.packet); break;
    case 1:
      if (!beside->second.empty()) put_value(beside->first, borders.point_beside(beside->second), out.packet);
      break;
    default: break;
  }
  return out;
}

// Of all others nothing is said (docs/proofs.md). The host's own are made as they are sent.
bool Comparison::is_asked(Arrival& arrival) const {
  auto& packet = arrival.packet;
  const auto& host = before_.host;
  const auto& to = packet.destination;
  if (is_any(to) || is_multicast(to) || is_limited_broadcast(to)) return false;
  if (host.compiled().routes.in_local_table(to).type == RouteType::kBroadcast) return false;
  if (arrival.in_interface.empty()) {
    auto source = own_source(host, to);
    if (!source) return false;
    Packet usual;
    packet.source = *source;
    packet.source_port = 50123;
    packet.ttl = usual.ttl;
    packet.tos = usual.tos;
    packet.length = usual.length;
    // What talks to itself NAT gives a port by lot.
    return packet.source != to || packet.source_port != packet.destination_port;
  }
  const auto& from = packet.source;
  if (packet.ttl < 2 || is_loopback(to) || from == to || contains(beside(host, from), to)) return false;
  if (is_any(from) || is_multicast(from) || is_limited_broadcast(from)) return false;
  return entry_interface(host, from) == arrival.in_interface;
}

// What can't be told twice is one thing to the prover, and two to the tracer.
std::optional<Wrong> Comparison::wrong_of_open(const Arrival& packet) {
  auto then = later_seen_of(before_.host, before_.host, packet);
  auto now = later_seen_of(before_.host, after_.host, packet);
  bool is_told = !is_tied_ || (then.outcomes.size() <= 1 && now.outcomes.size() <= 1);
  if (then.is_cut || now.is_cut || !is_told) return std::nullopt;
  bool is_other = then.outcomes != now.outcomes;
  bool is_certain = then.outcomes.size() == 1 && now.outcomes.size() == 1;
  bool is_said = false;
  bool is_wrong = false;
  for (const auto& line : found_) {
    if (!covers(line, packet.packet)) continue;
    if (line.conditions.is_part || pyfw::is_untold(line.before) || pyfw::is_untold(line.after)) {
      ++drawn_.untold;
      return std::nullopt;
    }
    // NAT that is lost is a line, too.
    bool is_nat = outcomes_of(line.before) == outcomes_of(line.after);
    if (is_nat) return std::nullopt;
    is_said = true;
    is_wrong = is_wrong || !std::ranges::includes(then.outcomes, outcomes_of(line.before)) ||
               !std::ranges::includes(now.outcomes, outcomes_of(line.after));
  }
  if (!difference_->can_tell(packet.packet)) {
    ++drawn_.untold;
    return std::nullopt;
  }
  ++(is_other ? drawn_.changed : drawn_.same);
  if (!is_wrong && (is_said == is_other || (is_said && !is_certain))) return std::nullopt;
  return Wrong{.what = fmt::format("open: {}: {} and then {}, which {} said", text_of(packet), text_of(then),
                                   text_of(now), is_said ? "is" : "is not"),
               .packet = packet};
}

std::optional<Wrong> Comparison::wrong_of(const Arrival& packet) {
  if (are_open_) return wrong_of_open(packet);
  auto then = seen_of(before_.host, packet);
  auto now = seen_of(after_.host, packet);
  // The tracer asks the same match anew each time; the prover knows that it has one answer for each packet.
  bool is_told = !is_tied_ || (then.outcomes.size() == 1 && now.outcomes.size() == 1);
  if (then.is_cut || now.is_cut || !is_told) return std::nullopt;
  bool is_other = then.outcomes != now.outcomes || (then.nat && now.nat && then.nat != now.nat);
  if (!then.nat || !now.nat) then.nat = now.nat = std::nullopt;
  bool is_wrong = is_other;
  std::string said;
  auto lines = found_ | std::views::filter([&](const Changed& line) { return covers(line, packet.packet); });
  for (const auto& line : lines) {
    if (pyfw::is_untold(line.before) || pyfw::is_untold(line.after)) {
      ++drawn_.untold;
      return std::nullopt;
    }
    if (is_so(line, then, now)) is_wrong = false;
    said += text_of(line);
  }
  // Of some of the packets that a part names nothing is said.
  for (const auto& line : lines)
    if (!line.conditions.is_part) is_wrong = is_wrong || !is_so(line, then, now) || (!is_other && then.nat);
  ++(is_other ? drawn_.changed : drawn_.same);
  if (!is_wrong) return std::nullopt;
  auto alone_then = said_alone(before_.host, before_.sets, packet);
  auto alone_now = said_alone(after_.host, after_.sets, packet);
  if (alone_then.contains("depends") || alone_now.contains("depends")) {
    ++drawn_.untold;
    return std::nullopt;
  }
  return Wrong{
      .what = fmt::format("{}: {} and then {}; it is said: {}; of it alone: {} and then {}", text_of(packet),
                          text_of(then), text_of(now), said.empty() ? "no difference" : said,
                          fmt::join(alone_then, " or "), fmt::join(alone_now, " or ")),
      .packet = packet};
}

std::optional<Wrong> Comparison::wrong_of(const Arrival& like, const Arrival& packet) {
  if (auto gave_up = find(like)) return gave_up;
  return wrong_of(packet);
}

std::optional<Wrong> Comparison::first_wrong(const Arrival& like, int packets, std::uint64_t seed) {
  if (auto gave_up = find(like)) {
    // To open each connection anew takes more nodes than there are, where much can't be told.
    if (!are_open_ || !gave_up->what.contains("nodes")) return gave_up;
    drawn_.untold += packets;
    return std::nullopt;
  }
  Borders borders(world_, text_, before_.host.facts(), seed);
  constexpr int kTries = 10;
  for (int i = 0; i < packets; ++i)
    for (int j = 0; j < kTries; ++j)
      if (auto arrival = draw(borders, like); is_asked(arrival)) {
        if (auto wrong = wrong_of(arrival)) return wrong;
        break;
      }
  return std::nullopt;
}

}  // namespace pyfw
