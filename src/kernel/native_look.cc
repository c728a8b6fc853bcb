#include "kernel/native_look.h"

#include <sys/resource.h>
#include <unistd.h>

#include "kernel/native_memo.h"
#include "nft/nft_rules.h"

namespace pyfw {

// Only on nft are the rules of nft itself and those of iptables in the same tables.
Result<NativeLook> look_for_native_rules(const Netns& netns) {
  NativeLook look;
  if (netns.backend() == Backend::kLegacy || netns.is_scratch()) return look;
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), 10);
  TRY(auto nft, NftRules::open());
  TRY(auto before, nft.generation());
  if (has_no_native_rules_at(before)) return look;
  for (auto family : kFamilies) {
    TRY(look.handles[family], refuse_native_rules(family));
  }
  TRY(auto after, nft.generation());
  if (before != after) return NativeLook();
  note_no_native_rules_at(after);
  look.at = after;
  return look;
}

}  // namespace pyfw
