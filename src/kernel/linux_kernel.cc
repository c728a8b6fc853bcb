#include "kernel/linux_kernel.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <future>
#include <set>

#include "base/overloaded.h"
#include "base/strings.h"
#include "docker/docker_facts.h"
#include "engine/same_state.h"
#include "kernel/all_facts.h"
#include "kernel/find_backend.h"
#include "kernel/load_state.h"
#include "kernel/native_memo.h"
#include "kernel/own_words.h"
#include "kernel/read_saved.h"
#include "kernel/refusal.h"
#include "kernel/restore_sets.h"
#include "kernel/speller.h"
#include "netlink/ipset_netlink.h"
#include "netlink/netlink_facts.h"
#include "nf/ipset_save.h"
#include "nf/iptables_save.h"
#include "nf/same_save.h"
#include "nft/native_rules.h"
#include "nft/nft_change.h"
#include "nft/portable_rule.h"
#include "plan/continued.h"
#include "sys/process.h"
#include "sys/programs.h"
#include "sys/xtables_lock.h"

namespace pyfw {
namespace {

// A command that waits for the xtables lock gets longer than anyone holds it for a good reason.
constexpr int kCommandTimeoutMs = 30'000;
// From the moment when it counts until all of its rules are there.
constexpr int kLongestCommitMs = 20;
constexpr int kMostLooksBesideRivals = 100;
// Above this a whole chain is read faster than its rules one by one.
constexpr std::size_t kMostSingleRules = 500;
// TASK_COMM_LEN of Linux, less the zero.
constexpr std::size_t kLongestComm = 15;

std::string last_part(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::string without_commit(std::string input) {
  input.resize(input.size() - std::string_view("COMMIT\n").size());
  return input;
}

// A rule's set is looked up by its name when the line is read, and may be another one by the time of the
// commit. How far counters have got is known then only, too.
bool can_be_read_early(const TableCommit& commit) {
  return !has_continued(commit) && std::ranges::all_of(commit.lines, [](const TableLine& line) {
    return sets_named_by(line.rule).empty();
  });
}

// Whether all that it puts in may be taken from a copy.
bool is_portable(const TableCommit& commit) {
  return std::ranges::all_of(commit.lines, [](const TableLine& line) {
    return line.kind != TableLine::Kind::kInsert || pyfw::is_portable(line.rule);
  });
}

// Whether the rules that it deletes are the same, by their handles, before all of these commits.
bool only_inserts_before(std::span<const Commit> before, const HandleCommit& deletes) {
  for (std::size_t i = 0; i < before.size(); ++i) {
    auto is_same = [&](const auto& commit) {
      return commit.family == deletes.family && commit.table == deletes.table;
    };
    const auto* table = std::get_if<TableCommit>(&before[i]);
    const auto* handles = std::get_if<HandleCommit>(&before[i]);
    if (handles != nullptr && is_same(*handles)) return false;
    if (table == nullptr || !is_same(*table)) continue;
    bool deletes_some = std::ranges::any_of(table->lines, [](const TableLine& line) {
      return line.kind == TableLine::Kind::kDelete || line.kind == TableLine::Kind::kDeleteChain;
    });
    if (i + 1 != before.size() || deletes_some) return false;
  }
  return true;
}

}  // namespace

Result<void> require_root() {
  if (geteuid() != 0) return fail("only root can read and change the firewall", "run it with sudo");
  return {};
}

Result<Outcome> LinuxKernel::execute(const std::vector<std::string>& argv, std::string_view input) const {
  if (scratch_) return scratch_->run(argv, input);
  RunOptions options{.input = input};
  if (!lock_file_.empty()) options.environment = {"XTABLES_LOCKFILE=" + lock_file_};
  return pyfw::run(argv, options);
}

Result<Saved> LinuxKernel::save_rules(Family family, const std::string& table) const {
  TRY(auto program, program_for(family, backend_, "save"));
  return pyfw::save_rules(program, here(), table);
}

Result<Ruleset> LinuxKernel::read_rules(Family family, const std::string& table) const {
  TRY(auto saved, save_rules(family, table));
  return parse_rules(saved);
}

// A host without ipset has no sets; one that is wished asks for it by name.
Result<Saved> LinuxKernel::save_sets() const {
  auto program = find_program("ipset");
  if (!program) return std::make_shared<const Source>(Source{.name = "ipset save", .text = {}});
  return pyfw::save_sets(*program, here());
}

Result<Sets> LinuxKernel::read_sets() {
  TRY(auto saved, save_sets());
  TRY(auto sets, parse_sets(saved));
  if (sets.empty() || scratch_) return sets;
  // The one option that ipset itself forgets.
  TRY(auto with_forceadd, forceadd_sets());
  for (auto& set : sets)
    if (with_forceadd.contains(set.name)) set.header += " forceadd";
  return sets;
}

// Only on nft are the rules of nft itself and those of iptables in the same tables.
Result<LinuxKernel::Looked> LinuxKernel::refuse_native() const {
  Looked looked;
  if (backend_ == Backend::kLegacy || scratch_) return looked;
  // Others need the processor more.
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), 10);
  TRY(auto nft, NftRules::open());
  TRY(auto before, nft.generation());
  if (has_no_native_rules_at(before)) return looked;
  for (auto family : kFamilies) {
    TRY(looked.handles[family], refuse_native_rules(family));
  }
  TRY(auto after, nft.generation());
  if (before != after) return Looked();
  note_no_native_rules_at(after);
  looked.at = after;
  return looked;
}

