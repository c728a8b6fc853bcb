#include "kernel/linux_kernel.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/overloaded.h"
#include "docker/docker_facts.h"
#include "engine/same_state.h"
#include "kernel/all_facts.h"
#include "kernel/find_backend.h"
#include "kernel/load_state.h"
#include "kernel/native_memo.h"
#include "kernel/own_words.h"
#include "kernel/restore_sets.h"
#include "kernel/speller.h"
#include "netlink/ipset_netlink.h"
#include "netlink/netlink_facts.h"
#include "nf/ipset_save.h"
#include "nf/same_save.h"
#include "nft/nft_change.h"
#include "plan/continued.h"
#include "sys/process.h"
#include "sys/programs.h"

namespace pyfw {
namespace {

// A command that waits for the xtables lock gets longer than anyone holds it for a good reason.
constexpr int kCommandTimeoutMs = 30'000;
// From the moment when it counts until all of its rules are there.
constexpr int kLongestCommitMs = 20;
constexpr int kMostLooksBesideRivals = 100;

}  // namespace

Result<void> require_root() {
  if (geteuid() != 0) return fail("only root can read and change the firewall", "run it with sudo");
  return {};
}

Result<Sets> LinuxKernel::read_sets() {
  TRY(auto saved, netns_.save_sets());
  TRY(auto sets, parse_sets(saved));
  if (sets.empty() || netns_.is_scratch()) return sets;
  // The one option that ipset itself forgets.
  TRY(auto with_forceadd, forceadd_sets());
  for (auto& set : sets)
    if (with_forceadd.contains(set.name)) set.header += " forceadd";
  return sets;
}

Result<void> LinuxKernel::finish_reading() {
  if (!looking_.valid()) return {};
  TRY(auto look, looking_.get());
  auto at = look.at ? std::optional(since(*look.at)) : std::nullopt;
  handles_.take(std::move(look), at);
  return {};
}

Result<State> LinuxKernel::read() {
  TRY_VOID(require_root());
  TRY_VOID(finish_reading());
  // First what others change most, so that little time passes between a commit and the look at it.
  auto reading_iptables = std::async(std::launch::async, [this] { return netns_.read_rules(Family::kIpv4); });
  looking_ = std::async(std::launch::async, [this] { return look_for_native_rules(netns_); });
  auto reading_ip6tables =
      std::async(std::launch::async, [this] { return netns_.read_rules(Family::kIpv6); });
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
    auto comparing = std::async(std::launch::async, [this, known] { return looks_like(*known, netns_); });
    TRY(auto sets, netns_.save_sets());
    if (comparing.get() && is_save_of(sets->text, wanted.sets)) return std::string();
  }
  auto saving_iptables = std::async(std::launch::async, [this] { return netns_.save_rules(Family::kIpv4); });
  auto native = std::async(std::launch::async, [this] { return look_for_native_rules(netns_); });
  auto saving_ip6tables = std::async(std::launch::async, [this] { return netns_.save_rules(Family::kIpv6); });
  auto sets = netns_.save_sets();
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

Result<Generation> LinuxKernel::read_again(std::span<const TableId> tables, State& state) {
  for (int tried = 0; writers_ && tried < kMostLooksBesideRivals; ++tried) {
    TRY(auto before, generation());
    TRY(auto* nft, nft_rules());
    TRY(bool are_known, quick_look_.take(tables, state, *nft));
    TRY(auto after, generation());
    if (are_known && before == after) {
      quick_look_.holds_at(before);
      return before;
    }
    if (!are_known) TRY_VOID(quick_look_.learn(tables, *nft));
  }
  TRY(auto before, generation());
  for (const auto& id : tables) {
    TRY(auto read, netns_.read_rules(id.family, id.table));
    put_table(ruleset_of(state, id.family),
              read.tables.empty() ? Table{.name = id.table} : std::move(read.tables[0]));
  }
  return before;
}

Result<Facts> LinuxKernel::facts() { return read_facts(); }

Result<std::optional<Docker>> LinuxKernel::docker() {
  if (netns_.is_scratch()) return std::nullopt;
  return read_docker_inventory();
}

Result<AllFacts> LinuxKernel::all_facts() {
  // Of a scratch namespace nobody asks that.
  if (netns_.is_scratch()) return fail("a scratch namespace is no host");
  TRY(auto all, read_all_facts());
  auto others = rules_of_other_backend(backend());
  if (others) {
    all.other_rules = std::move(*others);
  } else {
    all.warnings.push_back(std::move(others).error());
  }
  return all;
}

Result<std::vector<SpelledLine>> LinuxKernel::spell(const SpellRequest& request) {
  return spell_in_scratch(request, backend());
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
    netns_.call([&] { opened = NftRules::open(); });
    if (!opened) return std::unexpected(std::move(opened).error());
    nft_ = std::move(*opened);
  }
  return &*nft_;
}

