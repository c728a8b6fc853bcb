#include "kernel/speller.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <map>
#include <optional>

#include "base/strings.h"
#include "kernel/own_words.h"
#include "kernel/read_saved.h"
#include "kernel/scratch.h"
#include "nf/tokens.h"
#include "sys/programs.h"

namespace pyfw {
namespace {

// The programs of one family on one backend.
struct Programs {
  std::string restore;
  std::string save;
  bool counts = true;  // ip6tables-nft-restore 1.8.9 takes --counters and forgets them
};

// Both spell nearly all rules alike, but not quite: of two `-m tcp` in one rule nft keeps one.
std::vector<Programs> programs_of(Family family, Backend first) {
  std::vector<Programs> found;
  for (auto backend : {first, first == Backend::kNft ? Backend::kLegacy : Backend::kNft}) {
    auto restore = program_for(family, backend, "restore");
    auto save = program_for(family, backend, "save");
    bool counts = family == Family::kIpv4 || backend == Backend::kLegacy;
    if (restore && save) found.push_back({.restore = *restore, .save = *save, .counts = counts});
  }
  return found;
}

constexpr std::string_view kMark = "-m comment --comment _pyfw_line_";

class Speller {
 public:
  Speller(const SpellRequest& request, const Scratch& scratch, Programs programs)
      : request_(request), scratch_(scratch), programs_(std::move(programs)), out_(request.lines.size()) {}

  // False where this backend can't be asked at all, as on a kernel without legacy tables.
  [[nodiscard]] Result<bool> works() const {
    TRY(auto empty, scratch_.run({programs_.restore}, "*filter\nCOMMIT\n"));
    return empty.status == 0;
  }

  Result<std::vector<SpelledLine>> spell() {
    for (const auto& table : table_names()) {
      std::vector<std::size_t> lines;
      for (std::size_t i = 0; i < request_.lines.size(); ++i)
        if (request_.lines[i].chain.table == table) lines.push_back(i);
      if (lines.empty()) continue;
      TRY(bool taken, spell_table(table, lines));
      if (!taken) break;
    }
    return std::move(out_);
  }

 private:
  // The number of a line rides through the kernel as the rule's packet counter: that is how the two
  // rules of `-s A,B` find back to the one line. Where counters get lost, a rule with the number as its
  // comment follows those of a line.
  [[nodiscard]] std::string restore_input(std::string_view table, std::span<const std::size_t> lines) const {
    std::string input = fmt::format("*{}\n", table);
    for (const auto& chain : request_.chains)
      if (chain.table == table) input += fmt::format(":{} - [0:0]\n", chain.chain);
    for (auto i : lines) {
      const auto& line = request_.lines[i];
      input += fmt::format("[{}:0] -A {} {}\n", i + 1, line.chain.chain, line.text);
      if (!programs_.counts) input += fmt::format("-A {} {}{}\n", line.chain.chain, kMark, i + 1);
    }
    return input + "COMMIT\n";
  }

  [[nodiscard]] std::size_t lines_before_rules(std::string_view table) const {
    return 1 + static_cast<std::size_t>(std::ranges::count(request_.chains, table, &ChainId::table));
  }

  Result<bool> spell_table(std::string_view table, const std::vector<std::size_t>& lines) {
    TRY(auto restored, scratch_.run({programs_.restore, "--counters"}, restore_input(table, lines)));
    if (restored.status != 0) {
      TRY_VOID(find_refused(table, lines, restored));
      return false;
    }
    TRY(auto saved, scratch_.run({programs_.save, "-c", "-t", std::string(table)}));
    if (saved.status != 0) return fail(fmt::format("{}: {}", programs_.save, own_words(saved.err)));
    for (auto line : split(saved.out, '\n')) collect(line);
    return true;
  }