RunProgram LinuxKernel::here() const {
  return [this](const std::vector<std::string>& argv) { return execute(argv); };
}

Result<void> LinuxKernel::finish_reading() {
  if (!looking_.valid()) return {};
  TRY(looked_, looking_.get());
  if (looked_.at) *looked_.at -= own_commits_;
  return {};
}

Result<State> LinuxKernel::read() {
  TRY_VOID(require_root());
  TRY_VOID(finish_reading());
  // First what others change most, so that little time passes between a commit and the look at it.
  auto reading_iptables = std::async(std::launch::async, [this] { return read_rules(Family::kIpv4); });
  looking_ = std::async(std::launch::async, [this] { return refuse_native(); });
  auto reading_ip6tables = std::async(std::launch::async, [this] { return read_rules(Family::kIpv6); });
  auto sets = read_sets();
  auto iptables = reading_iptables.get();
  auto ip6tables = reading_ip6tables.get();
  // It knows better why something can't be read.
  if (!iptables || !ip6tables) TRY_VOID(finish_reading());
  if (!iptables) return std::unexpected(std::move(iptables).error());
  if (!ip6tables) return std::unexpected(std::move(ip6tables).error());
  if (!sets) return std::unexpected(std::move(sets).error());
  return State{
      .iptables = std::move(*iptables), .ip6tables = std::move(*ip6tables), .sets = std::move(*sets)};
}

Result<std::string> LinuxKernel::difference_from(const State& wanted, const Sighting* of_copy) {
  if (const auto* known = dynamic_cast<const NftSighting*>(of_copy)) {
    auto comparing = std::async(std::launch::async, [this, known] { return looks_like(*known); });
    TRY(auto sets, save_sets());
    if (comparing.get() && is_save_of(sets->text, wanted.sets)) return std::string();
  }
  auto saving_iptables = std::async(std::launch::async, [this] { return save_rules(Family::kIpv4); });
  auto native = std::async(std::launch::async, [this] { return refuse_native(); });
  auto saving_ip6tables = std::async(std::launch::async, [this] { return save_rules(Family::kIpv6); });
  auto sets = save_sets();
  auto iptables = saving_iptables.get();
  auto ip6tables = saving_ip6tables.get();
  TRY_VOID(native.get());
  if (!iptables) return std::unexpected(std::move(iptables).error());
  if (!ip6tables) return std::unexpected(std::move(ip6tables).error());
  if (!sets) return std::unexpected(std::move(sets).error());
  if (is_save_of((*iptables)->text, wanted.iptables) && is_save_of((*ip6tables)->text, wanted.ip6tables) &&
      is_save_of((*sets)->text, wanted.sets))
    return std::string();
  State there;
  TRY(there.iptables, parse_rules(*iptables));
  TRY(there.ip6tables, parse_rules(*ip6tables));
  TRY(there.sets, parse_sets(*sets));
  return difference(there, wanted);
}

