#include "sys/linux_kernel.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <future>

#include "base/contains.h"
#include "base/overloaded.h"
#include "base/strings.h"
#include "nf/ipset_save.h"
#include "nf/iptables_save.h"
#include "plan/continued.h"
#include "sys/ipset_netlink.h"
#include "sys/native_memo.h"
#include "sys/native_rules.h"
#include "sys/netlink_facts.h"
#include "sys/own_words.h"
#include "sys/process.h"
#include "sys/programs.h"
#include "sys/speller.h"
#include "sys/xtables_lock.h"

namespace pyfw {
namespace {

// A command that waits for the xtables lock gets longer than anyone holds it for a good reason.
constexpr int kCommandTimeoutMs = 30'000;
// TASK_COMM_LEN of Linux, less the zero.
constexpr std::size_t kLongestComm = 15;

std::shared_ptr<const Source> source(std::string name, std::string text) {
  return std::make_shared<const Source>(Source{.name = std::move(name), .text = std::move(text)});
}

std::string last_part(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// What a program refused, at the line of its input that it names.
Error refusal(const std::string& program, const Outcome& outcome, std::string_view input) {
  Error error{.message = own_words(outcome.err)};
  if (auto line = line_named_in(outcome.err))
    error.place = Place{.source = source("what " + last_part(program) + " was told", std::string(input)),
                        .line = *line,
                        .column = 1};
  return error;
}

// Sets that hold others come last, and need them there.
std::string set_lines(const Sets& sets) {
  std::string others;
  std::string lists;
  for (const auto& set : sets) {
    auto& lines = set.type == "list:set" ? lists : others;
    lines += fmt::format("create {} {} {}\n", set.name, set.type, set.header);
    for (const auto& member : set.members) lines += fmt::format("add {} {}\n", set.name, member);
  }
  return others + lists;
}

class HeldLock : public Hold {
 public:
  HeldLock(Fd lock, Fd private_lock, std::string& lock_file)
      : lock_(std::move(lock)), private_lock_(std::move(private_lock)), lock_file_(lock_file) {
    lock_file_ = fmt::format("/proc/{}/fd/{}", getpid(), private_lock_.get());
  }
  ~HeldLock() override { lock_file_.clear(); }

 private:
  Fd lock_;
  Fd private_lock_;
  std::string& lock_file_;
};

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

Result<Ruleset> LinuxKernel::read_rules(Family family) {
  TRY(auto program, program_for(family, backend_, "save"));
  TRY(auto saved, execute({program}));
  auto name = last_part(program);
  if (saved.status != 0) return fail(fmt::format("{}: {}", name, own_words(saved.err)));
  auto ruleset = parse_iptables_save(source(name, std::move(saved.out)));
  // What the kernel has is no mistake of the one who called us.
  if (!ruleset) ruleset.error().kind = ErrorKind::kFailed;
  return ruleset;
}

Result<Sets> LinuxKernel::read_sets() {
  auto program = find_program("ipset");
  // A host without ipset has no sets; one that is wished asks for it by name.
  if (!program) return Sets();
  TRY(auto saved, execute({*program, "save"}));
  if (saved.status != 0) return fail(fmt::format("ipset save: {}", own_words(saved.err)));
  TRY(auto sets, parse_ipset_save(source("ipset save", std::move(saved.out))));
  if (sets.empty() || scratch_) return sets;
  // The one option that ipset itself forgets.
  TRY(auto with_forceadd, forceadd_sets());
  for (auto& set : sets)
    if (with_forceadd.contains(set.name)) set.header += " forceadd";
  return sets;
}

// Only on nft are the rules of nft itself and those of iptables in the same tables.
Result<void> LinuxKernel::refuse_native() {
  if (backend_ == Backend::kLegacy || scratch_) return {};
  auto before = generation();
  if (before && *before && has_no_native_rules_at(**before)) return {};
  for (auto family : kFamilies) TRY_VOID(refuse_native_rules(family));
  auto after = generation();
  if (before && after && *before && *before == *after) note_no_native_rules_at(**after);
  return {};
}

Result<State> LinuxKernel::read() {
  TRY_VOID(require_root());
  // First what others change most, so that little time passes between a commit and the look at it.
  auto reading_iptables = std::async(std::launch::async, [this] { return read_rules(Family::kIpv4); });
  auto native = std::async(std::launch::async, [this] { return refuse_native(); });
  auto reading_ip6tables = std::async(std::launch::async, [this] { return read_rules(Family::kIpv6); });
  auto sets = read_sets();
  auto iptables = reading_iptables.get();
  auto ip6tables = reading_ip6tables.get();
  TRY_VOID(native.get());
  if (!iptables) return std::unexpected(std::move(iptables).error());
  if (!ip6tables) return std::unexpected(std::move(ip6tables).error());
  if (!sets) return std::unexpected(std::move(sets).error());
  return State{
      .iptables = std::move(*iptables), .ip6tables = std::move(*ip6tables), .sets = std::move(*sets)};
}

Result<Facts> LinuxKernel::facts() { return read_facts(); }

Result<std::vector<SpelledLine>> LinuxKernel::spell(const SpellRequest& request) {
  return spell_in_scratch(request, backend_);
}

Result<SpelledSet> LinuxKernel::spell_set(const Set& set) { return spell_set_in_scratch(set); }

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
  TRY(auto generation, nft->generation());
  return Generation(generation);
}

Result<Committed> LinuxKernel::commit(const Commit& commit, Generation generation) {
  return std::visit(Overloaded{
                        [&](const TableCommit& c) { return commit_table(c, generation); },
                        [&](const HandleCommit& c) { return delete_by_handle(c, generation); },
                        [&](const SetCommit& c) { return commit_sets(c); },
                    },
                    commit);
}

Result<Committed> LinuxKernel::commit_sets(const SetCommit& commit) {
  TRY(auto program, find_program("ipset"));
  auto input = restore_input(commit);
  TRY(auto outcome, execute({program, "restore"}, input));
  if (outcome.status != 0) return std::unexpected(refusal(program, outcome, input));
  return Committed::kDone;
}

// Nobody counts in a scratch namespace. Without the counters the rules are as good.
void LinuxKernel::keep_counters(TableCommit& commit) const {
  if (scratch_ || !has_continued(commit)) return;
  auto program = program_for(commit.family, backend_, "save");
  if (!program) return;
  if (auto saved = execute({*program, "-c", "-t", commit.table}); saved && saved->status == 0)
    take_counters(commit, saved->out);
}

Result<Committed> LinuxKernel::commit_table(TableCommit commit, Generation generation) {
  keep_counters(commit);
  // Its indexes hold as long as nobody else writes: the last thing before it is to look whether anyone did.
  TRY(auto now, this->generation());
  if (now && generation && *now != *generation) return Committed::kStale;
  bool was_clean = now && !scratch_ && has_no_native_rules_at(*now);
  TRY_VOID(restore(commit));
  // What iptables itself has written needs no looking for what it has not.
  auto after = this->generation();
  if (was_clean && after && *after == *now + 1) note_no_native_rules_at(**after);
  return Committed::kDone;
}

Result<void> LinuxKernel::restore(const TableCommit& commit) {
  TRY(auto program, program_for(commit.family, backend_, "restore"));
  auto input = restore_input(commit);
  TRY(auto outcome, execute({program, "--noflush"}, input));
  if (outcome.status == 0) {
    if (writers_) own_writes_.push_back(last_part(program).substr(0, kLongestComm));
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
    error.place = Place{
        .source = source("what " + last_part(program) + " was told", input), .line = i + 2, .column = 1};
    break;
  }
  return std::unexpected(std::move(error));
}

Result<Committed> LinuxKernel::delete_by_handle(const HandleCommit& commit, Generation generation) {
  if (!generation) return fail("rules can be deleted by handle on nftables only");
  TRY(auto* nft, nft_rules());
  std::vector<RuleHandle> rules;
  for (const auto& chain : commit.chains) {
    TRY(auto handles, nft->handles_of_chain(commit.family, commit.table, chain.chain));
    if (handles.size() != chain.of) return Committed::kStale;
    for (auto at : chain.at) rules.push_back({.chain = chain.chain, .handle = handles[at]});
  }
  TRY(bool done, nft->delete_rules(commit.family, commit.table, rules, *generation));
  if (done && writers_) own_writes_.emplace_back(program_invocation_short_name);
  if (done && !scratch_ && has_no_native_rules_at(*generation)) note_no_native_rules_at(*generation + 1);
  return done ? Committed::kDone : Committed::kStale;
}

Result<void> LinuxKernel::load(const State& state) {
  if (!state.sets.empty()) {
    TRY(auto ipset, find_program("ipset"));
    auto input = set_lines(state.sets);
    TRY(auto outcome, execute({ipset, "restore"}, input));
    if (outcome.status != 0) return std::unexpected(refusal(ipset, outcome, input));
  }
  for (auto family : kFamilies) {
    const auto& ruleset = ruleset_of(state, family);
    if (ruleset.tables.empty()) continue;
    TRY(auto program, program_for(family, backend_, "restore"));
    auto input = write_iptables_save(ruleset);
    TRY(auto outcome, execute({program}, input));
    if (outcome.status != 0) return std::unexpected(refusal(program, outcome, input));
  }
  return {};
}

Result<std::unique_ptr<Kernel>> LinuxKernel::copy(const State& state) {
  TRY(auto scratch, Scratch::make());
  std::unique_ptr<LinuxKernel> kernel(new LinuxKernel(backend_, std::move(scratch)));
  TRY_VOID(kernel->load(state));
  return kernel;
}

Result<std::unique_ptr<Hold>> LinuxKernel::hold_writers() {
  if (backend_ == Backend::kNft || scratch_) return nullptr;
  TRY(auto lock, take_xtables_lock());
  // iptables-legacy takes a lock of its own while we hold the one that all others wait for.
  Fd own(memfd_create("xtables.lock", MFD_CLOEXEC));
  if (!own.valid()) return system_error("memfd_create");
  return std::make_unique<HeldLock>(std::move(lock), std::move(own), lock_file_);
}

std::vector<std::string> LinuxKernel::other_writers() {
  if (backend_ == Backend::kLegacy) return {};
  if (!writers_) {
    if (auto opened = NftWriters::open()) writers_ = std::move(*opened);
    return {};
  }
  std::vector<std::string> names;
  // Pids are those of the first pid namespace, which need not be ours: so our own writes are known by their
  // number.
  for (const auto& writer : writers_->writers()) {
    auto own = std::ranges::find(own_writes_, writer.program);
    if (own != own_writes_.end()) {
      own_writes_.erase(own);
      continue;
    }
    auto name = fmt::format("{} (pid {})", writer.program, writer.pid);
    if (!contains(names, name)) names.push_back(std::move(name));
  }
  return names;
}

}  // namespace pyfw
