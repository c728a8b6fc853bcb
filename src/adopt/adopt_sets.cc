#include "adopt/adopt_sets.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <set>

#include "adopt/yaml_text.h"
#include "base/contains.h"
#include "base/strings.h"
#include "nf/tokens.h"
#include "wish/parse.h"
#include "wish/wished_set.h"

namespace pyfw {
namespace {

// What reads well among rules.
constexpr std::size_t kMostBetweenRules = 100;

bool is_default(std::string_view name, std::string_view value) {
  return (name == "family" && value == "inet") || (name == "maxelem" && value == "65536");
}

// Random, or grown by the kernel.
bool is_by_chance(std::string_view name) { return is_volatile_set_option(name) && !is_set_flag(name); }

// The sets whose members rules add and remove, as packets come.
std::set<std::string> filled_by_rules(const State& state) {
  std::set<std::string> names;
  for (const auto& [id, chain] : chains_of(state))
    for (const auto& rule : chain->rules) {
      if (rule.text.find("-j SET ") == std::string::npos) continue;
      auto tokens = tokens_of(rule);
      for (std::size_t i = 0; i + 1 < tokens.size(); ++i)
        if (tokens[i] == "--add-set" || tokens[i] == "--del-set") names.insert(tokens[i + 1]);
    }
  return names;
}

bool goes_by_itself(std::string_view member) {
  auto words = tokenise_ipset(member);
  for (std::size_t i = 1; i + 1 < words.size(); ++i)
    if (words[i] == "timeout") return words[i + 1] != "0";
  return false;
}

// Less what changes by itself.
std::string lasting(std::string_view text) {
  constexpr Letters kSpecial(" \t\"");
  if (!kSpecial.has_any_of(text)) return std::string(text);
  std::vector<std::string> kept;
  auto words = tokenise_ipset(text);
  for (std::size_t i = 0; i < words.size(); ++i) {
    bool changes = i > 0 && (words[i] == "timeout" || words[i] == "packets" || words[i] == "bytes");
    if (changes) {
      ++i;
      continue;
    }
    kept.push_back(words[i]);
    // Its value may be called so too.
    bool has_value = i > 0 && words[i] != "nomatch" && words[i] != "wildcard" && i + 1 < words.size();
    if (has_value) kept.push_back(words[++i]);
  }
  return write_ipset_tokens(kept);
}

class SetWriter {
 public:
  SetWriter(const State& state, MembersIn members_in)
      : state_(state), members_in_(members_in), filled_(filled_by_rules(state)) {}

  Result<AdoptedSet> write(const Set& set, std::optional<AdoptedFile>& file) const {
    AdoptedSet out{.type = set.type};
    TRY(out.name, said(set.name));
    for (const auto& [name, value] : options_of(set.header)) {
      if (is_by_chance(name) || is_default(name, value)) continue;
      TRY(auto text, said(value));
      out.options.emplace_back(name, is_set_flag(name) ? "true" : text);
    }
    TRY(auto members, members_of(set, out));
    bool is_large = members.size() > kMostBetweenRules && members_in_ == MembersIn::kFilesBeside;
    auto in_file = [](const std::string& member) { return member.find('#') == std::string::npos; };
    if (is_large && out.members_key == "members_equal" && std::ranges::all_of(members, in_file)) {
      auto name = file_for(set.name);
      TRY(out.members_file, said(name));
      out.members_key.clear();
      file = AdoptedFile{.name = std::move(name), .text = fmt::format("{}\n", fmt::join(members, "\n"))};
    } else {
      for (const auto& member : members) {
        TRY(auto text, said(member));
        out.members.push_back(std::move(text));
      }
    }
    TRY_VOID(stays(set, out, file));
    return out;
  }

 private:
  static Result<std::string> said(std::string_view text) {
    auto yaml = yaml_text(text);
    if (!yaml) return bad_input("it has bytes that a wishes file can't hold");
    return std::move(*yaml);
  }

  static std::string file_for(std::string_view set) {
    std::string name(set);
    std::ranges::replace(name, '/', '_');
    return name + ".members";
  }

  [[nodiscard]] Result<std::vector<std::string>> members_of(const Set& set, AdoptedSet& out) const {
    std::vector<std::string> members;
    if (filled_.contains(set.name)) {
      out.remarks.emplace_back("Rules add and remove its members: they are no wishes.");
      return members;
    }
    // As a list of bans that is loaded later: to wish that nobody is in it would take them out again.
    if (set.members.empty()) {
      out.remarks.emplace_back("It is empty, and whoever fills it may: its members are no wishes.");
      return members;
    }
    bool has_timeouts = options_of(set.header).contains("timeout");
    if (has_timeouts) out.remarks.emplace_back("Members that time out are no wishes.");
    for (const auto& member : set.members)
      if (!has_timeouts || !goes_by_itself(member)) members.push_back(lasting(member));
    if (!has_timeouts) {
      out.members_key = "members_equal";
    } else if (!members.empty()) {
      out.members_key = "members_include";
    }
    return members;
  }

  // As planning would look at it.
  [[nodiscard]] Result<void> stays(const Set& set, const AdoptedSet& out,
                                   const std::optional<AdoptedFile>& file) const {
    auto text = wishes_text({.sets = {out}});
    auto read_members = [&](const Source&, const Located&) -> Result<std::shared_ptr<const Source>> {
      return std::make_shared<const Source>(Source{.name = {}, .text = file ? file->text : ""});
    };
    TRY(auto wishes,
        parse_wishes({std::make_shared<const Source>(Source{.name = {}, .text = std::move(text)})},
                     read_members));
    State live;
    if (set.type == "list:set") {
      live.sets = state_.sets;
    } else {
      live.sets = {set};
    }
    TRY(auto wished, write_sets(wishes, live));
    auto differs = difference(set, wished.front());
    if (!differs.empty()) return bad_input(differs);
    if (sets_with_wishes(live.sets, wished) != live.sets) return bad_input("pyfw would write it otherwise");
    return {};
  }

  const State& state_;
  MembersIn members_in_;
  std::set<std::string> filled_;
};

}  // namespace

std::vector<AdoptedSet> adopt_sets(const State& state, const Maintainers* maintainers, MembersIn members_in,
                                   LeftOut& left_out, std::vector<AdoptedFile>& files) {
  std::vector<AdoptedSet> out;
  SetWriter writer(state, members_in);
  std::set<std::string> names;
  for (const auto& set : state.sets) {
    // Of a run of pyfw that was killed.
    if (set.name.starts_with(kTempPrefix)) continue;
    const auto* row = maintainers != nullptr ? maintainers->of_set(set.name) : nullptr;
    if (row != nullptr) {
      left_out.set(*row, set.name);
      continue;
    }
    std::optional<AdoptedFile> file;
    auto adopted = writer.write(set, file);
    if (!adopted) {
      left_out.unsaid(fmt::format("set {}", set.name), adopted.error().message);
      continue;
    }
    if (file && !names.insert(file->name).second) {
      left_out.unsaid(fmt::format("set {}", set.name), "another one has the same file for its members");
      continue;
    }
    if (file) files.push_back(std::move(*file));
    out.push_back(std::move(*adopted));
  }
  std::ranges::sort(out, {}, &AdoptedSet::name);
  return out;
}

}  // namespace pyfw
