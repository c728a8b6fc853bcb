// Which wish a rule of the desired state fulfils, and where that stands in its file.
//
//   WishPlaces places(wishes, written, desired, Backend::kNft);
//   if (auto wish = places.of(host, rule)) fmt::print("{}: {}\n", where(wish->place), wish->name);

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "nf/backend.h"
#include "nf/desired.h"
#include "trace/traced_host.h"
#include "wish/written.h"

namespace pyfw {

struct WishedRule {
  std::string name{};  // empty of a bare text
  Place place{};       // of its text
};

class WishPlaces {
 public:
  // All must outlive it. `backend` is that of the desired rules.
  WishPlaces(const Wishes& wishes, const WrittenRules& written, const Desired& desired, Backend backend)
      : wishes_(wishes), written_(written), desired_(desired), backend_(backend) {}

  // Of a host that was made of that desired state. None for the rules of others, those that `~match` or
  // `~rest` stand for among them.
  [[nodiscard]] std::optional<WishedRule> of(const TracedHost& host, const RuleRef& rule) const;

 private:
  const Wishes& wishes_;
  const WrittenRules& written_;
  const Desired& desired_;
  Backend backend_;
};

}  // namespace pyfw
