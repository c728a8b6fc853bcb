// How each target extension becomes an effect: the functions of the table in target_rows.cc, which says what
// they are given and give. A file for each kind; the names are those of the extensions.

#pragma once

#include "ext/rows.h"

namespace pyfw {

// effect_verdicts.cc
std::optional<Target> effect_accept(Words& words, Family family);
std::optional<Target> effect_drop(Words& words, Family family);
std::optional<Target> effect_return(Words& words, Family family);
std::optional<Target> effect_reject(Words& words, Family family);
std::optional<Target> effect_continue(Words& words, Family family);
std::optional<Target> effect_notrack(Words& words, Family family);
std::optional<Target> effect_ct(Words& words, Family family);
std::optional<Target> effect_tproxy(Words& words, Family family);
std::optional<Target> effect_set(Words& words, Family family);

// effect_nat.cc
std::optional<Target> effect_dnat(Words& words, Family family);
std::optional<Target> effect_snat(Words& words, Family family);
std::optional<Target> effect_masquerade(Words& words, Family family);
std::optional<Target> effect_redirect(Words& words, Family family);
std::optional<Target> effect_netmap(Words& words, Family family);

// effect_marks.cc
std::optional<Target> effect_mark(Words& words, Family family);
std::optional<Target> effect_connmark(Words& words, Family family);
std::optional<Target> effect_hmark(Words& words, Family family);

// effect_header.cc
std::optional<Target> effect_ttl(Words& words, Family family);
std::optional<Target> effect_tos(Words& words, Family family);
std::optional<Target> effect_dscp(Words& words, Family family);
std::optional<Target> effect_ecn(Words& words, Family family);
std::optional<Target> effect_tcpoptstrip(Words& words, Family family);

}  // namespace pyfw
