// Runs a shell script of firewall commands so that its effect is seen without being had: in namespaces of its
// own, as nobody outside them, on a copy of the host's interfaces, with a file tree whose changes are thrown
// away. What it leaves in the kernel of its network namespace is the answer.
//
//   TRY(auto run, run_caged({.path = "/etc/firewall.sh", .text = text},
//                           {.facts = facts, .start = start_of(live, facts), .backend = backend}));
//   run.state;     // the rules and sets that it left, those of the start among them
//   run.masked;    // `systemctl restart docker`, which was not done
//
// To the script it looks as if it ran on the host, as root. It has no network, no daemon to talk to, and no
// terminal.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "host/facts.h"
#include "nf/backend.h"
#include "nf/state.h"

namespace pyfw {

// A file as the script shall find it.
struct CagedFile {
  std::string path;
  std::string text;
};

struct CagedScript {
  std::string path;  // absolute; it finds itself there
  std::string text;
  std::vector<std::string> arguments{};
};

struct CageHost {
  Facts facts{};
  State start{};  // the rules and sets that stand there when it begins
  Backend backend = Backend::kNft;
  // That only root can read, as saved rules: else it finds only what everybody may read.
  std::vector<CagedFile> files{};
  std::map<std::string, std::string> renamed{};  // interfaces that have another name in there
};

struct CageLimits {
  std::chrono::milliseconds time{60'000};
  std::size_t processes = 128;
  std::size_t process_bytes = std::size_t{512} << 20;  // of memory, each
  std::size_t files_bytes = std::size_t{128} << 20;    // of all that it writes
  std::size_t output_bytes = 16'384;                   // of its output, the last ones, that are kept
};

enum class Mask : std::uint8_t {
  kNotDone,    // nothing was done, and it was told that all is well
  kNoDocker,   // there is no Docker to ask: it failed
  kNoNetwork,  // there is no network: it failed
  kEndless,    // a wait, one of so many that the script was ended there
};

struct MaskedCommand {
  Mask mask = Mask::kNotDone;
  std::string command;

  bool operator==(const MaskedCommand&) const = default;
};

// Of the kernel, below /proc/sys.
struct WrittenSetting {
  std::string name;  // "net/ipv4/ip_forward"
  std::string value;

  bool operator==(const WrittenSetting&) const = default;
};

struct CagedRun {
  State state{};
  std::vector<std::string> unseen{};    // what it left besides, in words: "the table inet filter of nftables"
  std::string output{};                 // standard output and standard error, as they came; the end of it
  int status = 0;                       // its exit status, or 128 + the signal that ended it
  std::vector<MaskedCommand> masked{};  // in its order; a script may keep commands from being told
  std::vector<WrittenSetting> settings{};  // in no order
};

// Fails where it does not end in time, and where the system lets us make no cage. Whatever became of it, none
// of its processes is there any more.
Result<CagedRun> run_caged(const CagedScript& script, const CageHost& host, const CageLimits& limits = {});

}  // namespace pyfw
