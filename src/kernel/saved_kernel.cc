#include "kernel/saved_kernel.h"

#include "kernel/spell_saved.h"
#include "kernel/speller.h"

namespace pyfw {
namespace {

std::unexpected<Error> cannot_change() { return fail("a state from files can't be changed"); }

}  // namespace

Result<State> SavedKernel::read() {
  if (!is_spelled_)
    host_.state = spelled_like_kernel(std::move(host_.state),
                                      [this](const SpellRequest& request) { return spell(request); });
  is_spelled_ = true;
  return host_.state;
}

Result<std::vector<SpelledLine>> SavedKernel::spell(const SpellRequest& request) {
  return spell_in_scratch(request, backend());
}

Result<SpelledSet> SavedKernel::spell_set(const Set& set) { return spell_set_in_scratch(set); }

Result<void> SavedKernel::run(std::span<const std::string> /*command*/) { return cannot_change(); }

Result<Committed> SavedKernel::commit(const Commit& /*commit*/, Generation /*generation*/) {
  return cannot_change();
}

Result<std::unique_ptr<Kernel>> SavedKernel::copy(const State& /*state*/) { return cannot_change(); }

}  // namespace pyfw