Result<Generation> LinuxKernel::generation() {
  if (backend() == Backend::kLegacy) return Generation();
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
    handles_.note_change({.family = change.family, .table = change.table});
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
  auto run = [&](std::string_view input) { return netns_.run({program, "restore"}, input); };
  // If nobody else has written, no rule is left that holds them.
  auto are_only_late = [&] {
    auto now = this->generation();
    return generation && now && *now == generation;
  };
  TRY_VOID(restore_sets(commit, program, run, are_only_late));
  return Committed::kDone;
}

Result<std::string> LinuxKernel::save_with_counters(Family family) {
  return netns_.save_with_counters(family);
}

Result<Committed> LinuxKernel::commit_table(TableCommit commit, Generation generation) {
  if (generation && has_continued(commit)) {
    TableId id{.family = commit.family, .table = commit.table};
    if (auto seen = quick_look_.counters_at(id, *generation)) counters_.take(id, std::move(*seen));
  }
  counters_.keep(commit);
  if (generation) {
    TRY(auto done, commit_by_bytes(commit, *generation));
    if (done) return *done;
  }
  // Its indexes hold as long as nobody else writes, nor a batch of ours that was not answered: the last thing
  // before it is to look whether anyone did.
  TRY(auto now, this->generation());
  if (now && generation && *now != *generation) return Committed::kStale;
  bool was_clean = now && !netns_.is_scratch() && has_no_native_rules_at(*now);
  TRY(auto writer, restores_.restore(commit));
  note_own_write(writer);
  ++own_commits_;
  // What iptables itself has written needs no looking for what it has not.
  auto after = this->generation();
  if (was_clean && after && *after == *now + 1) note_no_native_rules_at(**after);
  return Committed::kDone;
}

void LinuxKernel::foresee(std::span<const Commit> commits, Foresight foresight) {
  if (backend() == Backend::kLegacy) return;
  if (netns_.is_scratch()) return look_at_copy(commits);
  if (foresight == Foresight::kToTheLetter) {
    if (auto now = generation(); now && *now) handles_.foresee(commits, since(**now), looking_.valid());
  } else {
    counters_.foresee(commits);
  }
  restores_.foresee(commits, foresight);
}

void LinuxKernel::learn_rules(const State& state, std::shared_ptr<const Sighting> of_copy) {
  if (auto seen = std::dynamic_pointer_cast<const NftSighting>(std::move(of_copy)))
    learn_bytes(state, seen, KnownBytes::Origin::kOther);
}

void LinuxKernel::learn_bytes(const State& state, const std::shared_ptr<const NftSighting>& sighting,
                              KnownBytes::Origin origin) {
  for (auto family : kFamilies)
    known_bytes_.learn(family, ruleset_of(state, family), image_of(sighting, family), origin);
}

