// What the conditions of rules mean for all packets at once. First each condition is learnt, so that the
// space knows what tells packets apart; then, once it is settled, each has a node at each place.
//
//   Meanings meanings(space, surroundings, sets, {Field::kSource, Field::kSourcePort});
//   auto asked = meanings.learn(condition, true);
//   space.settle();
//   auto packets = meanings.at(asked, here).holds;
//
// Where a condition is about something that is the same for all packets, or about more than spans can say,
// holds() itself is asked (ext/evaluate.h), with one packet of each class: so that prover and tracer say the
// same.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "ext/evaluate.h"
#include "nf/set.h"
#include "prove/asked_slot.h"
#include "prove/here.h"
#include "prove/packet_space.h"
#include "prove/set_addresses.h"

namespace pyfw {

class Meanings {
 public:
  // All must outlive it but the fields, which are those that differ from packet to packet.
  Meanings(PacketSpace& space, const Surroundings& surroundings, std::span<const Set> sets,
           SetAddresses& addresses, std::vector<Field> free);

  struct Asked {
    const Condition* condition = nullptr;  // what was learnt
    std::vector<Slot> slots{};             // that it looks at
    // Of one slot: the question by what the slot's value comes from.
    struct Question {
      Origin origin{};
      PacketSpace::Question number{};
    };
    std::vector<Question> questions{};
    bool inverted = false;
    bool turns = false;
    bool is_too_fine = false;    // it tells more packets apart than are looked at
    std::vector<Asked> parts{};  // of AnyOf
  };
  // The condition must stay where it is. `turns` where packets on their way back may meet it: then their
  // destination is what was the source.
  Asked learn(const Condition& condition, bool turns);

  // No packet is in two of them.
  struct Meaning {
    Bdd::Node holds = Bdd::kNone;
    Bdd::Node depends = Bdd::kNone;    // nobody can tell
    Bdd::Node is_untold = Bdd::kNone;  // it asks for what is not followed here
  };
  Meaning at(const Asked& asked, const Here& here);

 private:
  [[nodiscard]] bool is_free(Field field) const;
  [[nodiscard]] std::vector<Field> fields_for(Slot slot, bool turns) const;
  void learn_question(const AskedSlot& question, Asked& asked);
  void learn_set(const InSet& in, Asked& asked);
  void learn_parts(const Set& set, const InSet& in, Asked& asked);
  // Whether packets differ in it as it was learnt. Where its value is that of another field by chance, all
  // that have that value there are the same: `pinned` to them.
  bool is_open(const Asked& asked, Slot slot, const Here& here, Bdd::Node* pinned);
  Meaning of_open(const Asked& asked, const Here& here);
  Meaning probe(const Asked& asked, const Here& here);
  Meaning probe_slot(const Asked& asked, std::size_t which, Encounter& encounter, const Here& here);
  Meaning any_of(const Asked& asked, const Here& here);
  [[nodiscard]] Meaning everywhere(Answer answer) const;

  PacketSpace& space_;
  const Surroundings& surroundings_;
  std::span<const Set> sets_;
  std::vector<Field> free_;
  SetAddresses& addresses_;
};

}  // namespace pyfw