std::shared_ptr<const NftSighting> LinuxKernel::see() const {
  if (backend_ == Backend::kLegacy) return nullptr;
  auto sighting = std::make_shared<NftSighting>();
  bool is_whole = true;
  auto look = [&] {
    for (auto family : kFamilies) {
      auto image = read_nft_image(family);
      is_whole = is_whole && image;
      if (image) sighting->images.push_back(std::move(*image));
    }
  };
  if (scratch_) {
    scratch_->call(look);
  } else {
    look();
  }
  return is_whole ? sighting : nullptr;
}

bool LinuxKernel::looks_like(const NftSighting& sighting) const {
  bool is_same = backend_ == Backend::kNft;
  auto compare = [&] {
    for (auto family : kFamilies) {
      auto same = pyfw::looks_like(sighting.images[static_cast<std::size_t>(family)], family);
      is_same = is_same && same && *same;
    }
  };
  if (scratch_) {
    scratch_->call(compare);
  } else {
    compare();
  }
  return is_same;
}

Result<Generation> LinuxKernel::read_again(std::span<const TableId> tables, State& state) {
  for (int tried = 0; writers_ && tried < kMostLooksBesideRivals; ++tried) {
    TRY(auto before, generation());
    TRY(bool are_known, take_known(tables, state));
    TRY(auto after, generation());
    if (are_known && before == after) {
      seen_tables_at_ = before;
      return before;
    }
    if (!are_known) TRY_VOID(learn(tables));
  }
  TRY(auto before, generation());
  for (const auto& id : tables) {
    TRY(auto read, read_rules(id.family, id.table));
    put_table(ruleset_of(state, id.family),
              read.tables.empty() ? Table{.name = id.table} : std::move(read.tables[0]));
  }
  return before;
}

Result<bool> LinuxKernel::take_known(std::span<const TableId> tables, State& state) {
  TRY(auto* nft, nft_rules());
  seen_tables_at_.reset();
  for (const auto& id : tables) {
    TRY(auto handles, nft->table_by_handles(id.family, id.table));
    auto table = known_rules_.table_of(id, handles);
    if (!table) return false;
    put_table(ruleset_of(state, id.family), std::move(*table));
    seen_tables_[id] = std::move(handles);
  }
  return true;
}

Result<void> LinuxKernel::learn(std::span<const TableId> tables) {
  TRY(auto* nft, nft_rules());
  for (const auto& id : tables) {
    TRY(bool are_known, learn_by_bytes(id));
    if (are_known) continue;
    TRY(auto before, nft->table_by_handles(id.family, id.table));
    TRY(auto shown, read_rules(id.family, id.table));
    TRY(auto after, nft->table_by_handles(id.family, id.table));
    for (const auto& table : shown.tables) known_rules_.learn(id, table, before, after);
  }
  return {};
}

