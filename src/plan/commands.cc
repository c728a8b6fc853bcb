#include "plan/commands.h"

#include <fmt/format.h>

#include "base/overloaded.h"
#include "base/strings.h"
#include "nf/tokens.h"

namespace pyfw {
namespace {

using Command = std::vector<std::string>;

Command iptables(const ChainId& id, std::string_view command) {
  return {std::string(program_of(id.family)), "-w", "-t", id.table, std::string(command), id.chain};
}

Command insert(const ChainId& id, std::size_t at, const Rule& rule) {
  auto command = iptables(id, "-I");
  command.push_back(fmt::format("{}", at));
  for (auto& token : tokens_of(rule)) command.push_back(std::move(token));
  return command;
}

Command remove(const ChainId& id, const Rule& rule) {
  auto command = iptables(id, "-D");
  for (auto& token : tokens_of(rule)) command.push_back(std::move(token));
  return command;
}

Command ipset(std::string_view command, const std::string& set, std::string_view rest) {
  Command out = {"ipset", "-exist", std::string(command), set};
  for (auto& token : tokenise_ipset(rest)) out.push_back(std::move(token));
  return out;
}

// The temporary rule holds the place while the rule itself is gone, whatever else happens meanwhile.
CommandGroup move(const ChainId& id, const Move& move) {
  CommandGroup group{.commands = {}, .is_move = true};
  auto held = temporary(move.rule);
  for (auto at : move.place_at) group.commands.push_back(insert(id, at, held));
  for (std::size_t i = 0; i < move.copies; ++i) group.commands.push_back(remove(id, move.rule));
  for (auto at : move.to) {
    group.commands.push_back(insert(id, at, move.rule));
    group.commands.push_back(remove(id, held));
  }
  return group;
}

CommandGroup edit(const EditRules& step) {
  return std::visit(
      Overloaded{
          [&](const Insert& edit) {
            return CommandGroup{.commands = {insert(step.chain, edit.at, edit.rule)}};
          },
          [&](const Delete& edit) { return CommandGroup{.commands = {remove(step.chain, edit.rule)}}; },
          [&](const Move& edit) { return move(step.chain, edit); },
      },
      step.edit);
}

Result<CommandGroup> group_of(const Step& step) {
  using R = Result<CommandGroup>;
  auto one = [](Command command) { return R(CommandGroup{.commands = {std::move(command)}}); };
  return std::visit(
      Overloaded{
          [&](const CreateSet& s) {
            return one(ipset("create", s.set.name, s.set.type + ' ' + s.set.header));
          },
          [&](const ReplaceSet& s) {
            return R(fail(
                fmt::format("set '{}' must become another one, which single commands can't do", s.set.name)));
          },
          [&](const AddMember& s) { return one(ipset("add", s.set, s.member)); },
          [&](const DeleteMember& s) { return one(ipset("del", s.set, s.member)); },
          [&](const NewChain& s) { return one(iptables(s.chain, "-N")); },
          [&](const EditRules& s) { return R(edit(s)); },
          [&](const SetPolicy& s) {
            auto command = iptables(s.chain, "-P");
            command.push_back(s.policy);
            return one(std::move(command));
          },
      },
      step);
}

}  // namespace

Result<std::vector<CommandGroup>> commands_of(const Plan& plan) {
  std::vector<CommandGroup> groups;
  groups.reserve(plan.steps.size());
  for (const auto& step : plan.steps) {
    TRY(auto group, group_of(step));
    groups.push_back(std::move(group));
  }
  return groups;
}

std::string print_commands(const std::vector<CommandGroup>& groups) {
  std::string out;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (i > 0 && (groups[i].is_move || groups[i - 1].is_move)) out += '\n';
    for (const auto& command : groups[i].commands) out += shell_quote_all(command) + '\n';
  }
  return out;
}

}  // namespace pyfw
