// The functions of the table of lints (lint.cc), which has a row for each: what it finds, and how bad that
// is. A file for those that look at the same things.

#pragma once

#include "lint/report.h"

namespace pyfw {

// names.cc
void find_missing_names(Linted& linted, Report& report);
void find_refused_rules(Linted& linted, Report& report);
void find_uncalled_chains(Linted& linted, Report& report);

// never_matches.cc
void find_rules_that_never_match(Linted& linted, Report& report);
void find_rules_that_repeat(Linted& linted, Report& report);
void find_rules_behind_return(Linted& linted, Report& report);
void find_interfaces_of_other_hooks(Linted& linted, Report& report);

// closed_input.cc
void find_input_without_established(Linted& linted, Report& report);
void find_input_without_loopback(Linted& linted, Report& report);
void find_input_without_ssh(Linted& linted, Report& report);
void find_input_without_icmp_errors(Linted& linted, Report& report);
void find_input_without_neighbours(Linted& linted, Report& report);

// interfaces.cc
void find_unknown_interfaces(Linted& linted, Report& report);

// closed_output.cc
void find_output_without_established(Linted& linted, Report& report);
void find_output_without_loopback(Linted& linted, Report& report);
void find_output_without_neighbours(Linted& linted, Report& report);

// answers.cc
void find_forward_without_established(Linted& linted, Report& report);

// source_ports.cc
void find_accepts_by_source_port(Linted& linted, Report& report);

// limits.cc
void find_limits_of_nothing(Linted& linted, Report& report);

// bans.cc
void find_accepts_before_bans(Linted& linted, Report& report);

// ipv6.cc
void find_ipv6_left_open(Linted& linted, Report& report);
void find_proxies_past_wishes(Linted& linted, Report& report);

// docker_chains.cc
void find_rules_in_dockers_chains(Linted& linted, Report& report);
void find_rules_at_head_of_forward(Linted& linted, Report& report);

// published_ports.cc
void find_input_rules_for_published(Linted& linted, Report& report);
void find_forwarded_host_ports(Linted& linted, Report& report);
void find_forwarded_host_addresses(Linted& linted, Report& report);

// docker_user.cc
void find_drops_of_answers(Linted& linted, Report& report);
void find_drops_of_own_requests(Linted& linted, Report& report);
void find_docker_user_without_drop(Linted& linted, Report& report);

// subnets.cc
void find_parts_of_subnets(Linted& linted, Report& report);

// verdicts.cc
void find_accepts_of_everything(Linted& linted, Report& report);
void find_accepts_without_drops(Linted& linted, Report& report);
void find_drops_of_icmp_errors(Linted& linted, Report& report);

// negated.cc
void find_negations_that_exclude_all(Linted& linted, Report& report);

// nat.cc
void find_masquerades_of_everything(Linted& linted, Report& report);
void find_dnat_to_loopback(Linted& linted, Report& report);
void find_dnat_that_forward_stops(Linted& linted, Report& report);

// spellings.cc
void find_resets_without_tcp(Linted& linted, Report& report);
void find_state_matches(Linted& linted, Report& report);
void find_logs_without_limit(Linted& linted, Report& report);
void find_needless_originals(Linted& linted, Report& report);

}  // namespace pyfw