Result<bool> LinuxKernel::learn_by_bytes(const TableId& id) {
  TRY(auto* nft, nft_rules());
  TRY(auto table, nft->table_by_handles(id.family, id.table));
  auto unknown = known_rules_.unknown_of(id, table);
  if (unknown.size() > kMostSingleRules) return false;
  std::vector<NftChainImage> images;
  auto learn_one = [&](const NftChainImage& image, Rule rule) {
    known_rules_.learn(id, table.handle, {.handle = image.handles[0], .print = image.print(0)},
                       std::move(rule));
  };
  for (const auto& rule : unknown) {
    TRY(auto image, nft->rule_bytes(id.family, id.table, rule.chain, rule.handle));
    if (!image || image->size() != 1) continue;
    if (const auto* text = known_bytes_.text_of(id.family, image->rule(0))) {
      learn_one(*image, Rule{*text});
    } else {
      images.push_back(std::move(*image));
    }
  }
  if (images.empty()) return true;
  std::vector<NftRuleBytes> bytes;
  for (const auto& image : images) bytes.push_back(image.rule(0));
  TRY(auto texts, rule_texts_.ask(id, bytes));
  if (!texts) return false;
  for (std::size_t i = 0; i < images.size(); ++i) learn_one(images[i], std::move((*texts)[i]));
  return true;
}

Result<Facts> LinuxKernel::facts() { return read_facts(); }

Result<std::optional<Docker>> LinuxKernel::docker() {
  if (scratch_) return std::nullopt;
  return read_docker_inventory();
}

Result<AllFacts> LinuxKernel::all_facts() {
  // Of a scratch namespace nobody asks that.
  if (scratch_) return fail("a scratch namespace is no host");
  TRY(auto all, read_all_facts());
  auto others = rules_of_other_backend(backend_);
  if (others) {
    all.other_rules = std::move(*others);
  } else {
    all.warnings.push_back(std::move(others).error());
  }
  return all;
}

Result<std::vector<SpelledLine>> LinuxKernel::spell(const SpellRequest& request) {
  return spell_in_scratch(request, backend_);
}

Result<SpelledSet> LinuxKernel::spell_set(const Set& set) {
  auto asked = write_ipset_save(std::span(&set, 1));
  if (auto known = spelled_sets_.find(asked); known != spelled_sets_.end()) return known->second;
  TRY(auto spelled, spell_set_in_scratch(set));
  return spelled_sets_.emplace(std::move(asked), std::move(spelled)).first->second;
}

Result<void> LinuxKernel::run(std::span<const std::string> command) {
  std::vector<std::string> argv(command.begin(), command.end());
  TRY(argv[0], find_program(argv[0]));
  TRY(auto outcome, pyfw::run(argv, {.timeout_ms = kCommandTimeoutMs}));
  if (outcome.status != 0) return fail(own_words(outcome.err));
  return {};
}

Result<NftRules*> LinuxKernel::nft_rules() {
  if (!nft_) {
    auto opened = Result<NftRules>(fail("can't enter the network namespace"));
    auto open = [&] { opened = NftRules::open(); };
    if (scratch_) {
      scratch_->call(open);
    } else {
      open();
    }
    if (!opened) return std::unexpected(std::move(opened).error());
    nft_ = std::move(*opened);
  }
  return &*nft_;
}

Result<Generation> LinuxKernel::generation() {
  if (backend_ == Backend::kLegacy) return Generation();
  TRY(auto* nft, nft_rules());
  if (writers_) {
    // Beside a rival each millisecond counts.
    TRY(auto newest, nft->newest_generation());
    if (writers_->has_told(newest, kLongestCommitMs)) return Generation(newest);
  }
  TRY(auto generation, nft->generation());
  return Generation(generation);
}

Result<Committed> LinuxKernel::commit(const Commit& commit, Generation generation) {
  TRY_VOID(finish_reading());
  auto note = [&](const auto& change, Result<Committed> done) {
    changed_.insert({.family = change.family, .table = change.table});
    return done;
  };
  return std::visit(Overloaded{
                        [&](const TableCommit& c) { return note(c, commit_table(c, generation)); },
                        [&](const HandleCommit& c) { return note(c, delete_by_handle(c, generation)); },
                        [&](const SetCommit& c) { return commit_sets(c, generation); },
                    },
                    commit);
}

