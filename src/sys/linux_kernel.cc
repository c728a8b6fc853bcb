#include "sys/linux_kernel.h"

#include <fmt/format.h>
#include <unistd.h>

#include <future>

#include "nf/ipset_save.h"
#include "nf/iptables_save.h"
#include "sys/native_rules.h"
#include "sys/netlink_facts.h"
#include "sys/process.h"
#include "sys/speller.h"

namespace pyfw {
namespace {

// A command that waits for the xtables lock gets longer than anyone holds it for a good reason.
constexpr int kCommandTimeoutMs = 30'000;

Result<std::shared_ptr<const Source>> saved_text(std::string_view program,
                                                 const std::vector<std::string>& arguments) {
  TRY(auto path, find_program(program));
  std::vector<std::string> argv = {path};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  TRY(auto saved, run(argv));
  std::string name(program);
  for (const auto& argument : arguments) name += ' ' + argument;
  if (saved.status != 0) return fail(fmt::format("{}: {}", name, own_words(saved.err)));
  return std::make_shared<const Source>(Source{.name = name, .text = std::move(saved.out)});
}

Result<Ruleset> read_rules(Family family) {
  auto text = saved_text(fmt::format("{}-save", program_of(family)), {});
  if (!text) return std::unexpected(std::move(text).error());
  // Only there are nft's rules and those of iptables in the same tables.
  bool on_nftables =
      (*text)->text.substr(0, (*text)->text.find('\n')).find("(nf_tables)") != std::string::npos;
  if (on_nftables) TRY_VOID(refuse_native_rules(family));
  auto ruleset = parse_iptables_save(*text);
  // What the kernel has is no mistake of the one who called us.
  if (!ruleset) ruleset.error().kind = ErrorKind::kFailed;
  return ruleset;
}

Result<Sets> read_sets() {
  TRY(auto text, saved_text("ipset", {"save"}));
  return parse_ipset_save(text);
}

}  // namespace

Result<void> require_root() {
  if (geteuid() != 0) return fail("only root can read and change the firewall", "run it with sudo");
  return {};
}

Result<State> LinuxKernel::read() {
  TRY_VOID(require_root());
  auto reading_ip6tables = std::async(std::launch::async, [] { return read_rules(Family::kIpv6); });
  auto reading_sets = std::async(std::launch::async, read_sets);
  auto iptables = read_rules(Family::kIpv4);
  auto ip6tables = reading_ip6tables.get();
  auto sets = reading_sets.get();
  if (!iptables) return std::unexpected(std::move(iptables).error());
  if (!ip6tables) return std::unexpected(std::move(ip6tables).error());
  if (!sets) return std::unexpected(std::move(sets).error());
  return State{
      .iptables = std::move(*iptables), .ip6tables = std::move(*ip6tables), .sets = std::move(*sets)};
}

Result<Facts> LinuxKernel::facts() { return read_facts(); }

Result<std::vector<SpelledLine>> LinuxKernel::spell(const SpellRequest& request) {
  return spell_in_scratch(request);
}

Result<SpelledSet> LinuxKernel::spell_set(const Set& set) { return spell_set_in_scratch(set); }

Result<void> LinuxKernel::run(std::span<const std::string> command) {
  std::vector<std::string> argv(command.begin(), command.end());
  TRY(argv[0], find_program(argv[0]));
  TRY(auto outcome, pyfw::run(argv, {.timeout_ms = kCommandTimeoutMs}));
  if (outcome.status != 0) return fail(own_words(outcome.err));
  return {};
}

Result<std::vector<SpelledLine>> SavedKernel::spell(const SpellRequest& request) {
  return spell_in_scratch(request);
}

Result<SpelledSet> SavedKernel::spell_set(const Set& set) { return spell_set_in_scratch(set); }

Result<void> SavedKernel::run(std::span<const std::string> /*command*/) {
  return fail("a state from files can't be changed");
}

}  // namespace pyfw
