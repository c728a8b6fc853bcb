#include "base/yaml_writer.h"
#include "host/fields_to_yaml.h"
#include "host/sorted.h"
#include "host/state_document.h"

namespace pyfw {
namespace {

void write_texts(YamlWriter& yaml, const std::vector<std::string>& texts) {
  yaml.begin_sequence();
  for (const auto& text : texts) yaml.scalar(text);
  yaml.end_sequence();
}

// Of a builtin chain a file may tell rules alone: then its policy is not known.
void write_chain(YamlWriter& yaml, const std::string& table, const Chain& chain) {
  yaml.scalar(chain.name);
  yaml.begin_mapping();
  if (chain.policy || !is_builtin(table, chain.name)) {
    yaml.scalar("default_action");
    yaml.scalar(chain.policy.value_or("-"));
  }
  yaml.scalar("rules");
  yaml.begin_sequence();
  for (const auto& rule : chain.rules) yaml.scalar(rule.text);
  yaml.end_sequence();
  yaml.end_mapping();
}

void write_ruleset(YamlWriter& yaml, const Ruleset& ruleset) {
  yaml.begin_mapping();
  for (const auto* table : sorted_tables(ruleset)) {
    yaml.scalar(table->name);
    yaml.begin_mapping();
    for (const auto* chain : sorted_chains(*table)) write_chain(yaml, table->name, *chain);
    yaml.end_mapping();
  }
  yaml.end_mapping();
}

void write_sets(YamlWriter& yaml, const Sets& sets) {
  yaml.begin_mapping();
  for (const auto* set : sorted_sets(sets)) {
    yaml.scalar(set->name);
    yaml.begin_mapping();
    yaml.scalar("type");
    yaml.scalar(set->type);
    yaml.scalar("header");
    yaml.scalar(set->header);
    yaml.scalar("members");
    write_texts(yaml, sorted_members(*set));
    yaml.end_mapping();
  }
  yaml.end_mapping();
}

void write_rules(YamlWriter& yaml, const auto& rules) {
  for (auto family : kFamilies) {
    yaml.scalar(program_of(family));
    write_ruleset(yaml, ruleset_of(rules, family));
  }
}

}  // namespace

std::string write_state_yaml(const HostState& host) {
  YamlWriter yaml;
  yaml.begin_mapping();
  yaml.scalar("pyfw_state");
  yaml.begin_mapping();
  if (host.backend) {
    yaml.scalar("backend");
    yaml.scalar(name_of(*host.backend));
  }
  write_rules(yaml, host.state);
  yaml.scalar("ipsets");
  write_sets(yaml, host.state.sets);
  if (host.other) {
    yaml.scalar("other_backend");
    yaml.begin_mapping();
    write_rules(yaml, *host.other);
    yaml.end_mapping();
  }
  yaml.scalar("facts");
  FieldsToYaml(yaml).value(host.facts);
  yaml.end_mapping();
  yaml.end_mapping();
  return yaml.finish();
}

}  // namespace pyfw
