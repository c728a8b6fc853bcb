#include "notes.h"

#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <memory>

#include "base/strings.h"
#include "nf/ipset_save.h"
#include "nf/iptables_save.h"

namespace pyfw::races {

Result<Notes> take_notes(const std::string& path) {
  Notes notes;
  bool has_written_rules = false;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    auto words = split(line, ' ');
    if (words[0] == "hold") ++notes.attempts;
    if (words[0] == "rehearse") ++notes.rehearsals;
    if (words[0] == "commit") ++notes.commits;
    // What others do after the last commit of rules, while sets are still to go, makes that commit no worse.
    bool is_of_rules = words[0] == "commit" && words.back() != "sets";
    has_written_rules = has_written_rules || is_of_rules;
    bool is_read = words[0] == "read" && !has_written_rules;
    if (words.size() < 3 || (!is_read && !is_of_rules)) continue;
    auto begun = parse_number(words[1]);
    if (!begun) return fail(fmt::format("not a note of pyfw: {}", line));
    notes.convinced_at = static_cast<std::int64_t>(*begun);
  }
  std::remove(path.c_str());
  return notes;
}

Result<State> state_of(const lab::Host& host) {
  TRY(auto rules, host.output({"/usr/sbin/iptables-save"}));
  TRY(auto sets, host.output({"/usr/sbin/ipset", "save"}));
  auto source = [](std::string text) {
    return std::make_shared<const Source>(Source{.name = "the host", .text = std::move(text)});
  };
  State state;
  TRY(state.iptables, parse_iptables_save(source(std::move(rules))));
  TRY(state.sets, parse_ipset_save(source(std::move(sets))));
  return state;
}

}  // namespace pyfw::races
