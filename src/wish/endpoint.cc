#include "wish/endpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/strings.h"
#include "net/packet.h"
#include "net/protocol.h"

namespace pyfw {
namespace {

using Kind = Endpoint::Kind;

struct Named {
  std::string_view prefix;
  Kind kind;
};
constexpr std::array<Named, 3> kNamed = {
    {{"set:", Kind::kSet}, {"container:", Kind::kContainer}, {"network:", Kind::kNetwork}}};
constexpr std::array<std::string_view, 5> kWords = {"set", "container", "network", "host", "any"};
constexpr Letters kLettersOfIpv6("0123456789abcdefABCDEF:.");
constexpr auto kWhatThereIs =
    "an address, a prefix, set:NAME, container:NAME, network:NAME, host or any; then @INTERFACE, :PORT, "
    "/PROTOCOL";

// Reads from left to right; what was read is behind it.
class Reader {
 public:
  Reader(const Located& text, EndpointRole role) : located_(text), text_(text.text), role_(role) {}

  Result<Endpoint> read() {
    endpoint_.text = located_;
    TRY_VOID(read_who());
    if (take('@')) TRY_VOID(read_interface());
    if (take(':')) TRY_VOID(read_ports());
    if (take('/')) TRY_VOID(read_protocol());
    if (at_ < text_.size()) return leftover();
    TRY_VOID(check_whole());
    return std::move(endpoint_);
  }

 private:
  [[nodiscard]] std::string_view rest() const { return text_.substr(at_); }
  // Up to one of these characters, or all.
  [[nodiscard]] std::string_view word(std::string_view ends) const {
    return rest().substr(0, rest().find_first_of(ends));
  }
  bool take(char c) {
    if (!rest().starts_with(c)) return false;
    ++at_;
    return true;
  }
  [[nodiscard]] Place here(std::size_t length) const { return located_.part(at_, length); }
  [[nodiscard]] std::unexpected<Error> wrong(std::string_view word, std::string message,
                                             std::string hint = {}) const {
    return bad_input(here(word.size()), std::move(message), std::move(hint));
  }

  Result<void> read_who() {
    for (const auto& [prefix, kind] : kNamed)
      if (rest().starts_with(prefix)) return read_name(prefix, kind);
    auto lone = word("@:/");
    if (lone == "host" || lone == "any") {
      endpoint_.kind = lone == "host" ? Kind::kHost : Kind::kAny;
      at_ += lone.size();
      return {};
    }
    return rest().starts_with('[') ? read_bracketed() : read_bare();
  }

  Result<void> read_name(std::string_view prefix, Kind kind) {
    endpoint_.kind = kind;
    at_ += prefix.size();
    auto name = word("@:/");
    if (name.empty())
      return wrong(name, fmt::format("a name is missing behind '{}'", prefix), fmt::format("{}NAME", prefix));
    endpoint_.name = {
        .text = std::string(name), .place = here(name.size()), .is_verbatim = located_.is_verbatim};
    at_ += name.size();
    return {};
  }

  // [2001:db8::7], [2001:db8::]/64, [2001:db8::/64]
  Result<void> read_bracketed() {
    auto inside = word("]");
    if (inside.size() == rest().size())
      return wrong(inside, "the bracket is not closed", "[2001:db8::7]:443");
    ++at_;
    inside.remove_prefix(1);
    auto slash = inside.find('/');
    TRY_VOID(read_address(inside.substr(0, slash)));
    if (slash != std::string_view::npos) {
      ++at_;
      TRY_VOID(read_length(inside.substr(slash + 1)));
    }
    ++at_;
    return slash == std::string_view::npos ? read_length_behind() : Result<void>();
  }

  Result<void> read_bare() {
    // An address of IPv6 may stand without brackets where no port follows it.
    auto whole = word("@/");
    bool is_ipv6 = whole.find(':') != whole.rfind(':') && kLettersOfIpv6.make_up(whole);
    TRY_VOID(read_address(is_ipv6 ? whole : word("@:/")));
    return read_length_behind();
  }

  Result<void> read_address(std::string_view text) {
    auto ip = Ip::parse(text);
    if (!ip) return no_address(text);
    endpoint_.kind = Kind::kAddress;
    endpoint_.prefix = {.ip = *ip, .length = address_bits(ip->family())};
    at_ += text.size();
    return {};
  }

