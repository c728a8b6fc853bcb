// A save in parts that can be taken out and put elsewhere: tables, chains, and rules as match and target.
//
//   auto save = parse_save(text);
//   auto& rules = save[0].chains[0].rules;
//   rules.erase(rules.begin());
//   text_of(save);

#pragma once

#include <string>
#include <vector>

namespace pyfw {

struct RuleText {
  std::string match;   // "-s 10.0.0.0/8 ", or empty
  std::string target;  // "DROP"
};

struct ChainText {
  std::string name;
  std::string policy;  // "-" of a user chain
  std::vector<RuleText> rules{};
};

struct TableText {
  std::string name;
  std::vector<ChainText> chains{};
};

using SaveText = std::vector<TableText>;

// Of what random_host_for_tests.h makes.
SaveText parse_save(const std::string& text);
RuleText parse_rule(const std::string& line);
std::string text_of(const SaveText& save);

}  // namespace pyfw
