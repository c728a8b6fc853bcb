// What a plan and an apply cost on a host of 10,000 rules or 65,000 members, as a ratio to what the tools
// themselves take: merely reading the state (iptables-save, ip6tables-save and ipset save, one after the
// other), or the fastest restore that does the same.
//
// Wants a network namespace of its own (bench/run sees to that), since it fills the chains.

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "measure.h"
#include "sys/process.h"
#include "trace.h"
#include "watch.h"
#include "who.h"

namespace pyfw::bench {
namespace {

using Programs = std::vector<std::vector<std::string>>;

const Programs kSaves = {
    {"/usr/sbin/iptables-save"}, {"/usr/sbin/ip6tables-save"}, {"/usr/sbin/ipset", "save"}};
constexpr int kRules = 10'000;
constexpr int kMembers = 65'000;
constexpr int kPairs = 15;
constexpr int kApplyPairs = 7;

struct Folder {
  std::string path;
  Folder() {
    std::string name = "/tmp/pyfw-bench-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) std::exit(1);
    path = name;
  }
  ~Folder() { std::filesystem::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] std::string write(const std::string& name, const std::string& text) const {
    auto file = path + "/" + name;
    std::ofstream(file) << text;
    return file;
  }
};

std::string rule(int i) {
  return fmt::format("-s 10.{}.{}.0/24 -p tcp -m tcp --dport {} -m comment --comment rule{} -j ACCEPT",
                     i / 256 % 256, i % 256, 1 + i % 60000, i);
}

std::string chain_of(int i, int chains) {
  return chains == 1 ? "INPUT" : fmt::format("chain{}", i * chains / kRules);
}

std::string wishes_of_rules(int chains) {
  std::string text = "pyfw_wishes:\n  iptables:\n    filter:\n";
  if (chains > 1) {
    text += "      INPUT:\n        rules:\n";
    for (int c = 0; c < chains; ++c)
      text += fmt::format("        - to{}: -m comment --comment to{} -j chain{}\n", c, c, c);
  }
  std::string last;
  for (int i = 0; i < kRules; ++i) {
    auto chain = chain_of(i, chains);
    if (chain != last) text += fmt::format("      {}:\n        rules:\n", chain);
    last = chain;
    text += fmt::format("        - rule{}: {}\n", i, rule(i));
  }
  return text;
}

std::string restore_of_rules(int chains) {
  std::string text = "*filter\n";
  for (int c = 0; c < chains && chains > 1; ++c) text += fmt::format(":chain{} - [0:0]\n", c);
  for (int c = 0; c < chains && chains > 1; ++c)
    text += fmt::format("-A INPUT -m comment --comment to{} -j chain{}\n", c, c);
  for (int i = 0; i < kRules; ++i) text += fmt::format("-A {} {}\n", chain_of(i, chains), rule(i));
  return text + "COMMIT\n";
}

std::string member(int i) { return fmt::format("10.1.{}.{}", i / 256, i % 256); }

void load(const std::vector<std::string>& program, const std::string& input) {
  auto done = run(program, {.input = input});
  if (done && done->status == 0) return;
  fmt::print(stderr, "{}: {}\n", program[0], done ? done->err : done.error().message);
  std::exit(1);
}

void report(const std::string& what, const Comparison& found, double limit) {
  fmt::print("{:<58} {:5.2f}   ({:.2f} to {:.2f})   at most {:.1f}   {:4.0f} MiB\n", what, found.ratio,
             found.lowest, found.highest, limit, static_cast<double>(found.peak_kib) / 1024);
}

// A second network namespace, which stays empty.
int empty_namespace() {
  int here = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
  if (here < 0 || unshare(CLONE_NEWNET) != 0) std::exit(1);
  int empty = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
  if (empty < 0 || setns(here, CLONE_NEWNET) != 0) std::exit(1);
  close(here);
  return empty;
}

Cost run_in(int space, const Programs& programs) {
  int here = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
  if (setns(space, CLONE_NEWNET) != 0) std::exit(1);
  auto cost = run_all(programs);
  if (setns(here, CLONE_NEWNET) != 0) std::exit(1);
  close(here);
  return cost;
}

void bench_rules(const Folder& folder, int chains) {
  auto wishes = folder.write(fmt::format("{}-chains.yaml", chains), wishes_of_rules(chains));
  const Programs plan = {{PYFW_PROGRAM, "--wishes", wishes}};
  auto name = fmt::format("{} rules in {}", kRules, chains == 1 ? "one chain" : "ten chains");
  load({"/usr/sbin/iptables-restore"}, restore_of_rules(chains));
  auto saves = [] { return run_all(kSaves); };
  report(name + ", nothing to do", compare([&] { return run_all(plan); }, saves, kPairs), 1.3);
  int empty = empty_namespace();
  report(name + ", plan from an empty host", compare([&] { return run_in(empty, plan); }, saves, kPairs),
         1.5);
  close(empty);
  load({"/usr/sbin/iptables-restore"}, "*filter\nCOMMIT\n");
}

// Both read the same file; state writes all of it out, and trace answers one question.
void bench_saved(const Folder& folder, int chains) {
  load({"/usr/sbin/iptables-restore"}, restore_of_rules(chains));
  auto saved = run({"/usr/sbin/iptables-save"});
  load({"/usr/sbin/iptables-restore"}, "*filter\nCOMMIT\n");
  if (!saved || saved->status != 0) std::exit(1);
  auto file = folder.write("rules.save", saved->out);
  const Programs trace = {
      {PYFW_PROGRAM, "trace", "--iptables-save", file, "--from", "192.0.2.7@eth0", "--to", "192.0.2.1:443"}};
  const Programs state = {{PYFW_PROGRAM, "state", "--iptables-save", file}};
  report(
      fmt::format("trace through a file of {} rules in {}", kRules, chains == 1 ? "one chain" : "ten chains"),
      compare([&] { return run_all(trace); }, [&] { return run_all(state); }, kPairs), 1.5);
}

// Both read the same rules, from the host or from a file; lint reads the wishes that they fulfil, too, and
// looks at all their packets.
void bench_lint(const Folder& folder, int chains) {
  // With a drop, or the accepts would be for nothing, which is a finding.
  auto wishes =
      folder.write("lint.yaml", wishes_of_rules(chains) + "        - no: -s 192.0.2.0/24 -p udp -j DROP\n");
  auto name = fmt::format("lint of {} rules in {}", kRules, chains == 1 ? "one chain" : "ten chains");
  auto bench = [&](const std::string& what, const std::vector<std::string>& from) {
    std::vector<std::string> lint = {PYFW_PROGRAM, "lint", "--wishes", wishes};
    std::vector<std::string> state = {PYFW_PROGRAM, "state"};
    lint.insert(lint.end(), from.begin(), from.end());
    state.insert(state.end(), from.begin(), from.end());
    report(name + what, compare([&] { return run_all({lint}); }, [&] { return run_all({state}); }, kPairs),
           10);
  };
  load({"/usr/sbin/iptables-restore"}, restore_of_rules(chains));
  bench(", to state", {});
  auto saved = run({"/usr/sbin/iptables-save"});
  load({"/usr/sbin/iptables-restore"}, "*filter\nCOMMIT\n");
  if (!saved || saved->status != 0) std::exit(1);
  bench(", both from a file", {"--iptables-save", folder.write("lint.save", saved->out)});
}

// Of rules without names: each is looked at, named, and proved to come back as it is.
void bench_import() {
  std::string rules = "*filter\n";
  for (int i = 0; i < kRules; ++i)
    rules += fmt::format("-A INPUT -s 10.{}.{}.0/24 -p tcp -m tcp --dport {} -j ACCEPT\n", i / 256, i % 256,
                         1 + i % 9999);
  load({"/usr/sbin/iptables-restore"}, rules + "COMMIT\n");
  report(fmt::format("import of {} rules without names, to state", kRules),
         compare([] { return run_all({{PYFW_PROGRAM, "import"}}); },
                 [] { return run_all({{PYFW_PROGRAM, "state"}}); }, kPairs),
         5.0);
  load({"/usr/sbin/iptables-restore"}, "*filter\nCOMMIT\n");
}

void bench_set(const Folder& folder) {
  std::string wishes = "pyfw_wishes:\n  ipsets:\n    many:\n      type: hash:ip\n      members_equal:\n";
  std::string restore = "create many hash:ip family inet maxelem 131072\n";
  for (int i = 0; i < kMembers; ++i) {
    wishes += fmt::format("      - {}\n", member(i));
    restore += fmt::format("add many {}\n", member(i));
  }
  auto file = folder.write("set.yaml", wishes);
  load({"/usr/sbin/ipset", "restore"}, restore);
  report(fmt::format("{} members in a set, nothing to do", kMembers),
         compare([&] { return run_all({{PYFW_PROGRAM, "--wishes", file}}); },
                 [] { return run_all({{"/usr/sbin/ipset", "save"}}); }, kPairs),
         2.0);
}

const std::vector<std::string> kRestore = {"/usr/sbin/iptables-restore", "--noflush"};

Programs restore_of(const std::string& file) {
  auto argv = kRestore;
  argv.push_back(file);
  return {argv};
}

Programs apply_of(const Folder& folder, const std::string& wishes) {
  return {{PYFW_PROGRAM, "apply", "--replace", "--state-dir", folder.path + "/state", "--wishes", wishes}};
}

// The kernel frees what is gone at its leisure, on any processor; what is measured next shall not pay for it.
void settle() { usleep(200'000); }

void empty_chains() {
  load({"/usr/sbin/iptables-restore"}, "*filter\nCOMMIT\n");
  settle();
}

void bench_apply(const Folder& folder) {
  auto wishes = folder.write("apply.yaml", wishes_of_rules(1));
  auto rules = folder.write("apply.save", restore_of_rules(1));
  auto forget = [&] { std::filesystem::remove_all(folder.path + "/state"); };
  auto ours = [&] {
    empty_chains();
    forget();
    return run_all(apply_of(folder, wishes));
  };
  auto theirs = [&] {
    empty_chains();
    return run_all(restore_of(rules));
  };
  report(fmt::format("apply of {} rules from empty", kRules), compare(ours, theirs, kApplyPairs), 3.5);
  report("apply with nothing to do",
         compare([&] { return run_all(apply_of(folder, wishes)); }, [] { return run_all(kSaves); }, kPairs),
         1.3);
}

// Every fiftieth rule stands at the end, and shall go back to its place.
void bench_moves(const Folder& folder) {
  constexpr int kEvery = 50;
  std::string displaced = "*filter\n";
  std::string ends;
  std::string back = "*filter\n";
  for (int i = 0; i < kRules; ++i)
    (i % kEvery == 0 ? ends : displaced) += fmt::format("-A INPUT {}\n", rule(i));
  for (int i = 0; i < kRules; i += kEvery) back += fmt::format("-D INPUT {}\n", kRules - kRules / kEvery + 1);
  for (int i = 0; i < kRules; i += kEvery) back += fmt::format("-I INPUT {} {}\n", i + 1, rule(i));
  displaced += ends + "COMMIT\n";
  auto wishes = folder.write("moves.yaml", wishes_of_rules(1));
  auto fastest = folder.write("moves.save", back + "COMMIT\n");
  auto displace = [&] {
    load({"/usr/sbin/iptables-restore"}, displaced);
    settle();
  };
  auto ours = [&] {
    displace();
    return run_all(apply_of(folder, wishes));
  };
  auto theirs = [&] {
    displace();
    return run_all(restore_of(fastest));
  };
  report(fmt::format("apply of {} moves in {} rules", kRules / kEvery, kRules),
         compare(ours, theirs, kApplyPairs), 5.0);
  empty_chains();
}

void bench_swap(const Folder& folder) {
  auto members = [](const std::string& network, const std::string& line) {
    std::string text;
    for (int i = 0; i < kMembers; ++i) text += fmt::format("{}{}.{}.{}\n", line, network, i / 256, i % 256);
    return text;
  };
  auto wishes = folder.write(
      "swap.yaml", "pyfw_wishes:\n  ipsets:\n    big:\n      type: hash:ip\n      members_equal:\n" +
                       members("10.1", "      - "));
  auto aside =
      folder.write("swap.ipset", "create aside hash:ip family inet maxelem 131072\n" +
                                     members("10.1", "add aside ") + "swap aside big\ndestroy aside\n");
  auto fill = [&] {
    auto text =
        "create big hash:ip family inet maxelem 131072 -exist\nflush big\n" + members("10.2", "add big ");
    load({"/usr/sbin/ipset", "restore"}, text);
    settle();
  };
  auto ours = [&] {
    fill();
    return run_all(apply_of(folder, wishes));
  };
  auto theirs = [&] {
    fill();
    return run_all({{"/usr/sbin/ipset", "-file", aside, "restore"}});
  };
  report(fmt::format("apply that replaces {} members", kMembers), compare(ours, theirs, kApplyPairs), 3.5);
}

}  // namespace
}  // namespace pyfw::bench

// `watch` takes the daemon's alone.
int main(int argc, char** argv) {
  using namespace pyfw::bench;
  Folder folder;
  fmt::print("{:<58} ratio\n", "pyfw");
  if (argc > 1 && std::string_view(argv[1]) == "watch") return bench_watch() ? 0 : 1;
  bench_rules(folder, 1);
  bench_rules(folder, 10);
  bench_saved(folder, 1);
  bench_saved(folder, 10);
  bench_lint(folder, 1);
  bench_lint(folder, 10);
  bench_import();
  bench_set(folder);
  bench_apply(folder);
  bench_moves(folder);
  bench_swap(folder);
  bool all = bench_trace();
  all = bench_who(folder.path) && all;
  return bench_watch() && all ? 0 : 1;
}
