#include "nf/iptables_save.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "base/strings.h"

namespace pyfw {
namespace {

class Parser {
 public:
  explicit Parser(const std::shared_ptr<const Source>& save) : save_(save) {}

  Result<Ruleset> parse() {
    std::string_view rest = save_->text;
    while (!rest.empty()) {
      ++line_number_;
      auto end = rest.find('\n');
      TRY_VOID(line(rest.substr(0, end)));
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
    if (table_) {
      return bad_input(place(1), fmt::format("table '{}' ends without COMMIT", ruleset_.tables[*table_].name),
                       "the text was cut off: save it again");
    }
    return std::move(ruleset_);
  }

 private:
  Result<void> line(std::string_view line) {
    if (line.find('\0') != std::string_view::npos)
      return bad_input(place(1), "a NUL byte in the text of iptables-save");
    if (line.empty()) return {};
    switch (line.front()) {
      case '#': return comment(line);
      case '*': return table(line.substr(1));
      case ':': return chain(line);
      case '[':
      case '-': return rule(line);
      default: break;
    }
    if (line == "COMMIT" && table_) {
      table_.reset();
      return {};
    }
    return unexpected(line);
  }

  Result<void> comment(std::string_view line) {
    constexpr std::string_view kTable = "# Table `";
    auto end = line.find('\'', kTable.size());
    if (line.starts_with(kTable) && end != std::string_view::npos &&
        line.substr(end).starts_with("' is incompatible")) {
      auto name = line.substr(kTable.size(), end - kTable.size());
      return bad_input(place(line.size()),
                       fmt::format("table '{}' holds rules that iptables can't show", name),
                       "they were written by nft itself: see `nft list ruleset`, and move them to a table of "
                       "their own");
    }
    return {};
  }

  Result<void> table(std::string_view name) {
    if (table_ || name.empty() || name.find(' ') != std::string_view::npos) return unexpected("*");
    if (find_table(ruleset_, name) != nullptr)
      return bad_input(place(name.size() + 1), fmt::format("table '{}' stands here a second time", name));
    ruleset_.tables.push_back(Table{.name = std::string(name)});
    table_ = ruleset_.tables.size() - 1;
    chains_.clear();
    last_ = nullptr;
    return {};
  }

  // :CHAIN POLICY [packets:bytes]
  Result<void> chain(std::string_view line) {
    auto words = split(line.substr(1), ' ');
    bool counters = words.size() == 3 && words[2].starts_with('[') && words[2].ends_with(']');
    if (!table_ || words.size() < 2 || words[0].empty() || words[1].empty() ||
        (words.size() != 2 && !counters))
      return unexpected(line);
    auto& chains = ruleset_.tables[*table_].chains;
    if (!chains_.emplace(std::string(words[0]), chains.size()).second)
      return bad_input(place(line.size()), fmt::format("chain '{}' stands here a second time", words[0]));
    Chain added{.name = std::string(words[0])};
    if (words[1] != "-") added.policy = std::string(words[1]);
    chains.push_back(std::move(added));
    last_ = nullptr;
    return {};
  }

  // [packets:bytes] -A CHAIN the text of the rule
  Result<void> rule(std::string_view line) {
    auto rest = line;
    if (rest.starts_with('[')) {
      auto end = rest.find("] ");
      if (end == std::string_view::npos) return unexpected(line);
      rest.remove_prefix(end + 2);
    }
    if (!table_ || !rest.starts_with("-A ")) return unexpected(line);
    rest.remove_prefix(std::min(rest.find_first_not_of(' ', 3), rest.size()));
    auto name = rest.substr(0, rest.find(' '));
    auto text = rest.substr(std::min(name.size() + 1, rest.size()));
    if (last_ == nullptr || last_->name != name) {
      TRY(auto at, chain_of_rule(name, line));
      last_ = &ruleset_.tables[*table_].chains[at];
    }
    last_->rules.push_back(Rule{std::string(text)});
    return {};
  }

  // Who writes for iptables-restore by hand need not declare a builtin chain: its policy stays what it is.
  Result<std::size_t> chain_of_rule(std::string_view name, std::string_view line) {
    auto& table = ruleset_.tables[*table_];
    auto found = chains_.find(std::string(name));
    if (found != chains_.end()) return found->second;
    if (!is_builtin(table.name, name))
      return bad_input(place(line.size()), fmt::format("no chain '{}' was declared in this table", name));
    chains_.emplace(std::string(name), table.chains.size());
    table.chains.push_back(Chain{.name = std::string(name)});
    return table.chains.size() - 1;
  }

  std::unexpected<Error> unexpected(std::string_view line) {
    bool is_command = table_ && line.size() > 2 && line.front() == '-' && line[2] == ' ' &&
                      std::string_view("CDEFINPRXZ").contains(line[1]);
    return bad_input(place(line.size()), "no line that iptables-save prints",
                     is_command ? "what else iptables-restore takes only a script can be imported with: "
                                  "`pyfw import SCRIPT`, where it runs `iptables-restore FILE`"
                                : "expected *TABLE, :CHAIN POLICY [0:0], -A CHAIN … or COMMIT");
  }

  [[nodiscard]] Place place(std::size_t length) const {
    return Place{
        .source = save_, .line = line_number_, .column = 1, .length = std::max<std::size_t>(length, 1)};
  }

  const std::shared_ptr<const Source>& save_;
  std::size_t line_number_ = 0;
  Ruleset ruleset_;
  std::optional<std::size_t> table_;
  std::unordered_map<std::string, std::size_t> chains_;
  Chain* last_ = nullptr;
};

}  // namespace

Result<Ruleset> parse_iptables_save(const std::shared_ptr<const Source>& save) {
  return Parser(save).parse();
}

std::string write_iptables_save(const Ruleset& ruleset) {
  std::string out;
  for (const auto& table : ruleset.tables) {
    out += '*' + table.name + '\n';
    for (const auto& chain : table.chains)
      out += ':' + chain.name + ' ' + chain.policy.value_or("-") + " [0:0]\n";
    for (const auto& chain : table.chains) {
      for (const auto& rule : chain.rules) {
        out += "-A " + chain.name;
        if (!rule.text.empty()) out += ' ';
        out += rule.text;
        out += '\n';
      }
    }
    out += "COMMIT\n";
  }
  return out;
}

}  // namespace pyfw
