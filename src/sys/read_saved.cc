#include "sys/read_saved.h"

#include <fmt/format.h>

#include <memory>

#include "nf/ipset_save.h"
#include "nf/iptables_save.h"
#include "sys/own_words.h"

namespace pyfw {
namespace {

Result<std::shared_ptr<const Source>> saved(const std::string& name, const std::vector<std::string>& argv,
                                            const RunProgram& run) {
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

Result<Ruleset> read_rules(const std::string& save_program, const RunProgram& run) {
  auto name = save_program.substr(save_program.rfind('/') + 1);
  TRY(auto text, saved(name, {save_program}, run));
  return no_bad_input(parse_iptables_save(text));
}

Result<Sets> read_sets(const std::string& ipset, const RunProgram& run) {
  TRY(auto text, saved("ipset save", {ipset, "save"}, run));
  return no_bad_input(parse_ipset_save(text));
}

}  // namespace pyfw