  // A '/' and a number behind an address is a prefix, and behind that may come a protocol.
  Result<void> read_length_behind() {
    if (!rest().starts_with('/')) return {};
    auto length = rest().substr(1, rest().find_first_of("@:/", 1) - 1);
    if (length.empty() || length.find_first_not_of("0123456789") != std::string_view::npos) return {};
    ++at_;
    return read_length(length);
  }

  Result<void> read_length(std::string_view text) {
    auto& prefix = endpoint_.prefix;
    auto most = address_bits(prefix.ip.family());
    auto length = parse_number(text);
    if (!length || *length > most)
      return wrong(text, fmt::format("'{}' is no length of a prefix", text), fmt::format("0 to {}", most));
    at_ += text.size();
    prefix.length = static_cast<unsigned>(*length);
    if (prefix.has_host_bits())
      return bad_input(
          located_.part(0, at_), fmt::format("'{}' has bits behind its length", prefix.to_string()),
          fmt::format("did you mean '{}'?",
                      Prefix{.ip = prefix.ip.masked(prefix.length), .length = prefix.length}.to_string()));
    if (prefix.length < most) endpoint_.kind = Kind::kPrefix;
    return {};
  }

  [[nodiscard]] std::unexpected<Error> no_address(std::string_view text) const {
    auto shown = text.empty() ? rest() : text;
    auto hint = did_you_mean(shown, kWords);
    bool is_like_name = !shown.empty() && shown.find_first_not_of("0123456789.") != std::string_view::npos &&
                        shown.find('.') != std::string_view::npos;
    if (hint.empty()) hint = is_like_name ? "host names are not looked up: write the address" : kWhatThereIs;
    return wrong(shown, fmt::format("'{}' is no endpoint", shown), hint);
  }

  Result<void> read_interface() {
    auto name = word(":/");
    constexpr std::size_t kLongest = 15;  // IFNAMSIZ - 1
    if (name.empty() || name.size() > kLongest || name.find_first_of(" \t@") != std::string_view::npos)
      return wrong(name, fmt::format("'{}' can't be the name of an interface", name));
    if (role_ == EndpointRole::kDestination)
      return bad_input(located_.part(at_ - 1, name.size() + 1), "a destination takes no @INTERFACE",
                       "the routes say by which one it is reached; a source takes one");
    endpoint_.interface = name;
    at_ += name.size();
    return {};
  }

  [[nodiscard]] Result<std::uint16_t> read_port(std::string_view text) {
    auto port = parse_number(text);
    if (!port || *port == 0 || *port > 65535)
      return wrong(text, fmt::format("'{}' is no port", text), "a number from 1 to 65535");
    at_ += text.size();
    return static_cast<std::uint16_t>(*port);
  }

  Result<void> read_ports() {
    auto begin = at_;
    TRY(auto first, read_port(word("-/@:")));
    auto last = first;
    if (take('-')) {
      TRY(last, read_port(word("-/@:")));
    }
    if (last < first)
      return bad_input(located_.part(begin, at_ - begin),
                       fmt::format("the range of ports {}-{} is empty", first, last),
                       fmt::format("did you mean '{}-{}'?", last, first));
    endpoint_.ports = {.first = first, .last = last};
    return {};
  }

  Result<void> read_protocol() {
    auto name = word("/@:");
    auto number = protocol_called(name);
    if (!number) {
      auto hint = did_you_mean(name, protocol_names());
      if (hint.empty()) hint = fmt::format("there is: {}", fmt::join(protocol_names(), ", "));
      return wrong(name, fmt::format("'{}' is no protocol", name), hint);
    }
    if (endpoint_.ports && !has_ports(*number))
      return wrong(name, fmt::format("{} has no ports", name), "leave out the port");
    endpoint_.protocol = number;
    at_ += name.size();
    return {};
  }

  [[nodiscard]] std::unexpected<Error> leftover() const {
    auto left = rest();
    bool is_misplaced = left.front() == '@' || left.front() == ':';
    return wrong(left, fmt::format("'{}' can't stand here", left),
                 is_misplaced ? "first @INTERFACE, then :PORT, then /PROTOCOL" : kWhatThereIs);
  }

