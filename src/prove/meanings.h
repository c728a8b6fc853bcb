// What the conditions of rules mean for all packets at once. First each condition is learnt, so that the
// space knows what tells packets apart; then, once it is settled, each has a node at each place.
//
//   Meanings meanings(space, surroundings, sets, {"eth0", "docker0"});
//   auto asked = meanings.learn(condition);
//   space.settle();
//   auto packets = meanings.node(asked, here);
//
// Where a condition is about something that is no field, or about more than spans can say, holds() itself is
// asked (ext/evaluate.h), with one packet of each class: so that prover and tracer say the same.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "ext/evaluate.h"
#include "nf/set.h"
#include "prove/here.h"
#include "prove/packet_space.h"

namespace pyfw {

class Meanings {
 public:
  // All must outlive it but the names.
  Meanings(PacketSpace& space, const Surroundings& surroundings, std::span<const Set> sets,
           std::vector<std::string> interfaces);

  struct Asked {
    enum class Kind : std::uint8_t {
      kQuestion,  // of one field
      kProbed,    // holds() is asked for each class of `fields`
      kKnown,     // for all packets at a place the same
      kAnyOf,
    };
    Kind kind = Kind::kKnown;
    const Condition* condition = nullptr;  // what was learnt
    PacketSpace::Question question{};
    // Of a packet, or of its connection: as it was, or as it will come back.
    enum class Of : std::uint8_t { kPacket, kOriginal, kReply };
    Of of = Of::kPacket;
    bool inverted = false;
    bool if_absent = false;
    std::vector<Field> fields{};
    std::vector<Asked> parts{};
  };
  // The condition must stay where it is.
  Asked learn(const Condition& condition);

  // The packets for which it holds, and those for which nobody can tell.
  struct Meaning {
    Bdd::Node holds = Bdd::kNone;
    Bdd::Node depends = Bdd::kNone;
  };
  Meaning node(const Asked& asked, const Here& here);

  [[nodiscard]] const std::vector<std::string>& interfaces() const { return interfaces_; }

 private:
  Asked learn_interface(const Condition& condition);
  std::optional<Asked> learn_set(const InSet& asked, const Condition& condition);
  Bdd::Node question_node(const Asked& asked, const Here& here);
  Bdd::Node make_question_node(const Asked& asked, const Here& here);
  Bdd::Node inside_node(const Asked& asked, const Here& here);
  [[nodiscard]] bool contains(const PacketSpace::Question& question, Point value) const;
  Bdd::Node has_field(Field field);
  Meaning probe(const Asked& asked, const Here& here);
  Meaning probe_field(const Asked& asked, std::size_t which, Encounter& encounter, const Here& here);
  Meaning any_of(const Asked& asked, const Here& here);
  // Those of all packets for which an answer is yes or unknown.
  Meaning everywhere(Answer answer) const;

  PacketSpace& space_;
  const Surroundings& surroundings_;
  std::span<const Set> sets_;
  std::vector<std::string> interfaces_;
  PacketSpace::Question ported_;
  PacketSpace::Question tcp_;
  PacketSpace::Question icmp_;
  PacketSpace::Question fragment_;
  // Of the packet itself, where nothing has changed it.
  std::unordered_map<std::uint64_t, Bdd::Node> questions_;
  std::map<std::pair<std::string, bool>, std::optional<std::vector<PointSpan>>> addresses_;  // of sets
};

}  // namespace pyfw