  // [17:0] -A CHAIN the rule's text
  void collect(std::string_view line) {
    if (!line.starts_with('[')) return;
    auto at = line.find("] -A ");
    if (at == std::string_view::npos) return;
    auto rest = line.substr(at + 5);
    if (programs_.counts) {
      collect_counted(line, rest);
    } else {
      collect_marked(rest);
    }
  }

  // Rules come chain by chain, in their order.
  void collect_marked(std::string_view rest) {
    auto mark = rest.find(kMark);
    auto number =
        mark == std::string_view::npos ? std::nullopt : parse_number(rest.substr(mark + kMark.size()));
    if (!number) {
      auto blank = rest.find(' ');
      unmarked_.emplace_back(blank == std::string_view::npos ? std::string_view() : rest.substr(blank + 1));
      return;
    }
    if (*number >= 1 && *number <= out_.size()) out_[*number - 1].texts = std::move(unmarked_);
    unmarked_.clear();
  }

  void collect_counted(std::string_view line, std::string_view rest) {
    std::size_t number = 0;
    std::from_chars(line.data() + 1, line.data() + line.size(), number);
    if (number == 0 || number > out_.size()) return;
    const auto& chain = request_.lines[number - 1].chain.chain;
    if (rest.starts_with(chain)) rest.remove_prefix(std::min(rest.size(), chain.size() + 1));
    out_[number - 1].texts.emplace_back(rest);
  }

  Result<void> find_refused(std::string_view table, std::span<const std::size_t> lines, Outcome refused) {
    auto named = line_named_in(refused.err);
    auto first = lines_before_rules(table);
    auto each = programs_.counts ? 1U : 2U;
    if (named && *named > first && *named <= first + lines.size() * each) {
      out_[lines[(*named - first - 1) / each]].refusal = own_words(refused.err);
      return {};
    }
    // The kernel names no line: halve until one is left.
    while (lines.size() > 1) {
      auto half = lines.first(lines.size() / 2);
      TRY(auto outcome, scratch_.run({programs_.restore}, restore_input(table, half)));
      bool in_first = outcome.status != 0;
      lines = in_first ? half : lines.subspan(half.size());
      if (in_first) refused = std::move(outcome);
    }
    TRY(auto alone, scratch_.run({programs_.restore}, restore_input(table, lines)));
    out_[lines.front()].refusal = own_words(alone.status != 0 ? alone.err : refused.err);
    return {};
  }