  [[nodiscard]] Result<void> check_whole() const {
    if (endpoint_.kind != Kind::kAddress && endpoint_.kind != Kind::kPrefix) return {};
    auto family = endpoint_.prefix.ip.family();
    bool is_others = (endpoint_.protocol == kIcmp && family == Family::kIpv6) ||
                     (endpoint_.protocol == kIcmp6 && family == Family::kIpv4);
    if (!is_others) return {};
    return bad_input(located_.part(0, text_.size()),
                     fmt::format("{} is a protocol of {}", name_of_protocol(*endpoint_.protocol),
                                 family == Family::kIpv4 ? "IPv6" : "IPv4"),
                     family == Family::kIpv4 ? "write /icmp" : "write /icmpv6");
  }

  const Located& located_;
  std::string_view text_;
  EndpointRole role_;
  std::size_t at_ = 0;
  Endpoint endpoint_;
};

constexpr std::string_view kNot = "not ";

std::optional<Family> family_of(const Endpoint& endpoint) {
  if (endpoint.kind == Kind::kAddress || endpoint.kind == Kind::kPrefix) return endpoint.prefix.ip.family();
  if (endpoint.protocol == kIcmp) return Family::kIpv4;
  if (endpoint.protocol == kIcmp6) return Family::kIpv6;
  return {};
}

Result<void> check_protocol(const Endpoint& from, const Endpoint& to) {
  auto whole = [](const Endpoint& end) { return end.text.part(0, end.text.text.size()); };
  if (from.protocol && to.protocol && from.protocol != to.protocol)
    return bad_input(whole(to),
                     fmt::format("it goes from {} to {}", name_of_protocol(*from.protocol),
                                 name_of_protocol(*to.protocol)),
                     "both ends are of one protocol; it is enough that one names it");
  auto protocol = protocol_between(from, to);
  auto name = name_of_protocol(protocol);
  if (!has_ports(protocol) && (from.ports || to.ports))
    return bad_input(whole(to.ports ? to : from), fmt::format("{} has no ports", name), "leave out the port");
  if (!has_ports(protocol) || to.ports) return {};
  bool is_ipv6 = family_of(to) == Family::kIpv6;
  auto who = to.text.text.substr(0, to.kind == Kind::kPrefix ? std::string::npos : to.text.text.find('/'));
  auto hint = is_ipv6 && !who.starts_with('[')
                  ? fmt::format("[{}]:443, with brackets", who)
                  : fmt::format("{}:443, or {}/{}", who, who, is_ipv6 ? "icmpv6" : "icmp");
  return bad_input(whole(to), fmt::format("the port is missing: {} is asked port by port", name), hint);
}

}  // namespace

Result<Endpoint> parse_endpoint(const Located& text, EndpointRole role) { return Reader(text, role).read(); }

Result<Endpoints> parse_endpoints(const Located& text, EndpointRole role) {
  if (!text.text.starts_with(kNot)) {
    TRY(auto endpoint, parse_endpoint(text, role));
    auto place = text.place;
    return Endpoints{.any_of = {std::move(endpoint)}, .place = std::move(place)};
  }
  auto but = text.text.find_first_not_of(' ', kNot.size());
  if (but == std::string::npos) return bad_input(text.place, "not what?", "not 192.0.2.7");
  Located excepted{.text = text.text.substr(but),
                   .place = text.part(but, text.text.size() - but),
                   .is_verbatim = text.is_verbatim};
  TRY(auto endpoint, parse_endpoint(excepted, role));
  Endpoint any{.text = text,
               .kind = Kind::kAny,
               .interface = endpoint.interface,
               .ports = endpoint.ports,
               .protocol = endpoint.protocol};
  return Endpoints{.any_of = {std::move(any)}, .except = {std::move(endpoint)}, .place = text.place};
}

std::uint8_t protocol_between(const Endpoint& from, const Endpoint& to) {
  return to.protocol.value_or(from.protocol.value_or(kTcp));
}

bool are_of_one_family(const Endpoint& from, const Endpoint& to) {
  auto family = family_of(from);
  auto other = family_of(to);
  return !family || !other || family == other;
}

Result<void> check_ends(const Endpoints& from, const Endpoints& to) {
  for (const auto& source : from.any_of) {
    for (const auto& destination : to.any_of) TRY_VOID(check_protocol(source, destination));
    auto fits = [&](const Endpoint& destination) { return are_of_one_family(source, destination); };
    if (!std::ranges::any_of(to.any_of, fits))
      return bad_input(to.place, fmt::format("'{}' and '{}' are of two families", source.text.text,
                                             to.any_of.front().text.text));
  }
  return {};
}

}  // namespace pyfw
