#include "nf/iptables_save.h"
#include "tests/fuzz/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pyfw;
  auto ruleset = parse_iptables_save(fuzz::source_of("save", fuzz::text_of(data, size)));
  if (!ruleset) {
    fuzz::expect_helpful(ruleset.error());
    return 0;
  }
  auto text = write_iptables_save(*ruleset);
  auto again = parse_iptables_save(fuzz::source_of("again", text));
  fuzz::expect(again.has_value(), "what is written can be read", text);
  fuzz::expect(*again == *ruleset, "what is written is what was read", text);
  fuzz::expect(write_iptables_save(*again) == text, "writing twice gives the same bytes", text);
  for (const auto& table : ruleset->tables)
    for (const auto& chain : table.chains)
      for (const auto& rule : chain.rules) fuzz::expect_words_survive(rule.text);
  fuzz::expect_document_survives(State{.iptables = *ruleset, .ip6tables = {}, .sets = {}});
  return 0;
}
