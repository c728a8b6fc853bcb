#include "wish/family_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "base/contains.h"
#include "base/strings.h"
#include "nf/ruleset.h"
#include "wish/words.h"

namespace pyfw {
namespace {

struct FamilyWord {
  std::string_view word;
  Family family;
  std::string_view other{};  // what the other family calls it
};

constexpr std::array<FamilyWord, 6> kProtocols = {{{"icmp", Family::kIpv4, "ipv6-icmp"},
                                                   {"ipv6-icmp", Family::kIpv6, "icmp"},
                                                   {"icmpv6", Family::kIpv6, "icmp"},
                                                   {"icmp6", Family::kIpv6, "icmp"},
                                                   {"mh", Family::kIpv6},
                                                   {"ipv6-mh", Family::kIpv6}}};
constexpr std::array<FamilyWord, 14> kMatches = {{{"icmp", Family::kIpv4, "icmp6"},
                                                  {"icmp6", Family::kIpv6, "icmp"},
                                                  {"icmpv6", Family::kIpv6, "icmp"},
                                                  {"ttl", Family::kIpv4, "hl"},
                                                  {"hl", Family::kIpv6, "ttl"},
                                                  {"realm", Family::kIpv4},
                                                  {"dst", Family::kIpv6},
                                                  {"eui64", Family::kIpv6},
                                                  {"frag", Family::kIpv6, "-f"},
                                                  {"hbh", Family::kIpv6},
                                                  {"ipv6header", Family::kIpv6},
                                                  {"mh", Family::kIpv6},
                                                  {"rt", Family::kIpv6},
                                                  {"srh", Family::kIpv6}}};
constexpr std::array<FamilyWord, 7> kTargets = {{{"TTL", Family::kIpv4, "HL"},
                                                 {"HL", Family::kIpv6, "TTL"},
                                                 {"ECN", Family::kIpv4},
                                                 {"CLUSTERIP", Family::kIpv4},
                                                 {"ULOG", Family::kIpv4, "NFLOG"},
                                                 {"DNPT", Family::kIpv6},
                                                 {"SNPT", Family::kIpv6}}};
constexpr std::array<FamilyWord, 2> kTypes = {
    {{"--icmp-type", Family::kIpv4, "--icmpv6-type"}, {"--icmpv6-type", Family::kIpv6, "--icmp-type"}}};
// Options whose value is an address, or begins with one.
constexpr std::array<std::string_view, 16> kAddressOptions = {
    "--ctorigsrc",      "--ctorigdst", "--ctreplsrc",  "--ctrepldst", "--src-range",  "--dst-range",
    "--to-destination", "--to-source", "--gateway",    "--on-ip",     "--tunnel-src", "--tunnel-dst",
    "--src-pfx",        "--dst-pfx",   "--rt-0-addrs", "--to"};
// Options that look a name up in the resolver.
constexpr std::array<std::string_view, 7> kResolvingOptions = {
    "--ctorigsrc", "--ctorigdst", "--ctreplsrc", "--ctrepldst", "--tunnel-src", "--tunnel-dst", "--gateway"};

std::unexpected<Error> wrong_family(const Word& word, Family belongs, std::string_view other) {
  auto here = belongs == Family::kIpv4 ? Family::kIpv6 : Family::kIpv4;
  return bad_input(word.place,
                   fmt::format("'{}' is a word of {}, and this rule is for {}", word.text, name_of(belongs),
                               name_of(here)),
                   other.empty() ? std::string() : fmt::format("in {} it is '{}'", program_of(here), other));
}

template <std::size_t kSize>
Result<void> check_table(const std::array<FamilyWord, kSize>& table, const Word& word, std::string_view text,
                         Family family) {
  for (const auto& row : table)
    if (row.word == text && row.family != family) return wrong_family(word, row.family, row.other);
  return {};
}

constexpr Letters kIpv4("0123456789./");
constexpr Letters kIpv4AndMore("0123456789.:/-,");
constexpr Letters kIpv6("0123456789abcdefABCDEF:./");
constexpr Letters kIpv6AndMore("0123456789abcdefABCDEF:./-,");

// The family that a text in the shape of an address belongs to: `10.0.0.0/8`, `0/0`, `[2001:db8::1]:80`.
std::optional<Family> shape(std::string_view text) {
  if (text.starts_with('[')) return Family::kIpv6;
  auto colon = text.find(':');
  bool many_colons = colon != std::string_view::npos && text.find(':', colon + 1) != std::string_view::npos;
  if (many_colons && kIpv6AndMore.make_up(text)) return Family::kIpv6;
  if (!text.empty() && text.front() >= '0' && text.front() <= '9' &&
      text.find('.') != std::string_view::npos && kIpv4AndMore.make_up(text))
    return Family::kIpv4;
  return std::nullopt;
}

}  // namespace

Result<void> check_addresses(const Word& value, Family family) {
  std::size_t offset = 0;
  for (auto part : split(value.text, ',')) {
    Word one{.text = std::string(part), .place = value.place};
    // Each of `A,B` gets a caret of its own where the word stands in the file as it is.
    if (value.place.length == value.text.size()) {
      one.place.column += offset;
      one.place.length = std::max<std::size_t>(1, part.size());
    }
    offset += part.size() + 1;
    bool v4 = kIpv4.make_up(part);
    bool v6 = part.find(':') != std::string_view::npos && kIpv6.make_up(part);
    if (!v4 && !v6)
      return bad_input(one.place, fmt::format("'{}' is no address", part),
                       part == "any"
                           ? "leave the option out: that means any address"
                           : "addresses are written as numbers; host names are not taken, since what they "
                             "stand for changes unseen");
    auto belongs = v4 ? Family::kIpv4 : Family::kIpv6;
    if (belongs != family) return wrong_family(one, belongs, {});
  }
  return {};
}

Result<void> check_protocol(const Word& value, Family family) {
  return check_table(kProtocols, value, value.text, family);
}
Result<void> check_match(const Word& value, Family family) {
  return check_table(kMatches, value, value.text, family);
}
Result<void> check_target(const Word& value, Family family) {
  return check_table(kTargets, value, value.text, family);
}

Result<void> check_fragment(const Word& option, Family family) {
  if (family == Family::kIpv6) return wrong_family(option, Family::kIpv4, "-m frag");
  return {};
}

Result<void> check_option_value(std::string_view option, const Word& value, Family family) {
  Word as_option{.text = std::string(option), .place = value.place};
  TRY_VOID(check_table(kTypes, as_option, option, family));
  if (option == "--reject-with") {
    bool v4 = value.text.starts_with("icmp-");
    bool v6 = value.text.starts_with("icmp6-");
    if (v4 && family == Family::kIpv6) return wrong_family(value, Family::kIpv4, "icmp6-port-unreachable, …");
    if (v6 && family == Family::kIpv4) return wrong_family(value, Family::kIpv6, "icmp-port-unreachable, …");
    return {};
  }
  if (!contains(kAddressOptions, option)) return {};
  auto belongs = shape(value.text);
  if (belongs && *belongs != family) return wrong_family(value, *belongs, {});
  if (!belongs && contains(kResolvingOptions, option) && !kIpv4.make_up(value.text))
    return bad_input(value.place, fmt::format("'{}' is no address", value.text),
                     "addresses are written as numbers; host names are not taken");
  return {};
}

}  // namespace pyfw
