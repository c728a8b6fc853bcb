#include "engine/enforce.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>

#include "base/overloaded.h"
#include "base/strings.h"
#include "engine/rehearse.h"
#include "engine/same_state.h"

namespace pyfw {
namespace {

// A rival that never pauses is met within fewer; so many mean that something is wrong.
constexpr int kMostAttempts = 200;
// In one attempt, for a plan that has been rehearsed and remembered and still is the right one.
constexpr int kMostLooks = 6;

// A way without its indexes: foreign rules that came or went elsewhere in a chain make no other rehearsal
// necessary.
std::vector<std::string> edits_of(const Way& way) {
  std::vector<std::string> edits;
  auto add_table = [&](const TableCommit& commit) {
    auto name = name_of_table(commit.family, commit.table);
    for (const auto& line : commit.lines)
      edits.push_back(fmt::format("{} {} {} {} {}", name, static_cast<int>(line.kind), line.chain,
                                  line.rule.text, line.policy));
  };
  auto add_handles = [&](const HandleCommit& commit) {
    auto name = name_of_table(commit.family, commit.table);
    for (const auto& chain : commit.chains)
      edits.push_back(fmt::format("{} {} {}", name, chain.chain, chain.at.size()));
  };
  for (const auto& commit : way.commits)
    std::visit(Overloaded{add_table, add_handles,
                          [&](const SetCommit& sets) {
                            edits.insert(edits.end(), sets.lines.begin(), sets.lines.end());
                          }},
               commit);
  return edits;
}

struct Carried {
  std::size_t commits = 0;
  bool is_whole = false;
  std::optional<Error> error{};
};

class Enforcer {
 public:
  Enforcer(Kernel& kernel, const Enforcement& how) : kernel_(kernel), how_(how) {}

  Result<Enforced> run(Outlook outlook, Generation seen) {
    outlook_ = std::move(outlook);
    seen_ = seen;
    TRY_VOID(rehearse_once());
    for (int tried = 0; tried < kMostAttempts; ++tried) {
      TRY(auto done, attempt());
      if (done)
        return Enforced{.outlook = std::move(outlook_), .unrehearsed = unrehearsed_, .remarks = remarks_};
      note_rivals();
    }
    return fail(fmt::format("others write the rules again and again: {}; gave up after {} attempts",
                            rivals_.empty() ? "nobody can tell who" : join(rivals_, ", "), kMostAttempts),
                "what is pyfw's may be incomplete: run it again when they are done");
  }

 private:
  void say(std::string_view stage) const {
    if (how_.announce) how_.announce(stage);
  }

  // True when nothing is left to do.
  Result<bool> attempt() {
    // On legacy nobody else writes from here on; on nft the generation will tell.
    TRY(auto hold, kernel_.hold_writers());
    TRY(bool is_ready, prepare(hold != nullptr));
    if (outlook_.way.empty()) return true;
    if (!is_ready) return false;
    auto carried = carry_out();
    if (carried.error) {
      if (!someone_wrote()) return std::unexpected(left_midway(std::move(*carried.error), carried));
      return false;
    }
    say("verify");
    if (!carried.is_whole || someone_wrote()) return verified();
    return read_back();
  }

  // Until the plan is of what is there now, has been rehearsed, and whoever may have to undo it knows it.
  // False where others write faster than that.
  Result<bool> prepare(bool must_look) {
    for (int looked = 0; looked < kMostLooks; ++looked) {
      TRY(auto now, kernel_.generation());
      if (must_look || now != seen_) TRY_VOID(look_again());
      must_look = false;
      if (outlook_.way.empty()) return true;
      // What takes long comes before the last look at what others did.
      if (!is_rehearsed()) {
        TRY_VOID(rehearse_once());
      } else if (!is_remembered_) {
        TRY_VOID(how_.remember(change_of(outlook_.live.state, outlook_.desired, outlook_.way.relaid),
                               outlook_.live.state));
        is_remembered_ = true;
      } else {
        return true;
      }
    }
    return false;
  }

