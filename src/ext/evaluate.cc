#include "ext/evaluate.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/overloaded.h"
#include "ext/address_type.h"
#include "ext/read_field.h"
#include "ext/set_index.h"

namespace pyfw {
namespace {

// An address as two numbers, which compare as addresses of one family do, and faster.
struct Halves {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  explicit Halves(const Ip& ip) {
    std::memcpy(&high, ip.bytes().data(), sizeof high);
    std::memcpy(&low, ip.bytes().data() + sizeof high, sizeof low);
    high = __builtin_bswap64(high);
    low = __builtin_bswap64(low);
  }
};
static_assert(std::endian::native == std::endian::little);

bool is_before(const Ip& one, const Ip& other) {
  Halves a(one);
  Halves b(other);
  return a.high != b.high ? a.high < b.high : a.low < b.low;
}

bool is_masked(const Ip& ip, const AddressMasked& asked) {
  for (std::size_t i = 0; i < ip.bytes().size(); ++i)
    if ((ip.bytes()[i] & asked.mask.bytes()[i]) != asked.value.bytes()[i]) return false;
  return true;
}

Answer holds_one(const AddressIn& asked, const Encounter& encounter, const Surroundings& /*unused*/) {
  const Ip* ip = read_address(asked.field, encounter);
  if (ip == nullptr) return answer_of(asked.if_absent);
  bool is_in =
      ip->family() == asked.first.family() && !is_before(*ip, asked.first) && !is_before(asked.last, *ip);
  return answer_of(is_in != asked.inverted);
}

Answer holds_one(const AddressMasked& asked, const Encounter& encounter, const Surroundings& /*unused*/) {
  const Ip* ip = read_address(asked.field, encounter);
  if (ip == nullptr) return answer_of(asked.if_absent);
  bool is_in = ip->family() == asked.value.family() && is_masked(*ip, asked);
  return answer_of(is_in != asked.inverted);
}

Answer holds_one(const NumberIn& asked, const Encounter& encounter, const Surroundings& /*unused*/) {
  auto reading = read_number(asked.field, encounter);
  if (reading.is == Reading::Is::kAbsent) return answer_of(asked.if_absent);
  if (reading.is == Reading::Is::kUnknown) return Answer::kDepends;
  auto value = reading.value & asked.mask;
  bool is_in = asked.range.contains(value) || std::ranges::any_of(asked.more, [&](const NumberRange& range) {
                 return range.contains(value);
               });
  return answer_of(is_in != asked.inverted);
}

bool fits(const InterfaceIs& asked, std::string_view name) {
  return asked.is_prefix ? name.starts_with(asked.name) : name == asked.name;
}

// xt_physdev asks first whether the packet came by a bridge at all.
Answer physical_interface(const InterfaceIs& asked, const Encounter& encounter) {
  if (encounter.physical_in.empty()) return answer_of(asked.inverted);
  if (asked.field == InterfaceField::kPhysicalIn)
    return answer_of(fits(asked, encounter.physical_in) != asked.inverted);
  if (encounter.physical_out.empty()) return encounter.is_bridged ? Answer::kDepends : Answer::kNo;
  return answer_of(fits(asked, encounter.physical_out) != asked.inverted);
}

Answer holds_one(const InterfaceIs& asked, const Encounter& encounter, const Surroundings& /*unused*/) {
  if (asked.field == InterfaceField::kIn)
    return answer_of(fits(asked, encounter.in_interface) != asked.inverted);
  if (asked.field == InterfaceField::kOut)
    return answer_of(fits(asked, encounter.out_interface) != asked.inverted);
  return physical_interface(asked, encounter);
}

Answer holds_one(const SourceMacIs& asked, const Encounter& encounter, const Surroundings& /*unused*/) {
  Mac mac{};
  auto is = read_source_mac(encounter, mac);
  if (is == Reading::Is::kAbsent) return Answer::kNo;
  if (is == Reading::Is::kUnknown) return Answer::kDepends;
  return answer_of((mac == asked.mac) != asked.inverted);
}

Answer holds_one(const InSet& asked, const Encounter& encounter, const Surroundings& surroundings) {
  return inverted_if(asked.inverted, surroundings.sets().test(asked, encounter));
}

Answer holds_one(const AddressTypeIs& asked, const Encounter& encounter, const Surroundings& surroundings) {
  return is_of_type(asked, encounter, surroundings);
}

Answer holds_one(const PassesRpfilter& asked, const Encounter& encounter, const Surroundings& surroundings) {
  return passes_rpfilter(asked, encounter, surroundings);
}

Answer holds_one(const AnyOf& asked, const Encounter& encounter, const Surroundings& surroundings) {
  auto best = Answer::kNo;
  for (const auto& condition : asked.conditions) {
    auto answer = holds(condition, encounter, surroundings);
    if (answer == Answer::kYes) return inverted_if(asked.inverted, Answer::kYes);
    if (answer == Answer::kDepends) best = answer;
  }
  return inverted_if(asked.inverted, best);
}

Answer holds_one(const Never& /*unused*/, const Encounter& /*unused*/, const Surroundings& /*unused*/) {
  return Answer::kNo;
}

Answer holds_one(const Unknowable& /*unused*/, const Encounter& /*unused*/, const Surroundings& /*unused*/) {
  return Answer::kDepends;
}

std::string_view reason_of(const Condition& condition) {
  if (const auto* unknowable = std::get_if<Unknowable>(&condition.kind)) return unknowable->reason;
  if (const auto* any = std::get_if<AnyOf>(&condition.kind))
    for (const auto& one : any->conditions)
      if (auto reason = reason_of(one); !reason.empty()) return reason;
  return {};
}

Match depends_on(const CompiledRule& rule, std::size_t condition) {
  auto found = std::ranges::find_if(rule.uncertain, [&](const UncertainMatch& match) {
    return match.first <= condition && condition < match.end;
  });
  return {.answer = Answer::kDepends,
          .on = found == rule.uncertain.end() ? std::string_view() : std::string_view(found->text),
          .reason = reason_of(rule.conditions[condition])};
}

}  // namespace

Answer holds(const Condition& condition, const Encounter& encounter, const Surroundings& surroundings) {
  // Nearly all are of these kinds, and a test is cheaper than a jump through a table.
  if (const auto* asked = std::get_if<NumberIn>(&condition.kind))
    return holds_one(*asked, encounter, surroundings);
  if (const auto* asked = std::get_if<AddressIn>(&condition.kind))
    return holds_one(*asked, encounter, surroundings);
  if (const auto* asked = std::get_if<InterfaceIs>(&condition.kind))
    return holds_one(*asked, encounter, surroundings);
  return std::visit([&](const auto& asked) { return holds_one(asked, encounter, surroundings); },
                    condition.kind);
}

bool may_depend(const Condition& condition) {
  return std::visit(Overloaded{
                        [](const AddressIn&) { return false; },
                        [](const AddressMasked&) { return false; },
                        [](const Never&) { return false; },
                        [](const NumberIn& asked) {
                          return asked.field == NumberField::kUid || asked.field == NumberField::kGid ||
                                 asked.field == NumberField::kSourceIsEui64;
                        },
                        [](const InterfaceIs& asked) { return asked.field == InterfaceField::kPhysicalOut; },
                        [](const AnyOf& asked) { return std::ranges::any_of(asked.conditions, may_depend); },
                        [](const auto&) { return true; },
                    },
                    condition.kind);
}

// What can't be told matters only where all else holds.
Match matches(const CompiledRule& rule, const Encounter& encounter, const Surroundings& surroundings) {
  auto unsure = rule.conditions.size();
  for (std::size_t i = 0; i < rule.conditions.size(); ++i) {
    auto answer = holds(rule.conditions[i], encounter, surroundings);
    if (answer == Answer::kNo) return {.answer = Answer::kNo};
    if (answer == Answer::kDepends && unsure == rule.conditions.size()) unsure = i;
  }
  return unsure == rule.conditions.size() ? Match{} : depends_on(rule, unsure);
}

}  // namespace pyfw
