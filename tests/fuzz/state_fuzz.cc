#include "host/state_document.h"
#include "nf/ipset_save.h"
#include "nf/iptables_save.h"
#include "tests/fuzz/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pyfw;
  auto host = parse_state_yaml(fuzz::source_of("state.yaml", fuzz::text_of(data, size)));
  if (!host) {
    fuzz::expect_helpful(host.error());
    return 0;
  }
  fuzz::expect_document_survives(host->state);
  auto again = parse_state_yaml(fuzz::source_of("again.yaml", write_state_yaml(*host)));
  fuzz::expect(again.has_value(), "a printed state can be read");
  fuzz::expect(again->facts == host->facts, "facts survive being printed", write_state_yaml(*host));
  fuzz::expect(again->backend == host->backend && again->other == host->other,
               "the rules of both backends survive being printed", write_state_yaml(*host));

  // Whatever a document may hold could have been printed by iptables-save and ipset save.
  for (auto family : kFamilies) {
    auto text = write_iptables_save(ruleset_of(host->state, family));
    auto ruleset = parse_iptables_save(fuzz::source_of("save", text));
    fuzz::expect(ruleset.has_value(), "the rules of a document can be restored", text);
    fuzz::expect(*ruleset == ruleset_of(host->state, family), "restored rules are those of the document",
                 text);
  }
  auto text = write_ipset_save(host->state.sets);
  auto sets = parse_ipset_save(fuzz::source_of("save", text));
  fuzz::expect(sets.has_value(), "the sets of a document can be restored", text);
  fuzz::expect(*sets == host->state.sets, "restored sets are those of the document", text);
  return 0;
}