  // Nobody wrote between our look and our last commit, so what is there is what was rehearsed.
  Result<bool> read_back() {
    TRY(auto state, kernel_.read());
    if (difference(state, outlook_.desired.state).empty()) return true;
    TRY_VOID(look_again());
    if (outlook_.way.empty()) return true;
    if (someone_wrote()) {
      remarks_.emplace_back("others have written since: another apply will tell what of it matters");
      return true;
    }
    return fail("what was committed does not read back as it was wished: " +
                    difference(outlook_.live.state, outlook_.desired.state),
                "write the rule as iptables-save shows it");
  }

  // While others write, what is read may be torn: once as it was before a commit of theirs, once as after.
  // Twice in the same way is no accident.
  Result<bool> verified() {
    TRY_VOID(look_again());
    TRY(auto now, kernel_.generation());
    if (!outlook_.way.empty() || now == seen_) return outlook_.way.empty();
    TRY_VOID(look_again());
    return outlook_.way.empty();
  }

  Result<void> look_again() {
    TRY(seen_, kernel_.generation());
    TRY(outlook_, how_.look_again());
    return {};
  }

  [[nodiscard]] bool is_rehearsed() const {
    return std::ranges::all_of(edits_of(outlook_.way),
                               [&](const std::string& edit) { return rehearsed_.contains(edit); });
  }

  Result<void> rehearse_once() {
    say("rehearse");
    auto rehearsal = rehearse(outlook_.live.state, outlook_.desired, outlook_.way, outlook_.written, kernel_);
    if (!rehearsal && how_.needs_rehearsal) return std::unexpected(std::move(rehearsal).error());
    if (!rehearsal) remarks_.push_back(rehearsal.error().message);
    if (rehearsal) unrehearsed_ = std::move(rehearsal->unrehearsed);
    for (auto& edit : edits_of(outlook_.way)) rehearsed_.insert(std::move(edit));
    is_remembered_ = false;
    return {};
  }

  Carried carry_out() {
    Carried carried;
    auto generation = seen_;
    for (const auto& commit : outlook_.way.commits) {
      say("commit " + name_of(commit));
      auto done = kernel_.commit(commit, generation);
      if (!done) {
        carried.error = std::move(done).error();
        break;
      }
      if (*done == Committed::kStale) break;
      ++carried.commits;
      if (generation && !std::holds_alternative<SetCommit>(commit)) ++*generation;
    }
    expected_ = generation;
    carried.is_whole = carried.commits == outlook_.way.commits.size();
    return carried;
  }

  bool someone_wrote() {
    auto now = kernel_.generation();
    return now && *now && *now != expected_;
  }

  Error left_midway(Error error, const Carried& carried) const {
    auto commits = outlook_.way.commits.size();
    error.message =
        fmt::format("{} was refused: {}", name_of(outlook_.way.commits[carried.commits]), error.message);
    error.hint = carried.commits == 0
                     ? "nothing was changed"
                     : fmt::format(
                           "{} of {} commits have been done; once the cause is gone, run it again: it "
                           "completes the work",
                           carried.commits, commits);
    return error;
  }

  // Asked for the first time, the kernel begins to listen.
  void note_rivals() {
    for (auto& rival : kernel_.other_writers())
      if (std::ranges::find(rivals_, rival) == rivals_.end() && rivals_.size() < 5)
        rivals_.push_back(std::move(rival));
  }

  Kernel& kernel_;
  const Enforcement& how_;
  Outlook outlook_;
  Generation seen_;
  Generation expected_;
  bool is_remembered_ = false;       // all that was rehearsed
  std::set<std::string> rehearsed_;  // of all rehearsals so far
  std::vector<std::string> unrehearsed_;
  std::vector<std::string> remarks_;
  std::vector<std::string> rivals_;
};

}  // namespace

Result<Enforced> enforce(Outlook outlook, Generation seen, Kernel& kernel, const Enforcement& how) {
  return Enforcer(kernel, how).run(std::move(outlook), seen);
}

}  // namespace pyfw