Result<Committed> LinuxKernel::commit_sets(const SetCommit& commit, Generation generation) {
  TRY(auto program, find_program("ipset"));
  auto run = [&](std::string_view input) { return execute({program, "restore"}, input); };
  // If nobody else has written, no rule is left that holds them.
  auto are_only_late = [&] {
    auto now = this->generation();
    return generation && now && *now == generation;
  };
  TRY_VOID(restore_sets(commit, program, run, are_only_late));
  return Committed::kDone;
}

Result<std::string> LinuxKernel::save_with_counters(Family family) {
  TRY(auto program, program_for(family, backend_, "save"));
  TRY(auto outcome, execute({program, "-c"}));
  if (outcome.status != 0) return fail(own_words(outcome.err));
  return std::move(outcome.out);
}

// Nobody counts in a scratch namespace. Without the counters the rules are as good.
void LinuxKernel::keep_counters(TableCommit& commit, Generation generation) {
  if (scratch_ || !has_continued(commit)) return;
  TableId id{.family = commit.family, .table = commit.table};
  if (auto seen = seen_tables_.find(id);
      generation && seen_tables_at_ == generation && seen != seen_tables_.end())
    foreseen_counters_[id] = known_rules_.counters_of(id, seen->second);
  if (!foreseen_counters_.contains(id)) read_counters(id);
  take_counters(commit, foreseen_counters_[id]);
  foreseen_counters_.erase(id);
}

void LinuxKernel::read_counters(const TableId& id) {
  auto program = program_for(id.family, backend_, "save");
  if (!program) return;
  if (auto saved = execute({*program, "-c", "-t", id.table}); saved && saved->status == 0)
    foreseen_counters_[id] = std::move(saved->out);
}

Result<Committed> LinuxKernel::commit_table(TableCommit commit, Generation generation) {
  keep_counters(commit, generation);
  if (generation) {
    TRY(auto done, commit_by_bytes(commit, *generation));
    if (done) return *done;
  }
  // Its indexes hold as long as nobody else writes, nor a batch of ours that was not answered: the last thing
  // before it is to look whether anyone did.
  TRY(auto now, this->generation());
  if (now && generation && *now != *generation) return Committed::kStale;
  bool was_clean = now && !scratch_ && has_no_native_rules_at(*now);
  TRY_VOID(restore(commit));
  ++own_commits_;
  // What iptables itself has written needs no looking for what it has not.
  auto after = this->generation();
  if (was_clean && after && *after == *now + 1) note_no_native_rules_at(**after);
  return Committed::kDone;
}

void LinuxKernel::foresee(std::span<const Commit> commits, Foresight foresight) {
  if (backend_ == Backend::kLegacy) return;
  if (scratch_) return look_at_copy(commits);
  if (foresight == Foresight::kToTheLetter) learn_handles(commits);
  start_restores(commits, foresight);
}

// Legacy looks at the rules as soon as it has read which table it is about, so there it must not wait.
void LinuxKernel::start_restores(std::span<const Commit> commits, Foresight foresight) {
  std::list<Waiting> before;
  before.swap(waiting_);
  for (const auto& commit : commits) {
    const auto* table = std::get_if<TableCommit>(&commit);
    if (table == nullptr || is_portable(*table)) continue;
    // Beside a rival there is no time for it between the look and the commit.
    if (foresight == Foresight::kRoughly && has_continued(*table))
      read_counters({.family = table->family, .table = table->table});
    auto program = program_for(table->family, backend_, "restore");
    if (!program) return;
    auto input = foresight == Foresight::kToTheLetter && can_be_read_early(*table)
                     ? without_commit(restore_input(*table))
                     : fmt::format("*{}\n", table->table);
    auto fits = [&](const Waiting& waiting) {
      return waiting.program == *program && waiting.restore.can_become(input);
    };
    if (auto found = std::ranges::find_if(before, fits); found != before.end()) {
      waiting_.splice(waiting_.end(), before, found);
    } else if (auto started = WaitingRestore::start({*program, "--noflush"}, input)) {
      waiting_.push_back({.program = *program, .restore = std::move(*started)});
    }
  }
}

