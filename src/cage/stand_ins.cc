#include "cage/stand_ins.h"

#include <fmt/format.h>

#include <array>
#include <optional>

#include "base/strings.h"
#include "cage/inside.h"

namespace pyfw {
namespace {

struct Named {
  Mask mask;
  std::string_view word;
};
constexpr std::array kWords = {Named{Mask::kNotDone, "not-done"}, Named{Mask::kNoDocker, "no-docker"},
                               Named{Mask::kNoNetwork, "no-network"}, Named{Mask::kEndless, "endless"}};

struct Program {
  std::string_view name;
  Mask mask;
  std::string_view answer;  // what it prints and how it ends
  bool is_always_there = false;
  std::string_view question{};  // what comes before it notes anything
};

constexpr std::string_view kFine = "exit 0";
// Of services all run, and to ask for that is nothing to tell.
constexpr std::string_view kServiceQuestion = R"(for word; do
  case $word in
    is-active) answer=active ;;
    is-enabled) answer=enabled ;;
    -q | --quiet) quiet=1 ;;
    status | show | list-* | cat) answer=running ;;
  esac
done
if [ "$answer" ]; then
  [ "$quiet" ] || echo "$answer"
  exit 0
fi
)";
constexpr std::string_view kNoDockerAnswer = "echo 'there is no Docker to ask in here' >&2\nexit 1";
// As curl ends when a name can't be resolved; wget says 4, and most scripts ask only whether it is 0.
constexpr std::string_view kNoNetworkAnswer = "echo 'there is no network in here' >&2\nexit 6";

constexpr std::array kPrograms = {
    Program{"modprobe", Mask::kNotDone, kFine, true},
    Program{"insmod", Mask::kNotDone, kFine},
    Program{"rmmod", Mask::kNotDone, kFine},
    Program{"depmod", Mask::kNotDone, kFine},
    Program{"systemctl", Mask::kNotDone, kFine, true, kServiceQuestion},
    Program{"service", Mask::kNotDone, kFine, true, kServiceQuestion},
    Program{"rc-service", Mask::kNotDone, kFine, false, kServiceQuestion},
    Program{"invoke-rc.d", Mask::kNotDone, kFine, false, kServiceQuestion},
    Program{"update-rc.d", Mask::kNotDone, kFine},
    Program{"logger", Mask::kNotDone, kFine},
    Program{"wall", Mask::kNotDone, kFine},
    Program{"reboot", Mask::kNotDone, kFine},
    Program{"shutdown", Mask::kNotDone, kFine},
    Program{"poweroff", Mask::kNotDone, kFine},
    Program{"halt", Mask::kNotDone, kFine},
    Program{"mail", Mask::kNotDone, kFine},
    Program{"sendmail", Mask::kNotDone, kFine},
    Program{"crontab", Mask::kNotDone, kFine},
    // By which a script undoes later what it does, unless somebody says that all is well.
    Program{"at", Mask::kNotDone, kFine, true},
    Program{"systemd-run", Mask::kNotDone, kFine, true},
    // Many a script begins by installing what it needs.
    Program{"apt-get", Mask::kNotDone, kFine},
    Program{"apt", Mask::kNotDone, kFine},
    Program{"yum", Mask::kNotDone, kFine},
    Program{"dnf", Mask::kNotDone, kFine},
    Program{"apk", Mask::kNotDone, kFine},
    Program{"zypper", Mask::kNotDone, kFine},
    Program{"pacman", Mask::kNotDone, kFine},
    Program{"docker", Mask::kNoDocker, kNoDockerAnswer},
    Program{"docker-compose", Mask::kNoDocker, kNoDockerAnswer},
    Program{"curl", Mask::kNoNetwork, kNoNetworkAnswer},
    Program{"wget", Mask::kNoNetwork, kNoNetworkAnswer},
    Program{"ping", Mask::kNoNetwork, kNoNetworkAnswer},
    Program{"dig", Mask::kNoNetwork, kNoNetworkAnswer},
    Program{"host", Mask::kNoNetwork, kNoNetworkAnswer},
    Program{"nslookup", Mask::kNoNetwork, kNoNetworkAnswer},
    Program{"ssh", Mask::kNoNetwork, kNoNetworkAnswer},
};

