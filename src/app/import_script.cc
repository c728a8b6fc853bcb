#include "app/import_script.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <filesystem>

#include "app/print.h"
#include "base/strings.h"
#include "cage/caged_run.h"
#include "cage/dockers_part.h"
#include "cage/files_of_root.h"
#include "cage/lost_rules.h"
#include "cage/network.h"
#include "cage/rules_in_others_chains.h"
#include "cage/run_words.h"
#include "cage/setting_words.h"
#include "sys/files.h"
#include "sys/programs.h"

namespace pyfw {
namespace {

// A shell would complain of each line.
Result<void> refuse_saved_rules(const std::string& path, std::string_view text) {
  static const RE2 kSaved(R"(\A(?:\s*#(?:[^!\n].*)?\n|\s*\n)*\*(?:filter|nat|mangle|raw|security)\s*\n)");
  static const RE2 kSets(R"(\A(?:\s*#(?:[^!\n].*)?\n|\s*\n)*create \S+ (?:hash|bitmap|list):)");
  if (RE2::PartialMatch(text, kSaved))
    return bad_input(fmt::format("{} holds what iptables-save prints, and is no script", path),
                     fmt::format("pyfw import --iptables-save {}, or --ip6tables-save", shell_quote(path)));
  if (RE2::PartialMatch(text, kSets))
    return bad_input(fmt::format("{} holds what ipset save prints, and is no script", path),
                     fmt::format("pyfw import --ipset-save {}", shell_quote(path)));
  static const RE2 kListed(R"(\A-[PNA] [^\s;|&]+(?: [^\n]*)?\n)");
  static const RE2 kOfNftables(
      R"(\A(?:\s*#(?:[^!\n].*)?\n|\s*\n)*(?:flush ruleset|(?:add )?table (?:inet|ip6?|bridge|arp|netdev) ))");
  if (RE2::PartialMatch(text, kListed))
    return bad_input(fmt::format("{} holds what iptables -S prints, and is no script", path),
                     fmt::format("sed 's/^/iptables /' {} >script.sh, and import that", shell_quote(path)));
  if (RE2::PartialMatch(text, kOfNftables))
    return bad_input(fmt::format("{} holds rules of nftables, and is no script", path),
                     "wishes are for rules of iptables: each rule has to be written anew, as a wish");
  return {};
}

Result<CagedScript> read_script(const ScriptCall& call) {
  const auto& path = call.path;
  TRY(auto source, read_file(path, Trust::kAnybody));
  TRY_VOID(refuse_saved_rules(path, source->text));
  std::error_code error;
  auto absolute = std::filesystem::absolute(path, error).lexically_normal().string();
  return CagedScript{.path = error ? path : absolute, .text = source->text, .arguments = call.arguments};
}

// Many a script does nothing without `start`, or undoes what it did unless somebody answers.
void tell_of_nothing(const ScriptCall& call, std::string_view text, const Adopted& adopted) {
  if (!adopted.is_empty) return;
  static const RE2 kArgument(R"((?m)^[^#\n]*\$(?:[1@*]|\{[1@*]))");
  static const RE2 kQuestion(R"((?m)^(?:[^#\n]*[\s;(])?(?:read|trap|sleep)\s)");
  std::string note = "the script leaves nothing to wish for";
  if (call.arguments.empty() && RE2::PartialMatch(text, kArgument))
    note += fmt::format("; if it wants an argument: pyfw import {} start", shell_quote(call.path));
  if (RE2::PartialMatch(text, kQuestion))
    note += "; if it undoes its rules where nobody answers: import it without those lines";
  print_note(note);
}

Result<Adopted> adopt_twice(const CagedScript& script, CageHost in_cage, const CagedRun& first,
                            const Facts& facts, const AdoptOptions& options) {
  auto external = external_interface(facts, Family::kIpv4);
  if (!external) external = external_interface(facts, Family::kIpv6);
  if (!external) {
    print_note("no default route is known, so no wish says ${external_interface}");
    return adopt(first.state, facts, options);
  }
  in_cage.renamed = other_names(facts, script.text);
  TRY(auto second, run_caged(script, in_cage));
  return adopt_renamed({.state = first.state, .external_interface = *external},
                       {.state = second.state, .external_interface = in_cage.renamed.at(*external)}, options);
}

}  // namespace

Result<Adopted> import_script(const ScriptCall& call, const HostState& host, AdoptOptions options) {
  TRY(auto script, read_script(call));
  CageHost in_cage{.facts = host.facts,
                   .start = dockers_part(host.state, host.facts, script.text),
                   .backend = host.backend.value_or(usual_backend()),
                   .files = files_of_root(script)};
  TRY(auto first, run_caged(script, in_cage));
  // Of rules in chains of others the head tells anyway.
  options.beside = first.unseen;
  if (options.whose == Whose::kOwners)
    for (auto& rule : rules_in_others_chains(in_cage.start, first.state))
      first.unseen.push_back(std::move(rule));
  print_err(words_about(call.path, first, lost_rules(in_cage.start, first.state)));
  options.start = &in_cage.start;
  options.settings = in_words(first.settings, script.text);
  options.failures = failures_of(first);
  TRY(auto adopted, adopt_twice(script, in_cage, first, host.facts, options));
  tell_of_nothing(call, script.text, adopted);
  return adopted;
}

}  // namespace pyfw
