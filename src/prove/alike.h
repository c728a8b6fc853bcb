// Which packets go the same way as one that the tracer has followed: what each rule on its way asked,
// answered for all packets at once. So that the order of hooks, tables and NAT is the tracer's own.

#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "prove/chain_sums.h"
#include "trace/story.h"

namespace pyfw {

// What may differ from packet to packet, and what is known of the values that don't.
struct Freedom {
  std::vector<Field> free{};
  std::set<Point> addresses{};  // that stand alone in their class wherever they are asked for
  std::set<Point> ports{};      // of NAT's targets and the like: no example has them where it can help it
};

struct Alike {
  Bdd::Node packets = Bdd::kNone;
  // The way is followed as far as this only.
  std::optional<OpenQuestion> untold{};
  // The story supposed something else of an open question than the packet: it must be told again with these
  // answers.
  std::optional<std::vector<bool>> answers{};
  // Prover and tracer say different things: an error of pyfw's own.
  std::string contradiction{};
};

class AlikeFinder {
 public:
  // All must outlive it.
  AlikeFinder(PacketSpace& space, ChainSums& sums, const CompiledHost& host, const Freedom& freedom)
      : space_(space), sums_(sums), host_(host), freedom_(freedom) {}

  // The story of `packet`, which stands for the values of all variables, told with its views; `answers` are
  // those that it was told with. Of stories about the same packet's connection each has its own number, for
  // what can't be told is told anew.
  Alike find(const Told& told, const PacketSpace::OnePacket& packet, const std::vector<bool>& answers,
             std::size_t story = 0);
  // As ChainSums has it, of all questions.
  [[nodiscard]] const OpenQuestion* question_of(std::uint32_t variable) const;

 private:
  struct Walk;
  static bool is_the_same_for_all(const Leg& leg, Walk& walk);
  bool follow(const Leg& leg, Walk& walk);
  bool answer_questions(const Leg& leg, Walk& walk);
  bool step(const Path& path, std::size_t number, const Here& here, Walk& walk);
  bool meet_sum(ChainIndex chain, const Here& here, Walk& walk);
  bool take_matched(const Path& path, std::size_t number, const Here& here, Walk& walk);
  void note_change(const Target& target, Walk& walk);
  [[nodiscard]] Here place(const View& view, std::uint64_t jumps, Walk& walk) const;
  [[nodiscard]] std::vector<std::uint64_t> jumps_of(const Path& path) const;
  [[nodiscard]] bool is_free(Field field) const;
  [[nodiscard]] Origin origin_of(Slot slot, const Encounter& encounter, const Walk& walk) const;
  [[nodiscard]] Origin origin_of_end(Slot slot, const Encounter& encounter, Walk& walk) const;
  Bdd::Node variable_for(const OpenQuestion& question);
  bool lose(const RuleRef& rule, Bdd::Node untold, Walk& walk) const;

  PacketSpace& space_;
  ChainSums& sums_;
  const CompiledHost& host_;
  const Freedom& freedom_;
  std::map<std::string, Bdd::Node> variables_;
  std::map<std::uint32_t, OpenQuestion> questions_;
};

}  // namespace pyfw
