// The wishes of a record, and what there is of them on the host, in memory between two looks: what Docker has
// moved is mended with what is known already.
//
//   Holding holding(kernel, store, clock, std::move(held));
//   TRY(bool drifted, holding.look_at_all(docker));    // the first time, and when in doubt
//   TRY(bool drifted, holding.look_at_rules());    // some rules have changed
//   if (drifted) TRY(auto repaired, holding.repair(lock));

#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/apply.h"
#include "engine/clock.h"
#include "engine/kernel.h"
#include "keep/record.h"
#include "keep/store.h"
#include "watch/rivals.h"

namespace pyfw {

// Keeps other pyfw from writing as long as what it gives lives.
using LockWriters = std::function<Result<std::unique_ptr<Hold>>()>;

// What is held: it was applied and confirmed.
struct Held {
  std::string record_text;  // as it stands in the store
  Record record;
  Wishes wishes;
};

// None where nothing was applied, where a change waits for its confirm, and where none ever came: `why_not`.
struct Holdable {
  std::optional<Held> held;
  std::string why_not;
};
Result<Holdable> read_holdable(Store& store);

// What is to be done for them by now. Where what Docker says makes rules of them that can't be (a bridge
// `e+`, two addresses where there is place for one), it counts as silent, and where the interface of the
// default route does, there counts as none; why is the first warning. All else that is wished has to hold
// nevertheless. Docker is asked where it was not yet.
Result<Outlook> look_at_held(const Record& record, const Wishes& wishes, Kernel& kernel, Store& store,
                             const std::optional<DockerSays>& docker);

struct Mended {
  std::string what;                // in words; empty where others had mended it already
  std::vector<std::string> who{};  // wrote before
  std::vector<std::string> remarks{};
};

class Holding {
 public:
  // A repair may take long where others write faster than it; `announce` hears that it goes on.
  Holding(std::unique_ptr<Kernel> kernel, Store& store, const Clock& clock, Held held,
          AnnounceStage announce);

  // Whether something has drifted. The first reads the whole host and its facts, the second only tables that
  // hold wishes, and those only if somebody else wrote since; `look_at_all` has to be first.
  Result<bool> look_at_all(const DockerSays& docker);
  Result<bool> look_at_rules();
  // Whether what the host and Docker are by now makes other rules of the wishes.
  Result<bool> have_facts_changed(const DockerSays& docker);
  // Whether the last look at all made other rules of the wishes than those that were held before it: then
  // nobody has undone them.
  [[nodiscard]] bool follows_the_host() const { return follows_the_host_; }
  // Of what the last look saw. Takes the lock, and does nothing where the record is another one by then.
  // Where values that are new can't be put in or written down, those of before are held until the next whole
  // look.
  Result<Mended> repair(const LockWriters& lock);
  // Where a look at all failed, and nothing is known that could be held: each table that can be.
  Result<Mended> repair_by_tables(const DockerSays& docker, const LockWriters& lock);
  // Who has written since is not forgotten. Those who wrote before a look that saw no drift are no rivals.
  void hear_writers();

  [[nodiscard]] const Held& held() const { return held_; }
  [[nodiscard]] const std::vector<Error>& warnings() const { return first_.warnings; }
  // Not before the first whole look, nor where the last look at the rules or the last repair failed.
  [[nodiscard]] bool has_looked() const { return has_looked_; }
  // Whether the wishes name something that follows the host, and Docker.
  [[nodiscard]] bool depends_on_facts() const { return depends_on_facts_; }
  [[nodiscard]] bool depends_on_docker() const { return depends_on_docker_; }

 private:
  void prepare();
  void take(Outlook outlook);
  Result<bool> is_still_wished_so();
  Result<void> take_record();
  // What was held before the last look at all; and where there was none, what the store knows of values.
  Result<void> hold_former();
  Result<void> hold_last_known(const Error& why);
  // After which the record is the one that is wanted, if all goes as planned.
  Result<void> repair_all(Record wanted, Mended& mended);
  Result<void> repair_rules(Mended& mended);
  // Whether it came to the end that was planned.
  Result<bool> enforce_course(const Remember& remember, Verify verify, Mended& mended);
  [[nodiscard]] Record wanted_record() const;

  std::unique_ptr<Kernel> kernel_;
  Store& store_;
  const Clock& clock_;
  Held held_;
  AnnounceStage announce_;
  bool depends_on_facts_;
  bool depends_on_docker_;
  bool has_looked_ = false;  // and the course is of what was seen
  Outlook first_;            // of the last whole look
  bool follows_the_host_ = false;
  bool is_in_store_ = false;         // what it makes of the wishes is what the record says
  std::optional<Outlook> former_{};  // the last one that was
  Course course_;                    // of the last look
  Generation seen_;                  // at which the course was the truth
  bool is_of_all_ = true;
  bool is_prepared_ = false;
  Rehearsed rehearsed_;
  Rivals rivals_;
};

}  // namespace pyfw
