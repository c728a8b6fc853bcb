// Which packets an expectation about everyone speaks of, as docs/proofs.md says it, by looking at one of
// them.
//
//   TRY(auto covered, Covered::by(expectation, scene));
//   if (covered.has(arrival) && !is_discarded(trace_flow(scene.traced, arrival).verdict)) …

#pragma once

#include <map>
#include <string>
#include <vector>

#include "ask/check.h"
#include "ask/ends.h"

namespace pyfw {

// Sources of one text, and those who are excepted.
struct CoveredSource {
  const Endpoint* end = nullptr;
  std::map<Family, Spans> addresses{};
};

struct CoveredDestination {
  const Endpoint* end = nullptr;
  Ip ip;
};

class Covered {
 public:
  // Both must outlive it.
  static Result<Covered> by(const Expectation& expectation, const Scene& scene);

  [[nodiscard]] const std::vector<CoveredSource>& sources() const { return sources_; }
  [[nodiscard]] const std::vector<CoveredSource>& exceptions() const { return exceptions_; }
  [[nodiscard]] const std::vector<CoveredDestination>& destinations() const { return destinations_; }
  // Whether it is one of them, if routing does not discard it.
  [[nodiscard]] bool has(const Arrival& arrival) const;

 private:
  explicit Covered(const Scene& scene) : scene_(&scene), entries_(entries_of(scene.traced.facts())) {}
  [[nodiscard]] bool comes_from(const CoveredSource& source, const Arrival& arrival) const;

  const Scene* scene_;
  std::vector<std::string> entries_;
  std::vector<CoveredSource> sources_{};
  std::vector<CoveredSource> exceptions_{};
  std::vector<CoveredDestination> destinations_{};
};

// A martian, or what rp_filter takes for one.
bool is_discarded(const FlowVerdict& verdict);

}  // namespace pyfw
