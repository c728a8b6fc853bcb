// Wishes, and behind a line `=== state` the state of a host (else it is one of ours): whatever is wished,
// the plan's commands, carried out on the state, end in the desired one, and a second plan is empty.

#include <algorithm>
#include <set>

#include "base/strings.h"
#include "engine/look.h"
#include "kernel/saved_kernel.h"
#include "nf/iptables_save.h"
#include "nf/tokens.h"
#include "plan/commands.h"
#include "tests/fuzz/check.h"
#include "tests/property/simulate.h"

namespace pyfw::fuzz {
namespace {

constexpr std::string_view kBetween = "\n=== state\n";

constexpr std::string_view kDocker = R"(*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
:DOCKER - [0:0]
:DOCKER-USER - [0:0]
-A INPUT -p tcp -m tcp --dport 22 -m comment --comment allow_ssh -j ACCEPT
-A INPUT -m comment --comment _pyfw_temp_allow_ssh -j ACCEPT
-A FORWARD -j DOCKER-USER
-A FORWARD -o docker0 -j DOCKER
-A FORWARD -i docker0 -o docker0 -j ACCEPT
-A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT
-A DOCKER-USER -j RETURN
COMMIT
)";

// `web` runs in both families, `db` does not.
Docker docker() {
  Docker docker;
  docker.networks = {{.name = "shop",
                      .bridge = "br-shop",
                      .subnets = {*Prefix::parse("172.18.0.0/16"), *Prefix::parse("fd18::/64")}}};
  docker.containers = {{.name = "db"},
                       {.name = "web",
                        .pid = 7,
                        .addresses = {{.network = "shop", .ip = *Ip::parse("172.18.0.2")},
                                      {.network = "shop", .ip = *Ip::parse("fd18::2")}}}};
  return docker;
}

// Spells everything as it was written.
class StillKernel : public SavedKernel {
 public:
  using SavedKernel::SavedKernel;

  Result<std::vector<SpelledLine>> spell(const SpellRequest& request) override {
    std::vector<SpelledLine> out;
    for (const auto& line : request.lines) out.push_back({.texts = {line.text}, .refusal = {}});
    return out;
  }
  Result<SpelledSet> spell_set(const Set& set) override {
    return SpelledSet{.header = set.header, .members = set.members};
  }
  Result<void> run(std::span<const std::string> /*command*/) override { return {}; }
};

std::string in_kernels_quotes(const std::string& text) { return write_tokens(tokenise_saved(text)); }

// Any document, as a kernel could hold it: builtin chains with a policy, user chains without, the rules in
// the kernel's quotes, no member twice.
State possible(const State& state) {
  State out;
  for (auto family : kFamilies) {
    auto& ruleset = ruleset_of(out, family);
    for (const auto& table : ruleset_of(state, family).tables) {
      if (builtin_chains(table.name).empty()) continue;
      for (auto builtin : builtin_chains(table.name)) ensure_chain(ruleset, table.name, builtin);
      for (const auto& chain : table.chains) {
        auto& copy = ensure_chain(ruleset, table.name, chain.name);
        if (copy.policy && chain.policy) copy.policy = chain.policy;
        for (const auto& rule : chain.rules) copy.rules.push_back(Rule{in_kernels_quotes(rule.text)});
      }
    }
  }
  for (const auto& set : state.sets) {
    if (std::ranges::find(set_types(), set.type) == set_types().end()) continue;
    std::set<std::string> seen;
    Set copy{.name = set.name, .type = set.type, .header = write_ipset_tokens(tokenise_ipset(set.header))};
    for (const auto& member : set.members)
      if (seen.insert(parse_member(member).element).second)
        copy.members.push_back(write_ipset_tokens(tokenise_ipset(member)));
    out.sets.push_back(std::move(copy));
  }
  return out;
}

void expect_same_rules(const Ruleset& wanted, const Ruleset& got) {
  for (const auto& table : wanted.tables) {
    for (const auto& chain : table.chains) {
      const auto* there = find_chain(got, table.name, chain.name);
      bool same = there != nullptr && std::ranges::equal(there->rules, chain.rules, {}, rule_key, rule_key);
      expect(same || (there == nullptr && chain.rules.empty() && is_builtin(table.name, chain.name)),
             "the commands of a plan end in the desired rules",
             chain.name + "\nwanted:\n" + write_iptables_save(wanted) + "got:\n" + write_iptables_save(got));
      expect(there == nullptr || there->policy == chain.policy,
             "the commands of a plan end in the desired policies");
    }
  }
}

void expect_same_sets(const Sets& wanted, const Sets& got) {
  for (const auto& set : wanted) {
    const auto* there = find_set(got, set.name);
    expect(there != nullptr && there->type == set.type, "a wished set is there", set.name);
    auto as_members = [](const Set& in) {
      std::vector<Member> members;
      for (const auto& member : in.members) members.push_back(parse_member(member));
      if (in.type != "list:set") std::ranges::sort(members);
      return members;
    };
    expect(as_members(*there) == as_members(set), "the commands of a plan end in the desired members",
           set.name);
  }
}

// Carries the plan out, and says whether there was one.
bool fulfil(std::string_view wishes_text, HostState& host) {
  auto read_wishes = [&] {
    return parse_wishes({source_of("wishes.yaml", wishes_text)},
                        [](const Source&, const Located& path) -> Result<std::shared_ptr<const Source>> {
                          return source_of(path.text, "10.0.0.1\n10.0.0.2 # two\n");
                        });
  };
  StillKernel kernel(host);
  auto outlook = look(read_wishes, kernel);
  if (!outlook) {
    expect_helpful(outlook.error());
    return false;
  }
  for (const auto& warning : outlook->warnings) render(warning, "warning");
  auto groups = commands_of(outlook->plan);
  if (!groups) return false;
  print_commands(*groups);
  for (const auto& group : *groups) {
    for (const auto& command : group.commands) {
      auto done = simulate(host.state, command);
      expect(done.has_value(), "each command of a plan can be carried out",
             done ? ""
                  : shell_quote_all(command) + ": " + done.error().message + '\n' + print_commands(*groups));
    }
  }
  for (auto family : kFamilies)
    expect_same_rules(ruleset_of(outlook->desired.state, family), ruleset_of(host.state, family));
  expect_same_sets(outlook->desired.state.sets, host.state.sets);
  return !groups->empty();
}

}  // namespace
}  // namespace pyfw::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pyfw;
  using namespace pyfw::fuzz;
  auto text = text_of(data, size);
  auto between = text.find(kBetween);
  auto wishes = text.substr(0, between);
  HostState host;
  if (between != std::string_view::npos) {
    auto given = parse_state_yaml(source_of("state.yaml", text.substr(between + kBetween.size())));
    if (!given) return 0;
    host = *given;
    host.state = possible(host.state);
  } else {
    host.state.iptables = *parse_iptables_save(source_of("docker", kDocker));
    host.state.sets = {
        Set{.name = "known", .type = "hash:ip", .header = "family inet", .members = {"10.0.0.1"}}};
    host.facts.docker = docker();
    host.facts.routes = {Route{.destination = *Prefix::parse("0.0.0.0/0"), .interface = "eth0"}};
  }
  if (fulfil(wishes, host)) expect(!fulfil(wishes, host), "a second plan is empty", wishes);
  return 0;
}