void LinuxKernel::learn_rules(const State& state, std::shared_ptr<const Sighting> of_copy) {
  auto seen = std::dynamic_pointer_cast<const NftSighting>(std::move(of_copy));
  if (!seen) return;
  for (auto family : kFamilies) {
    std::shared_ptr<const NftImage> image(seen, &seen->images[static_cast<std::size_t>(family)]);
    known_bytes_.learn(family, ruleset_of(state, family), std::move(image), KnownBytes::Origin::kOther);
  }
}

// To put hundreds of rules to other places, iptables-restore looks at the whole chain for each.
void LinuxKernel::look_at_copy(std::span<const Commit> commits) {
  bool is_long = std::ranges::any_of(
      commits, [](const Commit& commit) { return std::holds_alternative<HandleCommit>(commit); });
  auto now = generation();
  if (!is_long || !now || !*now) return;
  copy_look_ = see();
  if (!copy_look_) return;
  changed_.clear();
  copy_look_since_ = **now - own_commits_;
  for (auto family : kFamilies) {
    std::shared_ptr<const NftImage> image(copy_look_, &copy_look_->images[static_cast<std::size_t>(family)]);
    known_bytes_.learn(family, ruleset_of(loaded_, family), std::move(image), KnownBytes::Origin::kOwn);
  }
}

Result<std::optional<Committed>> LinuxKernel::commit_by_bytes(const TableCommit& commit,
                                                              std::uint32_t generation) {
  auto find = [&](const std::string& text) { return known_bytes_.find(commit.family, text); };
  bool are_known = std::ranges::all_of(commit.lines, [&](const TableLine& line) {
    return line.kind != TableLine::Kind::kInsert || find(line.rule.text);
  });
  if (!are_known) return std::nullopt;
  TRY(auto there, handles_for(commit, generation));
  if (!there) return std::nullopt;
  auto change = nft_change_of(commit, *there, find);
  if (!change) return std::nullopt;
  bool was_clean = !scratch_ && has_no_native_rules_at(generation);
  TRY(auto* nft, nft_rules());
  auto done = nft->commit(batch_of(*change, {.family = commit.family, .table = commit.table}, generation));
  // Then iptables-restore may know better, or say why.
  if (!done) return std::nullopt;
  if (!*done) return Committed::kStale;
  ++own_commits_;
  note_own_write(program_invocation_short_name);
  if (was_clean) note_no_native_rules_at(generation + 1);
  return Committed::kDone;
}

Result<std::optional<TableOfHandles>> LinuxKernel::handles_for(const TableCommit& commit,
                                                               std::uint32_t generation) {
  TableId id{.family = commit.family, .table = commit.table};
  if (seen_tables_at_ == generation)
    if (auto seen = seen_tables_.find(id); seen != seen_tables_.end()) return seen->second;
  TRY(auto* nft, nft_rules());
  TRY(auto names, nft->chains_of(id.family, id.table));
  TableOfHandles there;
  for (auto& name : names) {
    Handles handles;
    if (auto size = commit.sizes.find(name); size != commit.sizes.end()) {
      auto known = changed_.contains(id) ? std::nullopt : known_handles(id, name, generation);
      if (known && known->size() == size->second) {
        handles = std::move(*known);
      } else {
        TRY(handles, handles_of_chain(id, name));
      }
    }
    there.chains.push_back({.name = std::move(name), .policy = {}, .rules = std::move(handles)});
  }
  return there;
}

