// What two states of one host make of the same packets, and where that is not the same.
//
//   Difference difference(before, sets_before, after, sets_after, Family::kIpv4, Senders::kOthers);
//   for (const Changed& changed : *difference.of(syn_by_eth0)) …

#pragma once

#include <compare>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "prove/conditions.h"
#include "prove/touched.h"

namespace pyfw {

// The packets that more rules look at are no simple diagram any more; then it fails with this.
inline constexpr std::size_t kMostRulesCompared = 200;
std::unexpected<Error> too_many_rules();

// The source is that of the interface by which it leaves.
inline constexpr std::string_view kMasqueraded = "masquerade";

// What becomes of a flow.
struct Fate {
  FlowOutcome outcome = FlowOutcome::kWorks;
  std::string to{};  // where NAT leads what works, as its rule has it; empty: where it asked for
  // Which source NAT gives what works, likewise, or kMasqueraded. Only where nothing else changes.
  std::string from{};

  auto operator<=>(const Fate&) const = default;
};
// Several where it hangs on what can't be told, which is then kDepends with each that it may be.
using Fates = std::set<Fate>;

// Flows of which the same becomes, and becomes something else afterwards. All of these sources to all of
// these destinations and ports.
struct Changed {
  // Connections that were opened before, and what becomes of their clients' next packets.
  bool are_open = false;
  Fates before{};
  Fates after{};
  Spans sources{};
  Spans destinations{};
  Spans ports{};             // empty: any
  bool is_from_all = false;  // whoever comes in there
  Conditions conditions{};
  Arrival example{};
};

// Which connections are compared.
enum class Compared : std::uint8_t { kNew, kNewAndOpen };

class Difference {
 public:
  // The hosts must outlive it, and differ in nothing but their rules and sets. It can be asked of the packets
  // of those senders only.
  Difference(const TracedHost& before, std::span<const Set> sets_before, const TracedHost& after,
             std::span<const Set> sets_after, Family family, Senders senders,
             Compared compared = Compared::kNewAndOpen, std::size_t most_nodes = Bdd::kMostNodes);

  // Of the sets of both.
  SetAddresses& addresses() { return *addresses_; }

  // Of packets like that one, which is of those senders, but from and to any address and port, by its
  // interface (callers_of()). Without an interface those of the host's own processes, from a port that nobody
  // names. Groups, broadcasts and, but for the host's own, the loopback are left out. Fails as Reach::ways()
  // does.
  Result<std::vector<Changed>> of(const Arrival& like);
  // Whether of() could tell what becomes of it, so far.
  [[nodiscard]] bool can_tell(const Packet& packet);
  // The sources that come in there.
  Spans asked_by(std::string_view interface);

 private:
  // The packets of some senders that a rule that changes can see.
  struct Looked {
    Touched touched;
    Bdd::Node at = Bdd::kNone;
  };
  [[nodiscard]] bool are_too_many() const;
  Result<void> add(const Arrival& like, Bdd::Node asked, Bdd::Node packets, std::vector<Changed>& out);
  Result<void> add_open(const Arrival& like, const std::vector<Region>& opening, Bdd::Node asked,
                        std::vector<Changed>& out);
  void compare(const Arrival& like, const std::map<Fates, Bdd::Node>& before,
               const std::map<Fates, Bdd::Node>& after, Bdd::Node asked, bool are_open,
               std::vector<Changed>& out);
  Result<void> add_own(const Arrival& like, std::vector<Changed>& out);
  void add_lines(const Arrival& like, Bdd::Node packets, Bdd::Node asked, const Changed& kind,
                 std::vector<Changed>& out);
  Bdd::Node all_like(const Packet& packet);
  Bdd::Node destinations(Senders senders);

  const TracedHost& host_;
  const TracedHost& after_host_;
  std::shared_ptr<PacketSpace> space_;
  std::shared_ptr<SetAddresses> addresses_;
  Reach before_;
  Reach after_;
  std::map<Senders, Looked> looked_;
  std::map<Senders, Bdd::Node> destinations_;
  Bdd::Node untold_ = Bdd::kNone;
  Compared compared_;
};

}  // namespace pyfw