std::string_view word_for(Mask mask) {
  for (const auto& named : kWords)
    if (named.mask == mask) return named.word;
  return {};
}

std::optional<Mask> mask_for(std::string_view word) {
  for (const auto& named : kWords)
    if (named.word == word) return named.mask;
  return {};
}

// The script is root already; its options say as whom and how, which makes no difference.
constexpr std::string_view kSudo = R"(#!/bin/sh
while [ $# -gt 0 ]; do
  case $1 in
    -u | -g | -C | -h | -p | -U | -D | -R | -T | -r | -t) shift; [ $# -gt 0 ] && shift ;;
    --) shift; break ;;
    -*) shift ;;
    [A-Za-z_]*=*) export "$1"; shift ;;
    *) break ;;
  esac
done
[ $# -eq 0 ] || exec "$@"
)";

// Who waits in a script waits for a person, or that others undo its rules. So it waits no longer than a
// moment where the script itself does, and as long as it says where it waits beside the script, which a shell
// starts deaf to SIGINT (bit 1 of SigIgn), or in a session of its own. A script that waits without end is
// ended: what it has put up by then is what stands on the host while it waits.
constexpr std::string_view kSleep = R"(#!/bin/sh
while read -r name value; do
  case $name$value in SigIgn:*[2367abef]) exec {real} "$@" ;; esac
done </proc/$$/status
read -r _ _ _ _ _ session _ </proc/$$/stat
[ "$session" = {script} ] || exec {real} "$@"
read -r waits <{waits}
waits=$((waits + 1))
echo $waits >{waits}
if [ $waits -gt {most} ]; then
  echo "endless sleep $*" >>{notes}
  kill -KILL {script}
fi
case $1 in
  1 | 1s | 1.* | 0* | .* | -*) [ $waits -gt {real_ones} ] || exec {real} "$@" ;;
esac
exec {real} 0.02
)";

// Whoever waits for what comes gives up before; in here nothing comes. A loop of short waits is over soon.
constexpr int kMostWaits = 300;
constexpr int kRealWaits = 5;

}  // namespace

std::string sleep_stand_in(std::string_view real, const SleepFiles& files) {
  return fmt::format(kSleep, fmt::arg("real", real), fmt::arg("script", kScriptsPid),
                     fmt::arg("waits", files.waits), fmt::arg("notes", files.notes),
                     fmt::arg("most", kMostWaits), fmt::arg("real_ones", kRealWaits));
}

std::vector<StandIn> stand_ins(std::string_view notes) {
  std::vector<StandIn> all;
  for (const auto& program : kPrograms)
    all.push_back(
        {.name = std::string(program.name),
         .text = fmt::format("#!/bin/sh\n{}{{ printf %s '{} {}'; [ $# -eq 0 ] || printf ' %s' \"$@\"; "
                             "echo; }} >>{}\n{}\n",
                             program.question, word_for(program.mask), program.name, notes, program.answer),
         .is_always_there = program.is_always_there});
  all.push_back({.name = "sudo", .text = std::string(kSudo), .is_always_there = true});
  return all;
}

std::vector<MaskedCommand> parse_notes(std::string_view notes) {
  std::vector<MaskedCommand> commands;
  for (auto line : split(notes, '\n')) {
    auto blank = line.find(' ');
    if (blank == std::string_view::npos) continue;
    if (auto mask = mask_for(line.substr(0, blank)))
      commands.push_back({.mask = *mask, .command = std::string(line.substr(blank + 1))});
  }
  return commands;
}

}  // namespace pyfw
