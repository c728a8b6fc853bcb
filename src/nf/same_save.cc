#include "nf/same_save.h"

#include <algorithm>
#include <utility>

#include "base/by_text.h"
#include "base/strings.h"

namespace pyfw {
namespace {

std::string_view take_until(std::string_view& text, char end) {
  auto at = text.find(end);
  auto taken = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return taken;
}

class RulesetReader {
 public:
  explicit RulesetReader(const Ruleset& wanted) : wanted_(wanted) {}

  bool reads(std::string_view save) {
    while (!save.empty())
      if (!line(take_until(save, '\n'))) return false;
    return table_ == nullptr && std::ranges::all_of(wanted_.tables, [&](const Table& table) {
             return seen_.contains(table.name) || std::ranges::all_of(table.chains, [&](const Chain& chain) {
                      return is_untouched(table, chain);
                    });
           });
  }

 private:
  struct Progress {
    const Chain* chain;     // null for one that nobody wished, and in which nothing may stand
    std::size_t rules = 0;  // that have been read
  };

  bool line(std::string_view line) {
    if (line.starts_with('#')) return line.find('`') == std::string_view::npos;
    if (line.starts_with('*')) return begin(line.substr(1));
    if (table_ == nullptr) return false;
    if (line.starts_with(':')) return chain(line.substr(1));
    if (line.starts_with("-A ")) return rule(line.substr(3));
    return line == "COMMIT" && end();
  }

  bool begin(std::string_view name) {
    if (table_ != nullptr) return false;
    auto found = std::ranges::find(wanted_.tables, name, &Table::name);
    unwanted_.name = name;
    table_ = found != wanted_.tables.end() ? &*found : &unwanted_;
    chains_.clear();
    last_ = nullptr;
    return seen_.insert(name).second;
  }

  // NAME POLICY [packets:bytes]
  bool chain(std::string_view rest) {
    auto name = take_until(rest, ' ');
    auto policy = take_until(rest, ' ');
    last_ = nullptr;
    auto found = std::ranges::find(table_->chains, name, &Chain::name);
    const auto* chain = found == table_->chains.end() ? nullptr : &*found;
    bool fits = chain != nullptr ? policy == chain->policy.value_or("-")
                                 : is_builtin(table_->name, name) && policy == "ACCEPT";
    return fits && chains_.emplace(name, Progress{.chain = chain}).second;
  }

  bool rule(std::string_view rest) {
    auto name = take_until(rest, ' ');
    if (last_ == nullptr || last_->chain->name != name) {
      auto found = chains_.find(name);
      if (found == chains_.end() || found->second.chain == nullptr) return false;
      last_ = &found.value();
    }
    const auto& rules = last_->chain->rules;
    return last_->rules < rules.size() && rules[last_->rules++].text == rest;
  }

  bool end() {
    const auto& table = *std::exchange(table_, nullptr);
    return std::ranges::all_of(table.chains, [&](const Chain& chain) {
      auto read = chains_.find(chain.name);
      return read == chains_.end() ? is_untouched(table, chain) : read->second.rules == chain.rules.size();
    });
  }

  static bool is_untouched(const Table& table, const Chain& chain) {
    return is_builtin(table.name, chain.name) && chain.rules.empty() &&
           chain.policy.value_or("ACCEPT") == "ACCEPT";
  }

  const Ruleset& wanted_;
  const Table* table_ = nullptr;
  Table unwanted_;
  ByText<Progress> chains_;
  Progress* last_ = nullptr;
  Texts seen_;
};

// From behind its `create` line on. True if these are its members, each once.
bool reads_members(std::string_view& save, const Set& wanted) {
  Texts left(wanted.members.begin(), wanted.members.end());
  if (left.size() != wanted.members.size()) return false;
  while (save.starts_with("add ")) {
    auto line = take_until(save, '\n').substr(4);
    if (take_until(line, ' ') != wanted.name || left.erase(line) == 0) return false;
  }
  return left.empty();
}

}  // namespace

bool is_save_of(std::string_view save, const Ruleset& wanted) { return RulesetReader(wanted).reads(save); }

bool is_save_of(std::string_view save, const Sets& wanted) {
  Texts seen;
  while (!save.empty()) {
    auto line = take_until(save, '\n');
    if (take_until(line, ' ') != "create") return false;
    auto name = take_until(line, ' ');
    auto type = take_until(line, ' ');
    auto found = std::ranges::find(wanted, name, &Set::name);
    // The members of a list have an order.
    if (found == wanted.end() || found->type != type || type == "list:set" ||
        differing_option(line, found->header) || !seen.insert(found->name).second ||
        !reads_members(save, *found))
      return false;
  }
  return seen.size() == wanted.size();
}

}  // namespace pyfw