  const SpellRequest& request_;
  const Scratch& scratch_;
  Programs programs_;
  std::vector<SpelledLine> out_;
  std::vector<std::string> unmarked_;
};

std::vector<SpelledLine> as_they_are(const SpellRequest& request) {
  std::vector<SpelledLine> out;
  for (const auto& line : request.lines) out.push_back({.texts = {line.text}, .refusal = {}});
  return out;
}

// Sets that hold others come last, and need them there, though empty.
std::string create_lines(const Sets& sets) {
  std::string lists;
  std::string others;
  for (const auto& set : sets)
    (set.type == "list:set" ? lists : others) +=
        fmt::format("create {} {} {}\n", set.name, set.type, set.header);
  return others + lists;
}

using RestoreMembers = std::function<Result<Outcome>(std::span<const std::string>)>;

Result<SpelledSet> find_refused_member(std::span<const std::string> members, Outcome refused,
                                       const RestoreMembers& restore) {
  SpelledSet out{.refusal = own_words(refused.err)};
  // The first line is that of the set itself.
  if (auto line = line_named_in(refused.err); line && *line > 0) {
    if (*line > 1) out.refused_at = *line - 2;
    return out;
  }
  // A word that ipset can't parse is refused without the number of its line: halve until one is left.
  TRY(auto bare, restore({}));
  if (bare.status != 0) return out;
  std::size_t first = 0;
  while (members.size() > 1) {
    auto half = members.first(members.size() / 2);
    TRY(auto outcome, restore(half));
    bool in_first = outcome.status != 0;
    if (!in_first) first += half.size();
    members = in_first ? half : members.subspan(half.size());
    if (in_first) refused = std::move(outcome);
  }
  out.refused_at = first;
  out.refusal = own_words(refused.err);
  return out;
}

}  // namespace

Result<std::vector<SpelledLine>> spell_in_scratch(const SpellRequest& request, Backend backend) {
  auto scratch = Scratch::make();
  if (!scratch) return as_they_are(request);
  if (!request.sets.empty()) {
    if (auto ipset = find_program("ipset")) {
      TRY(auto created, scratch->run({*ipset, "restore"}, create_lines(request.sets)));
      if (created.status != 0)
        return fail(fmt::format("ipset can't make a copy of the sets: {}", own_words(created.err)));
    }
  }
  for (auto& programs : programs_of(request.family, backend)) {
    Speller speller(request, *scratch, std::move(programs));
    TRY(auto lines, speller.spell());
    bool all_taken = std::ranges::all_of(lines, &std::string::empty, &SpelledLine::refusal);
    if (all_taken) return lines;
    TRY(bool works, speller.works());
    if (works) return lines;
  }
  return as_they_are(request);
}

namespace {

// A member as it is asked for. Its number rides through the kernel as its packet counter: that is how the
// elements of a range find back to the text that they came from, and to its timeout, which the kernel
// counts down.
std::string numbered(const std::string& member, std::size_t number, const SetOptions& options) {
  auto words = tokenise_ipset(member);
  for (std::string_view name : {"timeout", "packets", "bytes"}) {
    if (!options.contains(name == "timeout" ? "timeout" : "counters")) continue;
    auto at = std::ranges::find(words, name);
    if (at != words.end() && at + 1 != words.end()) words.erase(at, at + 2);
  }
  return fmt::format("{} packets {}", write_ipset_tokens(words), number);
}

std::string without_number(const std::string& member, const std::vector<std::string>& asked) {
  auto words = tokenise_ipset(member);
  for (std::string_view name : {"timeout", "bytes"}) {
    auto at = std::ranges::find(words, name);
    if (at != words.end() && at + 1 != words.end()) words.erase(at, at + 2);
  }
  auto at = std::ranges::find(words, "packets");
  if (at == words.end() || at + 1 == words.end()) return write_ipset_tokens(words);
  auto number = parse_number(*(at + 1)).value_or(0);
  words.erase(at, at + 2);
  if (number < 1 || number > asked.size()) return write_ipset_tokens(words);
  auto written = tokenise_ipset(asked[number - 1]);
  auto timeout = std::ranges::find(written, "timeout");
  if (timeout != written.end() && timeout + 1 != written.end())
    words.insert(words.begin() + 1, {"timeout", *(timeout + 1)});
  return write_ipset_tokens(words);
}

}  // namespace

Result<SpelledSet> spell_set_in_scratch(const Set& set) {
  SpelledSet out{.header = set.header, .members = set.members};
  auto scratch = Scratch::make();
  auto ipset = find_program("ipset");
  if (!scratch || !ipset) return out;
  auto options = options_of(set.header);
  bool count = !set.members.empty() && !options.contains("counters");
  auto created = set;
  if (count) created.header += " counters";
  auto counted = options_of(created.header);
  auto restore = [&](std::span<const std::string> members) {
    auto input = create_lines({created});
    for (std::size_t i = 0; i < members.size(); ++i)
      input += fmt::format("add {} {}\n", set.name, numbered(members[i], i + 1, counted));
    return scratch->run({*ipset, "-exist", "restore"}, input);
  };
  TRY(auto restored, restore(set.members));
  if (restored.status != 0) return find_refused_member(set.members, std::move(restored), restore);
  TRY(auto sets, read_sets(*ipset, [&](const auto& argv) { return scratch->run(argv); }));
  if (sets.empty()) return out;
  if (!count) out.header = std::move(sets[0].header);
  out.members.clear();
  for (const auto& member : sets[0].members) out.members.push_back(without_number(member, set.members));
  return out;
}

}  // namespace pyfw
