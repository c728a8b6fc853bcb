#include <fmt/format.h>

#include <array>
#include <filesystem>

#include "cage/attention.h"
#include "cage/caged_namespaces.h"
#include "cage/caged_run.h"
#include "cage/first_process.h"
#include "cage/left_state.h"
#include "cage/network.h"
#include "cage/plan_files.h"
#include "kernel/load_state.h"
#include "kernel/own_words.h"

namespace pyfw {
namespace {

// Of no consequence where bridges or dummies are not to be had: nothing is ever sent.
Result<LinkKinds> find_kinds(const CagedNamespaces& there, const std::string& ip) {
  constexpr const char* kTried = "pyfw-tried";
  auto is_there = [&](std::string_view kind) -> Result<bool> {
    TRY(auto outcome, there.run({ip, "link", "add", kTried, "type", std::string(kind)}));
    if (outcome.status != 0) return false;
    TRY(auto gone, there.run({ip, "link", "delete", kTried}));
    return gone.status == 0;
  };
  TRY(bool has_bridges, is_there("bridge"));
  for (std::string_view kind : {"dummy", "ifb", "bridge", "veth"}) {
    TRY(bool is_known, is_there(kind));
    if (is_known) return LinkKinds{.bridge = has_bridges ? "bridge" : kind, .other = kind};
  }
  return fail("the kernel makes no interface of any kind in the cage");
}

Result<void> make_network(const CagedNamespaces& there, const CageHost& host) {
  TRY(auto ip, find_program("ip"));
  TRY(auto kinds, find_kinds(there, ip));
  TRY(auto links, there.run({ip, "-batch", "-"}, link_commands(host.facts, host.renamed, kinds)));
  if (links.status != 0) return fail("can't make the host's interfaces in the cage: " + own_words(links.err));
  // A family that is switched off refuses its own.
  TRY_VOID(there.run({ip, "-force", "-batch", "-"}, address_commands(host.facts, host.renamed)));
  return load_state(host.start, host.backend, [&](const auto& argv, std::string_view input) {
    return there.run_as_ourselves(argv, input);
  });
}

// The kernel finds the interpreter itself where the script names one.
std::vector<std::string> command_line(const CagedScript& script, const std::string& path) {
  std::vector<std::string> words;
  if (!script.text.starts_with("#!")) words.emplace_back("/bin/sh");
  words.push_back(path);
  words.insert(words.end(), script.arguments.begin(), script.arguments.end());
  return words;
}

}  // namespace

Result<CagedRun> run_caged(const CagedScript& script, const CageHost& host, const CageLimits& limits) {
  TRY(auto tree, plan_files(script, host, limits));
  auto path = path_in_cage(script.path);
  auto words = command_line(script, path);
  std::vector<std::string> environment = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                                          "LC_ALL=C", "HOME=/root", "USER=root", "LOGNAME=root",
                                          "SHELL=/bin/sh", "TERM=dumb",
                                          // No server answers, and each is waited for.
                                          "RES_OPTIONS=timeout:1 attempts:1"};
  auto folder = std::filesystem::path(path).parent_path().string();
  auto argv = pointers(words);
  auto variables = pointers(environment);
  TRY(auto cage, FirstProcess::start({.tree = tree,
                                      .argv = argv,
                                      .environment = variables,
                                      .folder = folder.c_str(),
                                      .processes = limits.processes,
                                      .process_bytes = limits.process_bytes,
                                      .file_bytes = limits.files_bytes,
                                      .parent = -1,
                                      .output = -1}));
  Attention attention(cage, limits);
  TRY_VOID(attention.wait_for_network());
  TRY(auto there, CagedNamespaces::of(cage.pid()));
  TRY_VOID(make_network(there, host));
  TRY_VOID(cage.go_on());
  TRY(auto run, attention.wait_for_end());
  TRY(auto left, read_left_state(there, host.backend));
  run.state = std::move(left.state);
  run.unseen = std::move(left.unseen);
  return run;
}

}  // namespace pyfw
