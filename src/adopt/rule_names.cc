#include "adopt/rule_names.h"

#include <fmt/format.h>

#include <array>
#include <vector>

#include "base/contains.h"

namespace pyfw {
namespace {

constexpr std::size_t kLongest = 80;

// What others read as letters, digits and '_' of: 10.0.0.0/8 is 10_0_0_0_8.
std::string plain(std::string_view text) {
  std::string out;
  for (char c : text) {
    char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    bool fits = (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9');
    if (fits) {
      out += lower;
    } else if (c == '+') {
      out += out.empty() || out.back() == '_' ? "any" : "_any";
    } else if (!out.empty() && out.back() != '_') {
      out += '_';
    }
  }
  if (out.ends_with('_')) out.pop_back();
  return out;
}

// Of a single address the length says nothing.
std::string address(std::string_view text) {
  for (std::string_view whole : {"/32", "/128"})
    if (text.ends_with(whole) && (whole == "/32") == (text.find(':') == std::string_view::npos))
      text.remove_suffix(whole.size());
  return plain(text);
}

std::string verb_for(std::string_view target) {
  if (target == "ACCEPT") return "allow";
  if (target == "DROP") return "drop";
  if (target == "REJECT") return "reject";
  if (target == "RETURN") return "return";
  return plain(target);
}

// FNV-1a, 32 bits: the same for a text on every machine.
std::uint32_t hash_of(std::span<const std::string> tokens) {
  std::uint32_t hash = 2166136261U;
  auto add = [&](char c) { hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U; };
  for (const auto& token : tokens) {
    for (char c : token) add(c);
    add(' ');
  }
  return hash;
}

class Namer {
 public:
  explicit Namer(std::span<const std::string> tokens) : tokens_(tokens) {}

  std::string name() {
    while (at_ < tokens_.size()) read();
    // tcp_22 says the protocol already.
    if (!protocol_is_named_ && !protocol_.empty()) ports_.insert(ports_.begin(), protocol_);
    std::string out = verb_;
    for (const auto* parts : {&what_, &ports_, &where_, &extras_})
      for (const auto& part : *parts) {
        if (part.empty()) continue;
        out += (out.empty() ? "" : "_") + part;
      }
    if (out.empty()) out = "rule";
    if (out.size() <= kLongest) return out;
    auto mark = fmt::format("_{:08x}", hash_of(tokens_));
    out.resize(kLongest - mark.size());
    while (out.ends_with('_')) out.pop_back();
    return out + mark;
  }

 private:
  using Parts = std::vector<std::string>;

  void read() {
    auto word = take();
    if (word == "!") {
      inverted_ = true;
      return;
    }
    if (word == "-s") {
      add(where_, "from", address(take()));
    } else if (word == "-d") {
      add(where_, "to", address(take()));
    } else if (word == "-i" || word == "-o") {
      interface(word == "-i" ? "in" : "out");
    } else if (word == "-p") {
      protocol_ = (inverted_ ? "not_" : "") + plain(take());
    } else if (word == "-f") {
      add(extras_, "", "fragments");
    } else if (word == "-m") {
      match_ = take();
    } else if (word == "-j" || word == "-g") {
      verb_ = (word == "-g" ? "goto_" : "") + verb_for(take());
      in_target_ = true;
    } else {
      option(word);
    }
    inverted_ = false;
  }

  std::string_view take() {
    return at_ < tokens_.size() ? std::string_view(tokens_[at_++]) : std::string_view();
  }

  // Values of the option before, up to the next option.
  std::string values() {
    std::string all;
    while (at_ < tokens_.size() && tokens_[at_] != "!" && !tokens_[at_].starts_with('-')) {
      auto value = plain(take());
      if (!value.empty()) all += (all.empty() ? "" : "_") + value;
    }
    return all;
  }

  void add(Parts& parts, std::string_view key, const std::string& value) const {
    std::string part(key);
    if (inverted_) part += part.empty() ? "not" : "_not";
    if (!value.empty()) part += (part.empty() ? "" : "_") + value;
    parts.push_back(std::move(part));
  }

  void interface(std::string_view way) {
    auto name = take();
    if (name == "lo" && !inverted_) return add(what_, "", way == "in" ? "loopback" : "out_loopback");
    // ${external_interface}
    add(where_, way, name.starts_with("${") ? "external" : plain(name));
  }

  void port(std::string_view key) {
    auto value = values();
    protocol_is_named_ = true;
    add(ports_, protocol_ + (protocol_.empty() || key.empty() ? "" : "_") + std::string(key), value);
  }

  void states() {
    auto value = take();
    std::string said;
    if (value == "RELATED,ESTABLISHED" || value == "ESTABLISHED,RELATED") {
      said = "established";
    } else {
      said = plain(value);
    }
    add(what_, "", said);
  }

  // `--syn` and the mask ALL, as people write them.
  void flags() {
    auto mask = take();
    auto set = take();
    if (mask == "FIN,SYN,RST,ACK" && set == "SYN") return add(ports_, "", "syn");
    constexpr std::string_view kAll = "FIN,SYN,RST,PSH,ACK,URG";
    auto word = [&](std::string_view flags) { return flags == kAll ? "all" : plain(flags); };
    protocol_is_named_ = true;
    add(extras_, "tcp_flags", fmt::format("{}_{}", word(mask), word(set)));
  }

  void set() {
    auto name = plain(take());
    auto ways = take();
    add(where_, ways.starts_with("dst") ? "to" : "from", name);
    if (ways != "src" && ways != "dst") add(where_, "by", plain(ways));
  }

  void option(std::string_view word) {
    if (word == "--comment") {
      take();
    } else if (word == "--dport" || word == "--dports") {
      port("");
    } else if (word == "--sport" || word == "--sports") {
      port("from_port");
    } else if (word == "--ports") {
      port("either_port");
    } else if (word == "--ctstate" || word == "--state") {
      states();
    } else if (word == "--match-set") {
      set();
    } else if (word == "--tcp-flags") {
      flags();
    } else if (word == "--syn") {
      add(ports_, "", "syn");
    } else if (word == "--icmp-type" || word == "--icmpv6-type") {
      add(ports_, "", values());
    } else if (word == "--src-type" || word == "--dst-type") {
      add(where_, word == "--src-type" ? "from" : "to", values());
    } else if (word == "--src-range" || word == "--dst-range") {
      add(where_, word == "--src-range" ? "from" : "to", values());
    } else if (word == "--reject-with") {
      auto value = take();
      if (value != "icmp-port-unreachable" && value != "icmp6-port-unreachable")
        add(extras_, "with", plain(value));
    } else if (word == "--to-destination" || word == "--to-source" || word == "--to-ports" ||
               word == "--to") {
      add(extras_, "to", values());
    } else if (word == "--limit" || word == "--mark") {
      add(extras_, word.substr(2), values());
    } else if (word == "--log-prefix" || word == "--nflog-prefix") {
      add(extras_, "", plain(take()));
    } else {
      add_other(word);
    }
  }

  void add_other(std::string_view word) {
    auto key = plain(word);
    // `-p tcp -m tcp --tcp-flags`, `-m owner --uid-owner`: what the option says of the match need not be said
    // twice.
    if (!in_target_ && match_ == protocol_ && key.starts_with(protocol_ + "_")) protocol_is_named_ = true;
    if (!in_target_ && key.find(match_) == std::string::npos) key = plain(std::string(match_) + "_" + key);
    add(extras_, key, values());
  }

  std::span<const std::string> tokens_;
  std::size_t at_ = 0;
  bool inverted_ = false;
  bool in_target_ = false;
  bool protocol_is_named_ = false;
  std::string_view match_;
  std::string verb_;
  std::string protocol_;
  Parts what_;   // loopback, established, invalid
  Parts ports_;  // with the protocol
  Parts where_;  // from, to, in, out
  Parts extras_;
};

// A whole network's name reads better without `from`: masquerade_172_17_0_0_16.
std::string without_from(std::string name) {
  constexpr std::array<std::string_view, 2> kVerbs = {"masquerade", "snat"};
  for (auto verb : kVerbs) {
    auto start = std::string(verb) + "_from_";
    if (name.starts_with(start) && name.size() > start.size() && name[start.size()] >= '0' &&
        name[start.size()] <= '9')
      name.erase(verb.size(), std::string_view("_from").size());
  }
  return name;
}

}  // namespace

std::string name_for(std::span<const std::string> tokens) { return without_from(Namer(tokens).name()); }

std::string ChainNames::unique(std::string name) {
  auto [at, is_new] = taken_.emplace(name, 2);
  if (is_new) return name;
  while (true) {
    auto numbered = fmt::format("{}_{}", name, at->second++);
    // `at` may move where the table grows.
    bool is_free = taken_.emplace(numbered, 2).second;
    at = taken_.find(name);
    if (is_free) return numbered;
  }
}

}  // namespace pyfw
