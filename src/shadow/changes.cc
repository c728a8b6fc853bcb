#include "shadow/changes.h"

#include "base/overloaded.h"

namespace pyfw {
namespace {

using Way = Aftermath::Way;

LookSet set_of(std::initializer_list<Look> some) {
  LookSet out;
  for (auto look : some) out.add(look);
  return out;
}

LookSet of_connections() {
  return set_of({Look::kHasConnection, Look::kCtState, Look::kConnmark, Look::kOriginalDestination,
                 Look::kOriginalSource, Look::kReplyDestination, Look::kReplySource,
                 Look::kOriginalDestinationPort, Look::kOriginalSourcePort, Look::kReplyDestinationPort,
                 Look::kReplySourcePort, Look::kCtStatus, Look::kCtDirection, Look::kCtProtocol});
}

// TCPMSS adds the option where there is none, which makes the packet longer.
Aftermath of_continue(std::string_view text) {
  bool is_mss = text.find("-j TCPMSS") != std::string_view::npos;
  return {.looks = is_mss ? set_of({Look::kTcpOptions, Look::kLength}) : LookSet()};
}

Aftermath of_unpredictable(const Unpredictable& target) {
  if (target.goes_on) return {.looks = target.changes_mark ? set_of({Look::kMark}) : LookSet()};
  // What a program lets pass goes on behind the table.
  bool is_queue = target.text.starts_with("-j NFQUEUE") || target.text.starts_with("-j QUEUE");
  if (is_queue) return {.way = Way::kEnds};
  return {.way = Way::kUnknown, .looks = all_changes()};
}

// value = (value & ~clear) ^ flip, bit by bit. What is flipped but not cleared is not followed.
Bdd::Node with_bits(Looks& looks, Bdd::Node packets, Look look, std::uint32_t clear, std::uint32_t flip) {
  auto& bdd = looks.bdd();
  for (unsigned bit = 0; bit < 32; ++bit) {
    bool is_cleared = (clear >> bit & 1U) != 0;
    bool is_flipped = (flip >> bit & 1U) != 0;
    if (!is_cleared && !is_flipped) continue;
    packets = looks.whatever(packets, look, bit);
    if (!is_cleared) continue;
    auto is_set = looks.variable(look, bit);
    packets = is_flipped ? bdd.both(packets, is_set) : bdd.without(packets, is_set);
  }
  return packets;
}

// to = (to & ~to_mask) ^ (from & from_mask)
Bdd::Node with_copied(Looks& looks, Bdd::Node packets, const CopyMark& copy) {
  auto& bdd = looks.bdd();
  auto from = copy.to_connection ? Look::kMark : Look::kConnmark;
  auto to = copy.to_connection ? Look::kConnmark : Look::kMark;
  for (unsigned bit = 0; bit < 32; ++bit) {
    bool is_cleared = (copy.to_mask >> bit & 1U) != 0;
    bool is_copied = (copy.from_mask >> bit & 1U) != 0;
    if (!is_cleared && !is_copied) continue;
    packets = looks.whatever(packets, to, bit);
    if (!is_cleared) continue;
    auto becomes = is_copied ? looks.variable(from, bit) : Bdd::kNone;
    auto is_set = looks.variable(to, bit);
    auto differs = bdd.either(bdd.without(is_set, becomes), bdd.without(becomes, is_set));
    packets = bdd.without(packets, differs);
  }
  return packets;
}

}  // namespace

LookSet all_changes() {
  LookSet out;
  for (std::size_t i = 0; i < kLooks; ++i) out.add(static_cast<Look>(i));
  return out;
}

Aftermath change_by(const CompiledRule& rule, std::string_view text) {
  auto out = std::visit(
      Overloaded{
          [&](const Continue&) { return of_continue(text); },
          [](const Return&) { return Aftermath{.way = Way::kReturns}; },
          [](const JumpTo&) { return Aftermath{.way = Way::kJumps}; },
          [](const SetMark& mark) {
            return Aftermath{.looks = set_of({mark.of_connection ? Look::kConnmark : Look::kMark})};
          },
          [](const CopyMark& copy) {
            return Aftermath{.looks = set_of({copy.to_connection ? Look::kConnmark : Look::kMark})};
          },
          [](const Untrack&) { return Aftermath{.looks = of_connections()}; },
          [](const TrackAnyway&) { return Aftermath{.looks = of_connections()}; },
          [](const ChangeTtl&) { return Aftermath{.looks = set_of({Look::kTtl})}; },
          [](const ChangeTos&) { return Aftermath{.looks = set_of({Look::kTos})}; },
          [](const ChangeTcp&) { return Aftermath{.looks = set_of({Look::kTcpFlags, Look::kTcpOptions})}; },
          [](const Unpredictable& target) { return of_unpredictable(target); },
          [](const auto&) { return Aftermath{.way = Way::kEnds}; }},
      rule.target);
  if (text.find("--restore-skmark") != std::string_view::npos) {
    out.is_of_match_too = true;
    out.looks.add(Look::kMark);
  }
  return out;
}

Bdd::Node packets_after(const Aftermath& change, const Target& target, Bdd::Node packets, Looks& looks) {
  if (packets == Bdd::kNone || change.looks.empty()) return packets;
  if (change.way == Way::kUnknown) return looks.everything();
  auto& bdd = looks.bdd();
  // Whatever was answered about the packet, the kernel may have looked at what changes now.
  packets = looks.whatever_is_free(packets);
  // Nothing happens to the marks of a connection that is not there.
  auto connected = bdd.both(packets, looks.holds(Look::kHasConnection));
  auto anything = [&] { return bdd.both(looks.whatever(packets, change.looks), looks.everything()); };
  return std::visit(
      Overloaded{
          [&](const SetMark& mark) {
            auto some = mark.of_connection ? connected : packets;
            auto after = with_bits(looks, some, mark.of_connection ? Look::kConnmark : Look::kMark,
                                   mark.clear, mark.flip);
            return bdd.either(after, bdd.without(packets, some));
          },
          [&](const CopyMark& copy) {
            auto after = with_copied(looks, connected, copy);
            return bdd.either(after, bdd.without(packets, connected));
          },
          [&](const ChangeTos& tos) { return with_bits(looks, packets, Look::kTos, tos.clear, tos.flip); },
          [&](const ChangeTtl& ttl) {
            if (ttl.kind != ChangeTtl::Kind::kSet) return anything();
            return with_bits(looks, packets, Look::kTtl, 0xff, ttl.value);
          },
          [&](const auto&) { return anything(); }},
      target);
}

}  // namespace pyfw
