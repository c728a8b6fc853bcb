#include "ext/builtin_options.h"

#include <array>

#include "base/contains.h"
#include "ext/make_conditions.h"
#include "ext/protocols.h"

namespace pyfw {
namespace {

constexpr std::array<std::string_view, 3> kSources = {"-s", "--source", "--src"};
constexpr std::array<std::string_view, 3> kDestinations = {"-d", "--destination", "--dst"};
constexpr std::array<std::string_view, 2> kInInterfaces = {"-i", "--in-interface"};
constexpr std::array<std::string_view, 2> kOutInterfaces = {"-o", "--out-interface"};
constexpr std::array<std::string_view, 2> kProtocols = {"-p", "--protocol"};
constexpr std::array<std::string_view, 2> kFragments = {"-f", "--fragment"};

bool address(AddressField field, Words& words, Family family, Conditions& out) {
  return add_address(out, {.field = field, .inverted = words.is_inverted()}, words.value(), family);
}

bool protocol(Words& words, Conditions& out) {
  auto value = words.value();
  if (value == "all") return true;
  auto number = parse_protocol(value);
  if (!number) return false;
  if (*number == 0) return true;  // means any to the kernel
  auto asked = number_is(NumberField::kProtocol, *number);
  asked.inverted = words.is_inverted();
  add(out, std::move(asked));
  return true;
}

bool interface(InterfaceField field, Words& words, Conditions& out) {
  auto value = words.value();
  if (value.empty()) return false;
  add(out, interface_is(field, value, words.is_inverted()));
  return true;
}

}  // namespace

bool is_builtin_option(std::string_view option) {
  return contains(kSources, option) || contains(kDestinations, option) || contains(kInInterfaces, option) ||
         contains(kOutInterfaces, option) || contains(kProtocols, option) || contains(kFragments, option);
}

bool compile_builtin_option(Words& words, Family family, Conditions& out) {
  auto option = words.next_option();
  if (contains(kSources, option)) return address(AddressField::kSource, words, family, out);
  if (contains(kDestinations, option)) return address(AddressField::kDestination, words, family, out);
  if (contains(kInInterfaces, option)) return interface(InterfaceField::kIn, words, out);
  if (contains(kOutInterfaces, option)) return interface(InterfaceField::kOut, words, out);
  if (contains(kProtocols, option)) return protocol(words, out);
  add(out, number_is(NumberField::kFragment, words.is_inverted() ? 0 : 1));
  return true;
}

}  // namespace pyfw
