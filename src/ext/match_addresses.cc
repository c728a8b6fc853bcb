#include <algorithm>
#include <array>

#include "base/strings.h"
#include "ext/make_conditions.h"
#include "ext/matches.h"
#include "ext/surroundings.h"

namespace pyfw {
namespace {

struct TypeName {
  std::string_view name;
  std::uint16_t bit = 0;
};
// The bits that no route of this kernel has (THROW, NAT, XRESOLVE) match nothing.
constexpr std::array kTypeNames = {
    TypeName{"UNSPEC", kTypeUnspec},
    TypeName{"UNICAST", kTypeUnicast},
    TypeName{"LOCAL", kTypeLocal},
    TypeName{"BROADCAST", kTypeBroadcast},
    TypeName{"ANYCAST", kTypeAnycast},
    TypeName{"MULTICAST", kTypeMulticast},
    TypeName{"BLACKHOLE", kTypeBlackhole},
    TypeName{"UNREACHABLE", kTypeUnreachable},
    TypeName{"PROHIBIT", kTypeProhibit},
    TypeName{"THROW", 0},
    TypeName{"NAT", 0},
    TypeName{"XRESOLVE", 0},
};

std::optional<std::uint16_t> parse_types(std::string_view text) {
  std::uint16_t types = 0;
  for (auto name : split(text, ',')) {
    auto found = std::ranges::find(kTypeNames, name, &TypeName::name);
    if (found == kTypeNames.end()) return std::nullopt;
    types = static_cast<std::uint16_t>(types | found->bit);
  }
  return types;
}

bool add_ip_range(Conditions& out, AddressIn asked, std::string_view text, Family family) {
  auto dash = text.find('-');
  auto first = Ip::parse(text.substr(0, dash));
  auto last = dash == std::string_view::npos ? first : Ip::parse(text.substr(dash + 1));
  if (!first || !last || first->family() != family || last->family() != family) return false;
  asked.first = *first;
  asked.last = *last;
  add(out, asked);
  return true;
}

}  // namespace

bool match_addrtype(Words& words, Family /*unused*/, Conditions& out) {
  auto begin = static_cast<std::ptrdiff_t>(out.size());
  auto limit = AddressTypeIs::Limit::kNone;
  while (!words.at_end()) {
    auto option = words.next_option();
    if (option == "--limit-iface-in") {
      limit = AddressTypeIs::Limit::kInInterface;
    } else if (option == "--limit-iface-out") {
      limit = AddressTypeIs::Limit::kOutInterface;
    } else if (option == "--src-type" || option == "--dst-type") {
      bool inverted = words.is_inverted();
      auto types = parse_types(words.value());
      if (!types) return false;
      add(out,
          AddressTypeIs{.field = option == "--src-type" ? AddressField::kSource : AddressField::kDestination,
                        .inverted = inverted,
                        .types = *types});
    } else {
      return false;
    }
  }
  for (auto at = out.begin() + begin; at != out.end(); ++at) std::get<AddressTypeIs>(at->kind).limit = limit;
  return true;
}

bool match_iprange(Words& words, Family family, Conditions& out) {
  while (!words.at_end()) {
    auto option = words.next_option();
    bool inverted = words.is_inverted();
    if (option != "--src-range" && option != "--dst-range") return false;
    auto field = option == "--src-range" ? AddressField::kSource : AddressField::kDestination;
    if (!add_ip_range(out, {.field = field, .inverted = inverted}, words.value(), family)) return false;
  }
  return true;
}

bool match_rpfilter(Words& words, Family /*unused*/, Conditions& out) {
  PassesRpfilter asked;
  while (!words.at_end()) {
    auto option = words.next_option();
    bool& flag = option == "--loose"          ? asked.loose
                 : option == "--validmark"    ? asked.valid_mark
                 : option == "--accept-local" ? asked.accept_local
                                              : asked.inverted;
    if (&flag == &asked.inverted && option != "--invert") return false;
    flag = true;
  }
  add(out, asked);
  return true;
}

}  // namespace pyfw
