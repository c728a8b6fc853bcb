// A rival of pyfw: puts rules like Docker's in and takes them out without pause, one command after the other,
// and keeps a journal of it.
//
//   rival FOLDER SEED REST        REST: ms, at most, between two bursts of commands; 0 for none
//
//   FOLDER/journal     what it did: see journal.h
//   FOLDER/pause       while it is there, the rival does nothing, and FOLDER/paused says so

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <random>
#include <span>
#include <string>

#include "base/fd.h"
#include "base/strings.h"
#include "deeds.h"
#include "journal.h"
#include "sys/process.h"

namespace pyfw::races {
namespace {

constexpr std::size_t kBurst = 6;       // commands between two rests, about
constexpr std::size_t kMostRules = 16;  // in a chain, before more go than come

class Rival {
 public:
  Rival(std::string folder, unsigned seed, unsigned long rest_ms)
      : folder_(std::move(folder)), random_(seed), deeds_(seed, kMostRules), rest_ms_(rest_ms) {}

  [[noreturn]] void run() {
    Fd journal(open((folder_ + "/journal").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    while (true) {
      wait_while_paused();
      if (rest_ms_ > 0 && any(kBurst) == 0) rest();
      auto deed = deeds_.next();
      deed.begun = monotonic_now();
      deed.status = status_of(deed);
      deed.ended = monotonic_now();
      deeds_.note(deed);
      auto line = line_of(deed);
      if (write(journal.get(), line.data(), line.size()) != static_cast<ssize_t>(line.size())) _exit(1);
    }
  }

 private:
  std::size_t any(std::size_t below) {
    return std::uniform_int_distribution<std::size_t>(0, below - 1)(random_);
  }

  static std::string command_of(const Edit& edit) {
    auto text = text_of(edit.chain, edit.serial);
    switch (edit.kind) {
      case Edit::Kind::kAtHead: return fmt::format("-I {} 1 {}", edit.chain, text);
      case Edit::Kind::kAtEnd: return fmt::format("-A {} {}", edit.chain, text);
      case Edit::Kind::kDelete: break;
    }
    return fmt::format("-D {} {}", edit.chain, text);
  }

  static int status_of(const Deed& deed) {
    auto outcome = [&] {
      if (deed.edits.size() > 1) {
        std::string input = "*filter\n";
        for (const auto& edit : deed.edits) input += command_of(edit) + '\n';
        return pyfw::run({"/usr/sbin/iptables-restore", "-w", "--noflush"}, {.input = input + "COMMIT\n"});
      }
      auto command = "/usr/sbin/iptables -w " + command_of(deed.edits[0]);
      std::vector<std::string> argv;
      for (auto word : split(command, ' ')) argv.emplace_back(word);
      return pyfw::run(argv);
    }();
    if (!outcome || outcome->status != 0)
      fmt::print(stderr, "{}{}", line_of(deed), outcome ? outcome->err : outcome.error().message);
    return outcome ? outcome->status : 1;
  }

  void rest() {
    for (auto ms = any(rest_ms_ + 1); ms > 0; --ms) {
      wait_while_paused();
      usleep(1000);
    }
  }

  void wait_while_paused() const {
    auto pause = folder_ + "/pause";
    auto paused = folder_ + "/paused";
    if (access(pause.c_str(), F_OK) != 0) return;
    Fd said(open(paused.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    while (access(pause.c_str(), F_OK) == 0) usleep(200);
    unlink(paused.c_str());
  }

  std::string folder_;
  std::mt19937 random_;
  Deeds deeds_;
  unsigned long rest_ms_;
};

}  // namespace
}  // namespace pyfw::races

int main(int argc, char** argv) {
  auto seed = argc == 4 ? pyfw::parse_number(argv[2]) : std::nullopt;
  auto rest = argc == 4 ? pyfw::parse_number(argv[3]) : std::nullopt;
  if (!seed || !rest) return 2;
  pyfw::races::Rival(argv[1], static_cast<unsigned>(*seed), *rest).run();
}
