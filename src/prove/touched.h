// The packets that a change can matter to: of all others the same becomes, for no rule that changes sees
// them. More than those, where NAT makes it hard to tell.
//
//   Touched touched(before, sets_before, after, sets_after, space);   // asks
//   space.settle();
//   reach.look_only_at(touched.packets());

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "nf/set.h"
#include "prove/asked_slot.h"
#include "prove/packet_space.h"
#include "prove/spans.h"
#include "trace/compiled_host.h"

namespace pyfw {

// Of whom: what comes in is asked for by INPUT and answered by OUTPUT, but what the host itself sends to
// itself passes both each way.
enum class Senders : std::uint8_t { kOthers, kHost, kAll };

class Touched {
 public:
  // The space must outlive it. The senders are the host, or others.
  Touched(const CompiledHost& before, std::span<const Set> sets_before, const CompiledHost& after,
          std::span<const Set> sets_after, PacketSpace& space, Senders senders);

  // How many rules are other ones, or in another place.
  [[nodiscard]] std::size_t rules() const { return rules_.size(); }
  [[nodiscard]] bool is_nothing() const { return rules_.empty() && !is_everything_; }
  // Of the settled space.
  Bdd::Node packets();

 private:
  // What one condition asks of either end: in any of these.
  using Either = std::vector<PacketSpace::Question>;
  struct Sets {
    std::span<const Set> before;
    std::span<const Set> after;
  };

  void compare(const CompiledHost& host, std::span<const Set> sets, const CompiledHost& other);
  void add_proxied(const CompiledHost& host);
  // Which of a flow's packets a rule may see.
  struct Sees {
    bool requests = true;
    bool answers = true;
  };
  [[nodiscard]] std::vector<Sees> seen_by_chains(const CompiledHost& host) const;
  // Of a rule that stays, but looks at a set that changes, the members that come or go; of one that is other
  // the members that there are on its host.
  void add_rule(const CompiledRule& rule, Sees sees, std::optional<std::span<const Set>> members);
  [[nodiscard]] std::optional<Either> ask(const Condition& condition, Sees sees,
                                          std::optional<std::span<const Set>> members);
  [[nodiscard]] std::optional<AskedSlot> asked_of_set(const InSet& in,
                                                      std::optional<std::span<const Set>> members) const;
  [[nodiscard]] bool looks_at_changed_set(const CompiledRule& rule) const;
  void add_images(const CompiledHost& host);

  PacketSpace& space_;
  Senders senders_;
  Sets sets_;
  Spans address_images_;  // what NAT, docker-proxy and errors put in the place of an end
  Spans port_images_;
  bool is_everything_ = false;
  bool is_untracked_ = false;                 // some packets, by a rule
  std::vector<std::string> filled_by_rules_;  // sets, so that nobody knows what is in them by then
  std::vector<std::vector<Either>> rules_;
};

}  // namespace pyfw
