#include "kernel/read_saved.h"

#include <fmt/format.h>

#include <memory>

#include "kernel/own_words.h"
#include "nf/ipset_save.h"
#include "nf/iptables_save.h"

namespace pyfw {
namespace {

Result<Saved> saved(const std::string& name, const std::vector<std::string>& argv, const RunProgram& run) {
  TRY(auto outcome, run(argv));
  if (outcome.status != 0) return fail(fmt::format("{}: {}", name, own_words(outcome.err)));
  return std::make_shared<const Source>(Source{.name = name, .text = std::move(outcome.out)});
}

template <typename Parsed>
Result<Parsed> no_bad_input(Result<Parsed> parsed) {
  if (!parsed) parsed.error().kind = ErrorKind::kFailed;
  return parsed;
}

}  // namespace

Result<Saved> save_rules(const std::string& program, const RunProgram& run, const std::string& table) {
  std::vector<std::string> argv = {program};
  if (!table.empty()) argv.insert(argv.end(), {"-t", table});
  return saved(program.substr(program.rfind('/') + 1), argv, run);
}

Result<Saved> save_sets(const std::string& ipset, const RunProgram& run) {
  return saved("ipset save", {ipset, "save"}, run);
}

Result<Ruleset> parse_rules(const Saved& saved) { return no_bad_input(parse_iptables_save(saved)); }

Result<Sets> parse_sets(const Saved& saved) { return no_bad_input(parse_ipset_save(saved)); }

Result<Ruleset> read_rules(const std::string& program, const RunProgram& run) {
  TRY(auto text, save_rules(program, run));
  return parse_rules(text);
}

Result<Sets> read_sets(const std::string& ipset, const RunProgram& run) {
  TRY(auto text, save_sets(ipset, run));
  return parse_sets(text);
}

}  // namespace pyfw
