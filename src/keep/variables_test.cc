#include "keep/variables.h"

#include <gtest/gtest.h>

#include "keep/store_for_tests.h"

namespace pyfw {
namespace {

LastValues example() {
  return {{{.name = "container:web", .family = Family::kIpv4}, {"172.17.0.2", "172.18.0.2"}},
          {{.name = "container:web", .family = Family::kIpv6}, {"2001:db8::2"}},
          {{.name = "external_interface", .family = Family::kIpv4}, {"eth\xff"}}};
}

TEST(KeptVariables, AreReadAsTheyWereWritten) {
  MemoryStore store;
  EXPECT_EQ(*read_variables(store), LastValues());
  ASSERT_TRUE(keep_variables(store, LastValues(), example()));
  EXPECT_EQ(*read_variables(store), example());
  ASSERT_TRUE(keep_variables(store, example(), {}));
  EXPECT_EQ(*read_variables(store), LastValues());
}

TEST(KeptVariables, AreWrittenOnlyWhereTheyDiffer) {
  MemoryStore store;
  store.writes_left = 0;
  EXPECT_TRUE(keep_variables(store, example(), example()));
  EXPECT_TRUE(keep_variables(store, LastValues(), {}));
  EXPECT_FALSE(keep_variables(store, LastValues(), example()));
  EXPECT_FALSE(keep_variables(store, std::nullopt, {}));
}

TEST(KeptVariables, DamageIsAnErrorWhereverItIs) {
  auto text = write_variables(example());
  ASSERT_TRUE(parse_variables(text));
  for (std::size_t length = 0; length < text.size(); ++length)
    EXPECT_FALSE(parse_variables(text.substr(0, length))) << length;
  for (std::size_t at = 0; at < text.size(); ++at) {
    auto changed = text;
    changed[at] = changed[at] == 'x' ? 'y' : 'x';
    auto read = parse_variables(changed);
    EXPECT_FALSE(read && *read != example()) << at;
  }
  MemoryStore store;
  store.texts.emplace(kVariablesName, text.substr(1));
  EXPECT_FALSE(read_variables(store));
}

}  // namespace
}  // namespace pyfw
