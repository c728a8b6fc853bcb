// All packets at once: the ways that they go through the host, and what becomes of them there.
//
//   Reach reach(traced, sets, Family::kIpv4, {Field::kSource, Field::kSourcePort});
//   reach.settle();
//   for (const Region& region : *reach.ways(syn_by_eth0, Bdd::kAll)) …
//
// One packet of those that are left is followed by the tracer (trace/story.h); then all that go the same way
// are taken away together (alike.h), until none is left.

#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "prove/alike.h"
#include "prove/end_kinds.h"
#include "prove/examples.h"

namespace pyfw {

// Packets that go the same way.
struct Region {
  Bdd::Node packets = Bdd::kNone;
  FlowVerdict verdict{};
  Arrival example{};
  std::optional<RuleRef> led_by{};   // the rule by which NAT gave it another destination
  std::optional<RuleRef> sent_by{};  // and that by which it gave it another source
};

class Reach {
 public:
  // Both must outlive it. The free fields are those in which the packets differ.
  Reach(const TracedHost& host, std::span<const Set> sets, Family family, std::vector<Field> free);
  // In a space that it shares with others, as where two states of a host are compared.
  Reach(const TracedHost& host, std::span<const Set> sets, std::shared_ptr<PacketSpace> space,
        std::shared_ptr<SetAddresses> addresses, std::vector<Field> free);
  Reach(const Reach&) = delete;
  Reach& operator=(const Reach&) = delete;

  PacketSpace& space() { return space_; }
  // Before it is settled: ends of the packets that will be asked about.
  void add_address(const Ip& ip);
  void add_port(std::uint16_t port);
  void settle();
  // The same in a shared space, which is to be settled when all have learned.
  void learn();

  // Only those packets will be asked about: it saves to look at rules for others. Once, when it is settled.
  void look_only_at(Bdd::Node packets) { sums_.look_only_at(packets); }

  // Of those packets that are like this one in all but the free fields. Fails where there are too many ways,
  // and where prover and tracer disagree.
  Result<std::vector<Region>> ways(const Arrival& like, Bdd::Node packets);

  // Of connections that are open: what their clients send next, by the entries that conntrack keeps since
  // they were opened on a host with other rules, which may be this one. `opened` is a way there that works,
  // and it is that host's rule that leads them; both share one space, and know each other's constants.
  Result<void> add_later_ways(Reach& opener, const Arrival& like, Bdd::Node opened,
                              std::vector<Region>& regions);
  // Before it is settled: where the other's NAT may have led what comes here.
  void know_constants_of(const Reach& other);

  // Those from one address, which was added.
  Bdd::Node from(const Ip& ip);
  // Those that are not for the one that they are from, where the destination is free, too. Of addresses that
  // nobody knows the same is meant, but not asked.
  Bdd::Node between_others();
  // Those of which nothing but the ends is unusual: a source port that nobody names, the usual TTL.
  Bdd::Node usual() { return examples_.usual(); }
  // Those whose TTL is enough for a router.
  Bdd::Node lasting();
  // The packets whose sources come in by that interface: where the route back to them leads, and that nobody
  // takes for martians (the host's own, loopback, groups).
  Bdd::Node coming_in_by(std::string_view interface);
  [[nodiscard]] const OpenQuestion* question_of(std::uint32_t variable) const {
    return alike_.question_of(variable);
  }

  // One of them, with what nobody thinks about as it mostly is. There must be one.
  PacketSpace::OnePacket plainest_of(Bdd::Node packets) { return examples_.plainest_of(packets); }
  // With the values of one of those packets.
  [[nodiscard]] Arrival example(const Arrival& like, const PacketSpace::OnePacket& packet) const {
    return examples_.of(like, packet);
  }

 private:
  // What one field is asked between the chains. Its classes are fewer than the space's, and those of sources
  // that the host does not tell apart are one kind.
  struct Kinds {
    explicit Kinds(Point last) : classes(last) {}
    Classes classes;
    std::vector<std::size_t> of_class{};
    std::vector<PacketSpace::Question> questions{};
    std::vector<Point> examples{};
  };
  // One packet's story, and all that go its way.
  struct Followed {
    Told told{};
    Bdd::Node packets = Bdd::kNone;
    std::optional<OpenQuestion> untold{};
    std::optional<RuleRef> led_by{};
    std::optional<RuleRef> sent_by{};
  };
  Result<Followed> follow(const Arrival& arrival, const PacketSpace::OnePacket& packet,
                          const FlowOptions& options = {});
  using Follow = std::function<Result<Followed>(const Arrival&, const PacketSpace::OnePacket&)>;
  Result<void> add_ways(const Arrival& like, Bdd::Node left, const Follow& follow_one,
                        std::vector<Region>& regions);
  void settle_kinds(Field field);
  void ask_who_is_there(const Ip& ip);
  // Where the answer is that of the value, which the question's field has.
  Bdd::Node on_the_side_of(const PacketSpace::Question& question, Point value);
  [[nodiscard]] bool is_kind_of_port_asked(const FlowTrace& trace) const;
  Bdd::Node like_ports(const FlowTrace& trace);
  Bdd::Node between_rules(const FlowTrace& trace);
  Bdd::Node like_destinations(const FlowTrace& trace);
  // What NAT makes of each packet by itself, where it matters to the host what that is.
  std::optional<OpenQuestion> choice_of_nat(const FlowTrace& trace);
  [[nodiscard]] bool are_one_kind(const PointSpan& addresses) const;

  const TracedHost& host_;
  std::shared_ptr<PacketSpace> shared_;
  std::shared_ptr<SetAddresses> shared_addresses_;
  PacketSpace& space_;
  Freedom freedom_;
  Meanings meanings_;
  ChainSums sums_;
  AlikeFinder alike_;
  Examples examples_;
  std::vector<PointSpan> addresses_;
  std::vector<PointSpan> ports_;
  EndKinds end_kinds_;
  std::map<Field, Kinds> kinds_;
  struct SourcePorts {
    PointSpan span;
    PacketSpace::Question question;
  };
  std::vector<SourcePorts> source_ports_;
  std::optional<PacketSpace::Question> expiring_;
  // Who stands where a packet may go, by each of the addresses there: it may be the source, too.
  std::map<Ip, std::vector<PacketSpace::Question>> there_;
  std::map<Ip, PacketSpace::Question> led_to_;
  std::map<std::uint16_t, PacketSpace::Question> destination_ports_;
  std::vector<std::pair<PacketSpace::Question, PacketSpace::Question>> to_themselves_;
  std::optional<Bdd::Node> between_others_;
  std::map<std::string, Bdd::Node, std::less<>> coming_in_;
  std::map<std::pair<ChainIndex, std::uint32_t>, bool> choices_;
};

}  // namespace pyfw
