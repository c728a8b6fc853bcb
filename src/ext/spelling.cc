#include "ext/spelling.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "base/contains.h"
#include "base/strings.h"
#include "ext/targets.h"

namespace pyfw {
namespace {

constexpr std::size_t kLongestInterface = 15;
constexpr std::size_t kLongestComment = 255;

std::optional<unsigned long> port(std::string_view text) {
  auto number = parse_number(text);
  bool as_printed = number && *number <= 65535 && (text.size() == 1 || text.front() != '0');
  return as_printed ? number : std::nullopt;
}

// inet_pton() takes an IPv4 address in one form only, so that just the length is left to look at.
bool is_as_printed(const Prefix& prefix, std::string_view text) {
  auto slash = text.find('/');
  if (slash == std::string_view::npos) return false;
  if (prefix.ip.family() == Family::kIpv4) return text[slash + 1] != '0';
  return prefix.to_string() == text;
}

// A user chain, if it is there at all, which is looked at elsewhere.
bool is_chain(std::string_view name) {
  constexpr Letters kLetters("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
  return kLetters.make_up(name) && !name.starts_with('-') && !is_known_target(name);
}

// Reads the words from left to right, in the one order in which iptables prints them.
class Reader {
 public:
  Reader(std::span<const std::string> tokens, const ChainId& chain) : tokens_(tokens), chain_(chain) {}

  bool read() {
    return address("-s") && address("-d") && interface("-i") && interface("-o") && protocol() && matches() &&
           target() && at_ == tokens_.size();
  }

 private:
  [[nodiscard]] std::string_view peek(std::size_t ahead = 0) const {
    return at_ + ahead < tokens_.size() ? std::string_view(tokens_[at_ + ahead]) : std::string_view();
  }

  // Takes `[!] OPTION VALUE` if it stands here, and gives the value.
  std::optional<std::string_view> take(std::string_view option) {
    std::size_t negated = peek() == "!" ? 1 : 0;
    if (peek(negated) != option || at_ + negated + 1 >= tokens_.size()) return std::nullopt;
    auto value = peek(negated + 1);
    at_ += negated + 2;
    negated_ = negated == 1;
    return value;
  }

  bool address(std::string_view option) {
    auto value = take(option);
    if (!value) return true;
    auto prefix = Prefix::parse(*value);
    return prefix && prefix->ip.family() == chain_.family && prefix->length > 0 && !prefix->has_host_bits() &&
           is_as_printed(*prefix, *value);
  }

  bool interface(std::string_view option) {
    auto value = take(option);
    if (!value) return true;
    constexpr std::string_view kLetters =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-+";
    if (value->size() > kLongestInterface || *value == "+" || value->starts_with('-') ||
        value->find_first_not_of(kLetters) != std::string_view::npos)
      return false;
    // iptables refuses an interface that no packet can have there yet, or any more.
    const auto& name = chain_.chain;
    return option == "-i" ? name != "OUTPUT" && name != "POSTROUTING"
                          : name != "INPUT" && name != "PREROUTING";
  }

  bool protocol() {
    auto value = take("-p");
    if (!value) return true;
    if (!negated_) protocol_ = *value;
    return *value == "tcp" || *value == "udp" ||
           *value == (chain_.family == Family::kIpv4 ? "icmp" : "ipv6-icmp");
  }

  bool matches() {
    while (peek() == "-m") {
      auto name = peek(1);
      at_ += 2;
      // iptables-nft merges two matches of one name, and shows the second only.
      if (contains(seen_, name)) return false;
      seen_.push_back(name);
      bool known = name == "tcp" || name == "udp" ? ports(name)
                   : name == "conntrack"          ? states()
                   : name == "comment"            ? comment()
                   : name == "set"                ? set()
                                                  : false;
      if (!known) return false;
    }
    return true;
  }

  bool ports(std::string_view match) {
    if (match != protocol_) return false;
    auto source = take("--sport");
    auto destination = take("--dport");
    return (source || destination) && (!source || port(*source)) && (!destination || port(*destination));
  }

  bool states() {
    constexpr std::array<std::string_view, 4> kInPrintedOrder = {"INVALID", "NEW", "RELATED", "ESTABLISHED"};
    auto value = take("--ctstate");
    if (!value) return false;
    auto last = kInPrintedOrder.begin();
    for (auto state : split(*value, ',')) {
      last = std::find(last, kInPrintedOrder.end(), state);
      if (last++ == kInPrintedOrder.end()) return false;
    }
    return true;
  }

  bool comment() {
    if (peek() == "!") return false;
    auto value = take("--comment");
    return value && value->size() <= kLongestComment && value->find('\n') == std::string_view::npos;
  }

  bool set() {
    auto name = take("--match-set");
    if (!name) return false;
    auto directions = split(peek(), ',');
    ++at_;
    return directions.size() <= 3 &&
           std::ranges::all_of(directions, [](std::string_view one) { return one == "src" || one == "dst"; });
  }

  bool target() {
    if (peek() != "-j") return false;
    auto name = peek(1);
    at_ += 2;
    if (name == "ACCEPT" || name == "RETURN" || is_chain(name)) return true;
    if (chain_.table != "filter") return false;
    if (name == "DROP") return true;
    if (name != "REJECT" || peek() != "--reject-with") return false;
    auto answer = peek(1);
    at_ += 2;
    return answer == (chain_.family == Family::kIpv4 ? "icmp-port-unreachable" : "icmp6-port-unreachable");
  }

  std::span<const std::string> tokens_;
  const ChainId& chain_;
  std::size_t at_ = 0;
  bool negated_ = false;
  std::string_view protocol_;
  std::vector<std::string_view> seen_;
};

}  // namespace

bool is_spelled_like_kernel(std::span<const std::string> tokens, const ChainId& chain) {
  return Reader(tokens, chain).read();
}

}  // namespace pyfw
