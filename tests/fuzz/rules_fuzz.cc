#include "base/strings.h"
#include "ext/evaluate.h"
#include "ext/set_index.h"
#include "tests/fuzz/check.h"

namespace pyfw {
namespace {

class Nowhere : public Surroundings {
 public:
  explicit Nowhere(const SetIndex& sets) : sets_(sets) {}
  [[nodiscard]] std::optional<AddressType> address_type(const Ip& /*ip*/,
                                                        std::string_view /*interface*/) const override {
    return std::nullopt;
  }
  [[nodiscard]] std::optional<bool> passes_rpfilter(const WayBack& /*back*/) const override {
    return std::nullopt;
  }
  [[nodiscard]] const SetIndex& sets() const override { return sets_; }

 private:
  const SetIndex& sets_;
};

Encounter packet_of(Family family) {
  Encounter encounter;
  encounter.packet.source = Ip::parse(family == Family::kIpv4 ? "192.0.2.1" : "2001:db8::1").value();
  encounter.packet.destination = Ip::parse(family == Family::kIpv4 ? "192.0.2.2" : "2001:db8::2").value();
  encounter.in_interface = "eth0";
  encounter.connection = Connection{};
  return encounter;
}

// Each line is a member of sets of all types.
Sets sets_with(std::span<const std::string> members) {
  Sets sets;
  for (auto type : set_types())
    for (std::string_view header : {"family inet netmask 24", "family inet6"})
      sets.push_back({.name = std::string(type) + std::string(header),
                      .type = std::string(type),
                      .header = std::string(header),
                      .members = {members.begin(), members.end()}});
  return sets;
}

InSet asked_of(const Set& set) { return {.name = set.name, .dimensions = 3, .sources = 5}; }

void expect_an_answer(const std::string& line, Family family, const Surroundings& surroundings) {
  auto rule = compile(Rule{line}, family);
  auto found = matches(rule, packet_of(family), surroundings);
  if (found.answer == Answer::kDepends) fuzz::expect(!found.on.empty(), "what can't be told is named", line);
  if (const auto* effect = std::get_if<Unpredictable>(&rule.target))
    fuzz::expect(!effect->text.empty(), "an effect that can't be told is named", line);
}

}  // namespace
}  // namespace pyfw

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pyfw;
  std::vector<std::string> lines;
  for (auto line : split(fuzz::text_of(data, size), '\n')) lines.emplace_back(line);
  SetIndex index(sets_with(lines));
  Nowhere surroundings(index);
  for (auto family : kFamilies) {
    for (const auto& line : lines) expect_an_answer(line, family, surroundings);
    for (const auto& set : sets_with({}))
      fuzz::expect(has_family(set, family) || index.test(asked_of(set), packet_of(family)) != Answer::kYes,
                   "a set of the other family has no members", set.name);
  }
  return 0;
}
