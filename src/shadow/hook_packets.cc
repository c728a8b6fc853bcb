#include "shadow/hook_packets.h"

namespace pyfw {

Bdd::Node packets_of_hook(const TracedChain& chain, Looks& looks) {
  auto& bdd = looks.bdd();
  auto out = looks.everything();
  auto comes_in = looks.is_somewhere(Look::kIn);
  auto goes_out = looks.is_somewhere(Look::kOut);
  bool is_local = chain.name == "OUTPUT";
  bool is_before_routing = chain.name == "PREROUTING" || chain.name == "INPUT";
  if (is_before_routing || chain.name == "FORWARD") out = bdd.both(out, comes_in);
  if (is_before_routing) out = bdd.without(out, goes_out);
  if (is_local) out = bdd.without(out, comes_in);
  if (is_local || chain.name == "FORWARD" || chain.name == "POSTROUTING") out = bdd.both(out, goes_out);
  if (chain.table != "nat") return out;
  // Of what belongs to a connection that is open already nat's rules see nothing.
  auto is_first = looks.number_in({.field = NumberField::kCtState,
                                   .mask = kStateNew | kStateRelated,
                                   .range = {.first = 1, .last = 0xff}});
  return bdd.both(bdd.both(out, is_first), looks.holds(Look::kHasConnection));
}

}  // namespace pyfw
