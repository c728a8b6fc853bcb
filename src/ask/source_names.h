// What a person calls many addresses at once: "anywhere but set:blocked", "container web", "10.0.0.0/8".
//
//   SourceNames names(scene, Family::kIpv4);
//   names.call(sources, asked, "eth0")          // {"set:allowed_hosts", "10.0.0.7"}

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "ask/flows.h"
#include "prove/set_addresses.h"
#include "prove/spans.h"

namespace pyfw {

class SourceNames {
 public:
  // It must outlive it.
  SourceNames(const Scene& scene, Family family);
  // A set that the other scene has otherwise is called by its members.
  SourceNames(const Scene& scene, Family family, const Scene& other, SetAddresses& addresses);

  struct Called {
    bool is_anywhere = false;  // all that come in there, but for those that are named
    std::vector<std::string> names{};

    bool operator==(const Called&) const = default;
  };
  // Of those that were asked about, which come in by that interface. With the fewest names.
  [[nodiscard]] Called call(const Spans& sources, const Spans& asked, std::string_view interface) const;
  // Of destinations: "host" for its own addresses.
  [[nodiscard]] Called call_ends(const Spans& destinations) const;

 private:
  void learn_names(const Scene* other, SetAddresses& addresses);
  struct Named {
    std::string name;
    Spans spans;
  };
  [[nodiscard]] std::vector<std::string> names_of(const Spans& sources, const Spans& asked,
                                                  const std::vector<Named>& named) const;

  const Scene& scene_;
  Family family_;
  std::vector<Named> named_;
};

// "anywhere but set:blocked, 10.0.0.7"; of more names than so many it says how many there are besides.
inline constexpr std::size_t kMostNames = 12;
std::string words_of(const SourceNames::Called& called, std::size_t most_names);

}  // namespace pyfw