// To put hundreds of rules to other places, iptables-restore looks at the whole chain for each.
void LinuxKernel::look_at_copy(std::span<const Commit> commits) {
  bool is_long = std::ranges::any_of(
      commits, [](const Commit& commit) { return std::holds_alternative<HandleCommit>(commit); });
  auto now = generation();
  if (!is_long || !now || !*now) return;
  auto sighting = see(netns_);
  if (!sighting) return;
  learn_bytes(loaded_, sighting, KnownBytes::Origin::kOwn);
  handles_.take(std::move(sighting), since(**now));
}

Result<std::optional<Committed>> LinuxKernel::commit_by_bytes(const TableCommit& commit,
                                                              std::uint32_t generation) {
  auto find = [&](const std::string& text) { return known_bytes_.find(commit.family, text); };
  bool are_known = std::ranges::all_of(commit.lines, [&](const TableLine& line) {
    return line.kind != TableLine::Kind::kInsert || find(line.rule.text);
  });
  if (!are_known) return std::nullopt;
  TRY(auto* nft, nft_rules());
  TableId id{.family = commit.family, .table = commit.table};
  TableOfHandles there;
  if (const auto* seen = quick_look_.table_at(id, generation)) {
    there = *seen;
  } else {
    TRY(there, handles_.chains_for(commit, since(generation), *nft));
  }
  auto change = nft_change_of(commit, there, find);
  if (!change) return std::nullopt;
  bool was_clean = !netns_.is_scratch() && has_no_native_rules_at(generation);
  auto done = nft->commit(batch_of(*change, id, generation));
  // Then iptables-restore may know better, or say why.
  if (!done) return std::nullopt;
  if (!*done) return Committed::kStale;
  ++own_commits_;
  note_own_write(program_invocation_short_name);
  if (was_clean) note_no_native_rules_at(generation + 1);
  return Committed::kDone;
}

Result<Committed> LinuxKernel::delete_by_handle(const HandleCommit& commit, Generation generation) {
  if (!generation) return fail("rules can be deleted by handle on nftables only");
  TRY(auto* nft, nft_rules());
  TRY(auto rules, handles_.rules_of(commit, since(*generation)));
  if (!rules) return Committed::kStale;
  TRY(bool done, nft->delete_rules(commit.family, commit.table, *rules, *generation));
  if (done) ++own_commits_;
  if (done) note_own_write(program_invocation_short_name);
  if (done && !netns_.is_scratch() && has_no_native_rules_at(*generation))
    note_no_native_rules_at(*generation + 1);
  return done ? Committed::kDone : Committed::kStale;
}

Result<std::unique_ptr<Kernel>> LinuxKernel::copy(const State& state) {
  TRY(auto scratch, Scratch::make());
  std::unique_ptr<LinuxKernel> kernel(new LinuxKernel(backend(), std::move(scratch)));
  auto run = [&](const std::vector<std::string>& argv, std::string_view input) {
    return kernel->netns_.run(argv, input);
  };
  TRY_VOID(load_state(state, backend(), run));
  if (backend() == Backend::kNft) kernel->loaded_ = state;
  return kernel;
}

Result<std::unique_ptr<Hold>> LinuxKernel::hold_writers() { return netns_.hold_writers(); }

void LinuxKernel::note_own_write(const std::string& program) {
  if (writers_) write_log_.note_own(program);
}

Result<bool> LinuxKernel::only_we_wrote(Generation since, std::size_t commits) {
  if (!since || backend() == Backend::kLegacy) return true;
  if (!writers_ || commits == 0) {
    TRY(auto now, generation());
    return now == *since + commits;
  }
  write_log_.take(writers_->writers());
  return write_log_.were_only_ours(*since, commits);
}

std::vector<std::string> LinuxKernel::other_writers() {
  if (backend() == Backend::kLegacy) return {};
  if (!writers_) {
    if (auto opened = NftWriters::open()) writers_ = std::move(*opened);
    return {};
  }
  write_log_.take(writers_->writers());
  return write_log_.take_others();
}

}  // namespace pyfw
