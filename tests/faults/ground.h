// The host in the old state of a case, as often as it is asked for; and what can be seen of it.

#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "faults/asked.h"
#include "faults/case.h"
#include "faults/crossing.h"
#include "nf/desired.h"

namespace pyfw::faults {

struct Seen {
  State state;
  std::string record;  // the file; empty where there is none

  // Both families' rules and the sets, without what is random and without tables that do nothing.
  [[nodiscard]] std::string text() const;
};

// The rules that are not pyfw's, in their order.
using ForeignRules = std::map<ChainId, std::vector<std::string>>;

class Ground {
 public:
  static Result<Ground> make(lab::Lab& lab, lab::Backend backend);

  // To the old state, which is kept for reset().
  Result<void> prepare(const Case& wanted);
  [[nodiscard]] Result<void> reset() const;

  [[nodiscard]] Result<Seen> see() const;
  [[nodiscard]] const ForeignRules& foreign() const { return foreign_; }
  // `pyfw apply`, with what the case wants beside; and `pyfw plan`.
  [[nodiscard]] Result<Outcome> apply(const Answering& answering) const {
    return pyfw_->run(apply_, answering);
  }
  [[nodiscard]] Result<Outcome> plan() const;
  [[nodiscard]] Result<std::string> sh(const std::string& script) const;
  Crossing& crossing() { return crossing_; }
  [[nodiscard]] lab::Backend backend() const { return backend_; }

 private:
  Ground(Crossing crossing, lab::Backend backend)
      : backend_(backend), crossing_(std::move(crossing)), pyfw_(std::make_unique<Asked>(crossing_.host())) {}
  [[nodiscard]] const lab::Host& host() const { return crossing_.host(); }

  lab::Backend backend_;
  Crossing crossing_;
  std::unique_ptr<Asked> pyfw_;
  ForeignRules foreign_;
  std::string apply_;
};

}  // namespace pyfw::faults