Result<Outcome> LinuxKernel::run_restore(const std::string& program, const std::string& input) {
  auto found = std::ranges::find_if(waiting_, [&](const Waiting& waiting) {
    return waiting.program == program && waiting.restore.can_become(input);
  });
  if (found == waiting_.end()) return execute({program, "--noflush"}, input);
  auto restore = std::move(found->restore);
  waiting_.erase(found);
  return std::move(restore).finish(input);
}

Result<void> LinuxKernel::restore(const TableCommit& commit) {
  TRY(auto program, program_for(commit.family, backend_, "restore"));
  auto input = restore_input(commit);
  TRY(auto outcome, run_restore(program, input));
  if (outcome.status == 0) {
    note_own_write(last_part(program).substr(0, kLongestComm));
    return {};
  }
  auto error = refusal(program, outcome, input);
  // Legacy names the line of COMMIT, whichever it was. A copy can be spent on finding out.
  bool names_none = !error.place || error.place->line > commit.lines.size() + 1;
  if (!scratch_ || !names_none) return std::unexpected(std::move(error));
  for (std::size_t i = 0; i < commit.lines.size(); ++i) {
    auto line = restore_input(
        TableCommit{.family = commit.family, .table = commit.table, .lines = {commit.lines[i]}});
    TRY(auto alone, execute({program, "--noflush"}, line));
    if (alone.status == 0) continue;
    error.place = place_in_input(program, input, i + 2);
    break;
  }
  return std::unexpected(std::move(error));
}

// The kernel tells handles only together with whole rules, so they are asked for while something else runs.
void LinuxKernel::learn_handles(std::span<const Commit> commits) {
  known_handles_.clear();
  changed_.clear();
  auto now = generation();
  if (!now || !*now) return;
  auto since = **now - own_commits_;
  // What looks for rules of nft sees all handles anyway.
  bool is_seen = looking_.valid() || looked_.at == since;
  auto ask = [&](const TableId& table, const std::string& chain) {
    bool is_asked = std::ranges::any_of(
        known_handles_, [&](const KnownHandles& some) { return some.table == table && some.chain == chain; });
    if (is_asked) return;
    known_handles_.push_back({.table = table,
                              .chain = chain,
                              .since = since,
                              .handles = is_seen ? std::shared_future<Result<Handles>>()
                                                 : std::async(std::launch::async, [this, table, chain] {
                                                     return handles_of_chain(table, chain);
                                                   }).share()});
  };
  std::set<TableId> begun;
  for (std::size_t i = 0; i < commits.size(); ++i) {
    if (const auto* deletes = std::get_if<HandleCommit>(&commits[i]))
      if (only_inserts_before(commits.first(i), *deletes))
        for (const auto& chain : deletes->chains)
          ask({.family = deletes->family, .table = deletes->table}, chain.chain);
    const auto* table = std::get_if<TableCommit>(&commits[i]);
    if (table == nullptr) continue;
    TableId id{.family = table->family, .table = table->table};
    if (begun.insert(id).second && is_portable(*table))
      for (const auto& [chain, size] : table->sizes)
        if (size > 0) ask(id, chain);
  }
}

Result<LinuxKernel::Handles> LinuxKernel::handles_of_chain(const TableId& table,
                                                           const std::string& chain) const {
  auto handles = Result<std::vector<std::uint64_t>>(fail("can't enter the network namespace"));
  auto ask = [&] {
    auto nft = NftRules::open();
    if (nft) handles = nft->handles_of_chain(table.family, table.table, chain);
  };
  if (scratch_) {
    scratch_->call(ask);
  } else {
    ask();
  }
  return handles;
}

Result<LinuxKernel::Handles> LinuxKernel::seen_handles(const TableId& table, const std::string& chain,
                                                       std::uint32_t since) const {
  auto family = looked_.handles.find(table.family);
  if (looked_.at != since || family == looked_.handles.end()) return fail("nobody has looked");
  auto found = family->second.find({table.table, chain});
  return found == family->second.end() ? Handles() : found->second;
}

