#include "kernel/netns.h"

#include "engine/backends.h"
#include "kernel/own_words.h"
#include "sys/process.h"
#include "sys/programs.h"
#include "sys/xtables_lock.h"

namespace pyfw {

Result<Outcome> Netns::run(const std::vector<std::string>& argv, std::string_view input) const {
  if (scratch_) return scratch_->run(argv, input);
  RunOptions options{.input = input};
  if (!lock_file_.empty()) options.environment = {"XTABLES_LOCKFILE=" + lock_file_};
  return pyfw::run(argv, options);
}

void Netns::call(const std::function<void()>& function) const {
  if (scratch_) {
    scratch_->call(function);
  } else {
    function();
  }
}

Result<Saved> Netns::save_rules(Family family, const std::string& table) const {
  TRY(auto program, program_for(family, backend_, "save"));
  return pyfw::save_rules(program, [this](const auto& argv) { return run(argv); }, table);
}

Result<Ruleset> Netns::read_rules(Family family, const std::string& table) const {
  TRY(auto saved, save_rules(family, table));
  return parse_rules(saved);
}

Result<std::string> Netns::save_with_counters(Family family, const std::string& table) const {
  TRY(auto program, program_for(family, backend_, "save"));
  std::vector<std::string> argv = {program, "-c"};
  if (!table.empty()) argv.insert(argv.end(), {"-t", table});
  TRY(auto outcome, run(argv));
  if (outcome.status != 0) return fail(own_words(outcome.err));
  return std::move(outcome.out);
}

// A host without ipset has no sets; one that is wished asks for it by name.
Result<Saved> Netns::save_sets() const {
  auto program = find_program("ipset");
  if (!program) return std::make_shared<const Source>(Source{.name = "ipset save", .text = {}});
  return pyfw::save_sets(*program, [this](const auto& argv) { return run(argv); });
}

Result<std::unique_ptr<Hold>> Netns::hold_writers() {
  if (backend_ == Backend::kNft || scratch_) return nullptr;
  return hold_xtables_lock(lock_file_);
}

}  // namespace pyfw
