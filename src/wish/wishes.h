// What the owner asked for, as typed values that keep their places in the files.

#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "ext/target_values.h"
#include "net/ip.h"
#include "nf/desired.h"

namespace pyfw {

// A text from a wishes file. `part` gives the place of some of its bytes.
struct Located {
  std::string text;
  Place place;
  bool is_verbatim = false;  // stands in the file byte for byte, on one line

  [[nodiscard]] Place part(std::size_t offset, std::size_t length) const;
};

// One entry of a chain's `rules`.
struct RuleWish {
  enum class Kind : std::uint8_t {
    kNamed,    // NAME: TEXT
    kUnnamed,  // a bare TEXT
    kMatch,    // ~match: REGEX
    kRest,     // ~rest:
    kAbsent,   // ~absent: NAME
  };
  Kind kind = Kind::kNamed;
  Located name;  // of kNamed, kAbsent; the key itself of kRest
  Located text;  // of kNamed, kUnnamed; the pattern of kMatch
};

struct ChainWish {
  ChainId id;
  Place place;
  std::optional<Located> default_action{};
  bool is_exact = false;  // rules_equal
  std::optional<Place> rules_place{};
  std::vector<RuleWish> rules{};
};

struct SetWish {
  std::string name;
  Place place;
  std::optional<Located> type{};
  std::map<std::string, Located> options{};  // a flag that is on has an empty text
  std::optional<std::vector<Located>> members_equal{};
  std::vector<Located> members_include{};
  std::vector<Located> members_exclude{};
};

// One end of a flow: see endpoint.h.
struct Endpoint {
  enum class Kind : std::uint8_t {
    kAddress,    // 192.0.2.7, [2001:db8::7]
    kPrefix,     // 10.0.0.0/8
    kSet,        // set:NAME
    kContainer,  // container:NAME
    kNetwork,    // network:NAME
    kHost,       // host
    kAny,        // any
  };
  Located text;  // the whole of it
  Kind kind = Kind::kAny;
  Prefix prefix{};          // of kAddress, kPrefix
  Located name{};           // of kSet, kContainer, kNetwork
  std::string interface{};  // that a source comes in by, where it was said
  std::optional<PortRange> ports{};
  std::optional<std::uint8_t> protocol{};
};

// Any of these, but none of those.
struct Endpoints {
  std::vector<Endpoint> any_of;
  std::vector<Endpoint> except{};  // of `not X` and of { any, except: […] }
  Place place;
};

enum class Expected : std::uint8_t { kWorks, kRefused, kDropped, kNotWorks };

// A statement about flows: each of `from` to each of `to`.
struct Expectation {
  Located name;
  Endpoints from;
  Endpoints to;
  Expected is = Expected::kWorks;
};

struct Wishes {
  std::map<std::string, Located> vars;
  std::map<std::string, SetWish> sets;
  std::map<ChainId, ChainWish> chains;
  std::vector<Expectation> expectations;
  std::vector<std::shared_ptr<const Source>> files;  // that they were read from, those of members included
};

}  // namespace pyfw
