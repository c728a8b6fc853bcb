#include "nf/ipset_save.h"
#include "tests/fuzz/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pyfw;
  auto sets = parse_ipset_save(fuzz::source_of("save", fuzz::text_of(data, size)));
  if (!sets) {
    fuzz::expect_helpful(sets.error());
    return 0;
  }
  auto text = write_ipset_save(*sets);
  auto again = parse_ipset_save(fuzz::source_of("again", text));
  fuzz::expect(again.has_value(), "what is written can be read", text);
  fuzz::expect(*again == *sets, "what is written is what was read", text);
  for (const auto& set : *sets) {
    options_of(set.header);
    for (const auto& text_of_member : set.members) {
      auto member = parse_member(text_of_member);
      fuzz::expect(fulfils(member, member), "a member fulfils itself", text_of_member);
    }
  }
  fuzz::expect_document_survives(State{.iptables = {}, .ip6tables = {}, .sets = *sets});
  return 0;
}
