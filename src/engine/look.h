// Looks at the wishes and at the host, and says what would have to be done: what every subcommand that
// plans begins with.

#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/kernel.h"
#include "host/state_document.h"
#include "keep/record.h"
#include "plan/plan.h"
#include "plan/way.h"
#include "show/description.h"
#include "wish/parse.h"
#include "wish/resolve.h"
#include "wish/written.h"

namespace pyfw {

// In which manner the plan will be carried out.
enum class Manner {
  kClassic,  // by single commands: no set is replaced, nothing is pruned, a name claims whatever bears it
  kGuarded,  // by commits: with the record
};

// From where it goes to where, and how.
struct Course {
  State live;
  Desired desired;
  Way way;
};

struct Outlook;

// The answer of Kernel::docker().
using DockerSays = Result<std::optional<Docker>>;

// What ${external_interface} is worth.
enum class DefaultRoutes {
  kCount,
  kIgnored,  // as if there were none: what was known last
};

// What is known besides the wishes and the live state.
struct Stance {
  Manner manner = Manner::kClassic;
  // How to get at the record of what pyfw applied last, once it is known what is wished: a record of these
  // very wishes need not be parsed where they are fulfilled.
  std::function<bool(const Outlook&)> is_recorded{};
  std::function<Result<void>(Outlook&)> recall{};
  // Live rules of a wish's name, though pyfw did not put them there, and those of its very text without a
  // name.
  bool adopts = false;
  LastValues last{};                   // of the variables that follow the host, as they were kept
  std::optional<DockerSays> docker{};  // where it was asked already, or shall not be
  DefaultRoutes default_routes = DefaultRoutes::kCount;
};

// Called when a stage begins, with its name.
using AnnounceStage = std::function<void(std::string_view stage)>;

struct Outlook {
  Wishes wishes;  // none where an undo asks
  WrittenRules written;
  HostState live;
  Desired desired;
  Plan plan;  // of the classic manner
  Way way;    // of the guarded one
  std::vector<Error> warnings;
  std::vector<std::string> messages;  // what stays though no wish names it any more, and what no way can give
  std::optional<Record> record;       // that was looked at
  bool is_recorded = false;           // or it is of these very wishes, and they are fulfilled
  Claims claims = Claims::kNames;
  LastValues values;               // of the variables that follow the host: what to keep for the next time
  std::optional<LastValues> kept;  // what was kept of them until now; none where it was damaged
};

// Reads the wishes; runs while the kernel is being read.
using ReadWishes = std::function<Result<Wishes>()>;

// What it changes. Where there is nothing to do, nobody looks for it.
Description describe(const Outlook& outlook);

// What is resolved, with the sets whose members are to be exactly these.
Desired desired_of(Resolved resolved, const std::vector<WishedSet>& sets);

// Sets of killed runs go too.
void remove_temporary_sets(const State& live, Desired& desired);

// A guarded one that has something to do has yet to finish reading (kernel.h).
// In the classic manner, a set that would have to become another one (another type, say) is bad input here,
// at its place: single commands can't do that.
Result<Outlook> look(const ReadWishes& read_wishes, Kernel& kernel, const Stance& stance = {},
                     const AnnounceStage& announce = {});

// The course to the same wishes when that is there by now, with the record and the adopted rules of the first
// look. Its facts and spellings stay too, so that it takes as little time as can be.
Result<Course> look_again(const Outlook& first, State live, Kernel& kernel);

}  // namespace pyfw
