#include "lint/lint.h"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>
#include <utility>

#include "base/contains.h"
#include "lint/lints.h"
#include "lint/silences.h"

namespace pyfw {
namespace {

using enum Severity;

// Silences are looked at when all others are done (silences.cc).
void find_nothing(Linted& /*linted*/, Report& /*report*/) {}

constexpr std::array kLints = {
    LintRow{"unknown-name", kError, "A rule names a set or chain that nobody makes.", find_missing_names},
    LintRow{"refused-rule", kError, "iptables does not take this rule.", find_refused_rules},
    LintRow{"reset-without-tcp", kError, "A tcp-reset without -p tcp.", find_resets_without_tcp},
    LintRow{"interface-of-other-hook", kWarning, "An -i or -o that no packet in this hook has.",
            find_interfaces_of_other_hooks},
    LintRow{"unknown-interface", kWarning, "A rule names an interface that the host has not.",
            find_unknown_interfaces},
    LintRow{"uncalled-chain", kWarning, "A user chain that nothing jumps to.", find_uncalled_chains},
    LintRow{"never-matches", kWarning, "A rule that no packet can match.", find_rules_that_never_match},
    LintRow{"changes-nothing", kNote, "A rule whose packets have gone the same way before.",
            find_rules_that_repeat},
    LintRow{"accepts-everything", kWarning, "An accept without a match, before drops or a policy DROP.",
            find_accepts_of_everything},
    LintRow{"accepts-without-drops", kWarning, "Accepts in a chain that accepts everything anyway.",
            find_accepts_without_drops},
    LintRow{"excludes-everyone", kWarning, "Two drops, each of which takes what the other spares.",
            find_negations_that_exclude_all},
    LintRow{"input-without-established", kWarning, "A closed INPUT that lets no answers in.",
            find_input_without_established},
    LintRow{"input-without-loopback", kWarning, "A closed INPUT that shuts lo out.",
            find_input_without_loopback},
    LintRow{"input-without-ssh", kWarning, "A closed INPUT that shuts ssh out.", find_input_without_ssh},
    LintRow{"input-without-icmp-errors", kWarning, "A closed INPUT that lets no ICMP errors in.",
            find_input_without_icmp_errors},
    LintRow{"input-without-neighbours", kError, "A closed INPUT that lets no neighbour discovery in.",
            find_input_without_neighbours},
    LintRow{"output-without-established", kError, "A closed OUTPUT that lets no answers out.",
            find_output_without_established},
    LintRow{"output-without-loopback", kWarning, "A closed OUTPUT that shuts lo out.",
            find_output_without_loopback},
    LintRow{"output-without-neighbours", kError, "A closed OUTPUT that lets no neighbour discovery out.",
            find_output_without_neighbours},
    LintRow{"forward-without-established", kWarning, "A closed FORWARD that lets no answers back.",
            find_forward_without_established},
    LintRow{"accepts-by-source-port", kWarning, "An accept of whoever sends from a port.",
            find_accepts_by_source_port},
    LintRow{"accepts-before-bans", kWarning, "An accept above the rules of fail2ban or the like.",
            find_accepts_before_bans},
    LintRow{"limits-nothing", kWarning, "A limit, where what is beyond it is accepted too.",
            find_limits_of_nothing},
    LintRow{"drops-icmp-errors", kWarning, "A drop of all ICMP.", find_drops_of_icmp_errors},
    LintRow{"ipv6-left-open", kWarning, "INPUT is closed over IPv4 and open over IPv6.", find_ipv6_left_open},
    LintRow{"proxy-past-wishes", kWarning, "docker-proxy serves over IPv6 what is closed over IPv4.",
            find_proxies_past_wishes},
    LintRow{"docker-own-chain", kWarning, "A rule in a chain that Docker empties when it starts.",
            find_rules_in_dockers_chains},
    LintRow{"before-docker-jumps", kWarning,
            "A drop in FORWARD that Docker's next start puts behind its own.", find_rules_at_head_of_forward},
    LintRow{"behind-docker-return", kWarning, "A rule behind Docker's RETURN in DOCKER-USER.",
            find_rules_behind_return},
    LintRow{"input-published-port", kWarning, "An INPUT rule for a port that Docker forwards.",
            find_input_rules_for_published},
    LintRow{"forwarded-host-port", kWarning, "A published port where packets have the container's.",
            find_forwarded_host_ports},
    LintRow{"forwarded-host-address", kWarning, "An address of the host where packets have the container's.",
            find_forwarded_host_addresses},
    LintRow{"drops-answers", kWarning, "A drop of the answers to the containers' own connections.",
            find_drops_of_answers},
    LintRow{"drops-containers-requests", kWarning, "A drop of what the containers ask of others.",
            find_drops_of_own_requests},
    LintRow{"docker-user-without-drop", kWarning, "Accepts in DOCKER-USER that shut nobody out.",
            find_docker_user_without_drop},
    LintRow{"part-of-subnet", kWarning, "A prefix that is a part of a bridge's subnet.",
            find_parts_of_subnets},
    LintRow{"masquerades-everything", kWarning, "A MASQUERADE without a match.",
            find_masquerades_of_everything},
    LintRow{"dnat-to-loopback", kWarning, "A DNAT to 127.0.0.0/8 that the kernel drops.",
            find_dnat_to_loopback},
    LintRow{"dnat-not-forwarded", kWarning, "A DNAT to where FORWARD lets nothing through.",
            find_dnat_that_forward_stops},
    LintRow{"needless-original", kNote, "A --ctorigdst or --ctorigdstport before translation.",
            find_needless_originals},
    LintRow{"old-state-match", kNote, "-m state, where -m conntrack is meant.", find_state_matches},
    LintRow{"log-without-limit", kNote, "A LOG that anybody can fill.", find_logs_without_limit},
    LintRow{kSilenceWithoutReason, kWarning, "A silence that does not say why.", find_nothing},
    LintRow{kSilenceOfNothing, kNote, "A silence of what is not there.", find_nothing},
};

auto key_of(const Advice& advice) {
  const auto& place = *advice.place;
  return std::tuple(std::string_view(place.source->name), place.line, place.column,
                    std::string_view(advice.id));
}

// A rule of ip46tables, and one that has become several, is one for its owner; of what is said of it for each
// the worst stays.
void leave_each_once(std::vector<Advice>& advices) {
  std::ranges::stable_sort(advices, [](const Advice& a, const Advice& b) {
    return std::pair(key_of(a), -static_cast<int>(a.severity)) <
           std::pair(key_of(b), -static_cast<int>(b.severity));
  });
  auto again = std::ranges::unique(advices, {}, key_of);
  advices.erase(again.begin(), again.end());
}

// Where we know better what is wrong, iptables' own words need not be told.
void leave_out_explained_refusals(std::vector<Advice>& advices) {
  auto line_of = [](const Advice& advice) {
    return std::pair(advice.place->source.get(), advice.place->line);
  };
  std::set<std::pair<const Source*, std::size_t>> explained;
  for (const auto& advice : advices)
    if (advice.id == "reset-without-tcp" || advice.id == "interface-of-other-hook")
      explained.insert(line_of(advice));
  std::erase_if(advices, [&](const Advice& advice) {
    return advice.id == "refused-rule" && explained.contains(line_of(advice));
  });
}

}  // namespace

std::span<const LintRow> lints() { return kLints; }

const LintRow* lint_called(std::string_view id) {
  auto found = std::ranges::find(kLints, id, &LintRow::id);
  return found == kLints.end() ? nullptr : &*found;
}

LintResult lint(LintInput input) {
  Linted linted(std::move(input));
  std::vector<Advice> advices;
  for (const auto& row : kLints) {
    Report report(row, advices);
    row.find(linted, report);
  }
  leave_each_once(advices);
  leave_out_explained_refusals(advices);
  bool knows_all = linted.input().knows_rules && linted.input().knows_facts;
  silence(advices, linted.input().wishes.files, knows_all ? Needless::kIsTold : Needless::kMayBeNeeded);
  leave_each_once(advices);
  return {.advices = std::move(advices), .gaps = linted.gaps()};
}

}  // namespace pyfw
