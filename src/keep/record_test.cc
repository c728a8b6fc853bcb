#include "keep/record.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <nlohmann/json.hpp>

#include "keep/json.h"

namespace pyfw {
namespace {

const ChainId kInput{.family = Family::kIpv4, .table = "filter", .chain = "INPUT"};
const ChainId kOwn{.family = Family::kIpv6, .table = "mangle", .chain = "own\xff"};

Record example() {
  Record record{.wishes = "/etc/pyfw/caf\xe9.yaml"};
  record.files = {{.name = "wishes.yaml", .text = "pyfw_wishes:\n  # \xf0\x9f\x94\xa5 \xfe\n"}};
  record.is_confirmed = false;
  record.rules = {{.chain = kInput, .name = "ssh", .text = "-p tcp -j ACCEPT", .place = "wishes.yaml:3:9"},
                  {.chain = kInput,
                   .name = "",
                   .text = "-m comment --comment \"\x80 \\\" \x01\" -j DROP",
                   .place = "w:4:1"},
                  {.chain = kOwn, .name = "n", .text = "-j RETURN", .place = ""},
                  {.chain = kInput, .name = "last", .text = "-j LOG", .place = "x"}};
  record.policies = {{.chain = kInput, .policy = "DROP", .before = "ACCEPT"}};
  record.sets = {
      {.name = "mine", .is_created = true},
      {.name = "theirs", .is_created = false, .members = {"10.0.0.1", "10.0.0.2 comment \"\xfc\""}}};
  record.chains = {kOwn};
  record.adopted = {kInput};
  record.backend = Backend::kLegacy;
  return record;
}

TEST(Record, IsReadAsItWasWritten) {
  auto read = parse_record(write_record(example()));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, example());
  EXPECT_EQ(parse_record(write_record(Record{})), Record{});
}

RC_GTEST_PROP(Record, KeepsAnyBytes, (const std::string& name, const std::vector<std::uint8_t>& bytes)) {
  std::string text(bytes.begin(), bytes.end());
  Record record{.wishes = name};
  record.files = {{.name = name, .text = text}};
  record.rules = {{.chain = {.family = Family::kIpv6, .table = text, .chain = name},
                   .name = text,
                   .text = text,
                   .place = name}};
  auto read = parse_record(write_record(record));
  RC_ASSERT(read.has_value());
  RC_ASSERT(*read == record);
}

TEST(Record, OfAnOlderVersionDoesNotTellItsBackend) {
  auto json = json_of(Record{});
  json.erase("backend");
  auto read = parse_record(seal("record 1", Json::object(), json));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->backend, std::nullopt);
}

TEST(Record, CutOrChangedTextIsRefused) {
  auto text = write_record(example());
  for (std::size_t size = 0; size < text.size(); ++size) EXPECT_FALSE(parse_record(text.substr(0, size)));
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto changed = text;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    auto read = parse_record(changed);
    // What stands in the first line only says what follows.
    if (read) {
      EXPECT_EQ(*read, example()) << i;
    }
  }
  EXPECT_FALSE(parse_record(text + " "));
}

TEST(Record, OfAnotherVersionIsRefused) {
  auto text = write_record(example());
  auto at = text.find("record 1");
  ASSERT_NE(at, std::string::npos);
  EXPECT_FALSE(parse_record(text.replace(at, 8, "record 2")));
}

TEST(IsRecordOf, KnowsTheWishesByTheFirstLine) {
  auto text = write_record(example());
  Record wanted{.wishes = example().wishes, .files = example().files, .is_confirmed = false};
  wanted.rules = example().rules;
  EXPECT_TRUE(is_record_of(text, wanted));
  EXPECT_FALSE(is_record_of(text.substr(0, text.size() - 1), wanted));
  auto more = wanted;
  more.has_leftovers = true;
  EXPECT_FALSE(is_record_of(write_record(more), wanted)) << "who looks at it all takes them away";
  EXPECT_EQ(parse_record(write_record(more)), more);
  EXPECT_FALSE(is_record_of("", wanted));
  EXPECT_FALSE(is_record_of("{}", wanted));

  auto other = wanted;
  other.rules.pop_back();
  EXPECT_FALSE(is_record_of(text, other));
  other = wanted;
  other.is_confirmed = true;
  EXPECT_FALSE(is_record_of(text, other));
  other = wanted;
  other.wishes.clear();
  EXPECT_FALSE(is_record_of(text, other));
  other = wanted;
  other.files[0].text += ' ';
  EXPECT_FALSE(is_record_of(text, other));
  other = wanted;
  other.files[0].name += other.files[0].text[0];
  other.files[0].text.erase(0, 1);
  EXPECT_FALSE(is_record_of(text, other));
}

}  // namespace
}  // namespace pyfw