std::optional<LinuxKernel::Handles> LinuxKernel::known_handles(const TableId& table, const std::string& chain,
                                                               std::uint32_t generation) {
  auto since = generation - own_commits_;
  if (copy_look_ && copy_look_since_ == since) {
    const auto& image = copy_look_->images[static_cast<std::size_t>(table.family)];
    auto found = image.find({table.table, chain});
    return found == image.end() ? Handles() : found->second.handles;
  }
  auto known = std::ranges::find_if(known_handles_, [&](const KnownHandles& some) {
    return some.table == table && some.chain == chain && some.since == since;
  });
  if (known == known_handles_.end()) return std::nullopt;
  auto handles = known->handles.valid() ? known->handles.get() : seen_handles(table, chain, since);
  if (!handles) return std::nullopt;
  return std::move(*handles);
}

Result<std::optional<std::vector<RuleHandle>>> LinuxKernel::handles_of(const HandleCommit& commit,
                                                                       std::uint32_t generation) {
  std::vector<RuleHandle> rules;
  TableId table{.family = commit.family, .table = commit.table};
  for (const auto& chain : commit.chains) {
    auto add = [&](const std::vector<std::uint64_t>& handles, const std::vector<std::size_t>& at) {
      for (auto i : at) rules.push_back({.chain = chain.chain, .handle = handles[i]});
    };
    auto before = known_handles(table, chain.chain, generation);
    if (before && before->size() == chain.before_of) {
      add(*before, chain.before_at);
      continue;
    }
    TRY(auto handles, handles_of_chain(table, chain.chain));
    if (handles.size() != chain.of) return std::nullopt;
    add(handles, chain.at);
  }
  return rules;
}

Result<Committed> LinuxKernel::delete_by_handle(const HandleCommit& commit, Generation generation) {
  if (!generation) return fail("rules can be deleted by handle on nftables only");
  TRY(auto* nft, nft_rules());
  TRY(auto rules, handles_of(commit, *generation));
  if (!rules) return Committed::kStale;
  TRY(bool done, nft->delete_rules(commit.family, commit.table, *rules, *generation));
  if (done) ++own_commits_;
  if (done) note_own_write(program_invocation_short_name);
  if (done && !scratch_ && has_no_native_rules_at(*generation)) note_no_native_rules_at(*generation + 1);
  return done ? Committed::kDone : Committed::kStale;
}

Result<std::unique_ptr<Kernel>> LinuxKernel::copy(const State& state) {
  TRY(auto scratch, Scratch::make());
  std::unique_ptr<LinuxKernel> kernel(new LinuxKernel(backend_, std::move(scratch)));
  auto run = [&](const std::vector<std::string>& argv, std::string_view input) {
    return kernel->execute(argv, input);
  };
  TRY_VOID(load_state(state, backend_, run));
  if (backend_ == Backend::kNft) kernel->loaded_ = state;
  return kernel;
}

Result<std::unique_ptr<Hold>> LinuxKernel::hold_writers() {
  if (backend_ == Backend::kNft || scratch_) return nullptr;
  return hold_xtables_lock(lock_file_);
}

void LinuxKernel::note_own_write(const std::string& program) {
  if (writers_) write_log_.note_own(program);
}

Result<bool> LinuxKernel::only_we_wrote(Generation since, std::size_t commits) {
  if (!since || backend_ == Backend::kLegacy) return true;
  if (!writers_ || commits == 0) {
    TRY(auto now, generation());
    return now == *since + commits;
  }
  write_log_.take(writers_->writers());
  return write_log_.were_only_ours(*since, commits);
}

std::vector<std::string> LinuxKernel::other_writers() {
  if (backend_ == Backend::kLegacy) return {};
  if (!writers_) {
    if (auto opened = NftWriters::open()) writers_ = std::move(*opened);
    return {};
  }
  write_log_.take(writers_->writers());
  return write_log_.take_others();
}

}  // namespace pyfw
