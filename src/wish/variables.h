// The variables of the wishes, as one family sees them: `vars`, and those that follow the host.

#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "nf/tokens.h"
#include "wish/host_values.h"
#include "wish/wishes.h"

namespace pyfw {

// One that follows the host, where a word names it.
struct UsedVariable {
  HostVariable variable;
  HostValue value;
  Place place;
  bool is_whole = false;  // the word is nothing else
  std::size_t word = 0;   // its number in the rule
};

struct FilledWord {
  std::string text;
  std::vector<UsedVariable> used{};
};

class Variables {
 public:
  Variables(const Wishes& wishes, const HostKnowledge& known, Family family)
      : wishes_(wishes), known_(known), family_(family) {}

  // The word with each ${NAME} replaced; it stays one word. Several values stand with commas between them,
  // and for none there is a text of its kind, so that the rest of the rule can be looked at. `rule` is where
  // the word stands.
  [[nodiscard]] Result<FilledWord> put_in(const Token& word, const Located& rule) const;

 private:
  [[nodiscard]] Result<std::string> value(const std::string& name, const Place& place, bool is_whole,
                                          std::vector<UsedVariable>& used) const;
  [[nodiscard]] std::unexpected<Error> unknown(const std::string& name, const Place& place) const;

  const Wishes& wishes_;
  const HostKnowledge& known_;
  Family family_;
};

}  // namespace pyfw
