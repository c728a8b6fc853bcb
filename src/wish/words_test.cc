#include "wish/words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/strings.h"

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Words are parted by one blank; "_" stands for a blank in a word.
Result<RuleWords> check(std::string_view rule, Family family = Family::kIpv4) {
  std::vector<Word> words;
  std::size_t column = 1;
  auto source = std::make_shared<Source>(Source{.name = "w", .text = std::string(rule)});
  for (auto word : split(rule, ' ')) {
    words.push_back({.text = std::string(word),
                     .place = {.source = source, .line = 1, .column = column, .length = word.size()}});
    column += word.size() + 1;
  }
  return check_words(words, family);
}

// "COLUMN: message" of the error.
std::string error_of(std::string_view rule, Family family = Family::kIpv4) {
  auto read = check(rule, family);
  return read ? "no error" : std::to_string(read.error().place->column) + ": " + read.error().message;
}

class Forbidden : public testing::TestWithParam<const char*> {};

// getopt_long, as iptables calls it, would take one of these words for a command or a global option.
TEST_P(Forbidden, IsRefused) {
  auto read = check(GetParam());
  ASSERT_FALSE(read) << GetParam();
  EXPECT_EQ(read.error().kind, ErrorKind::kBadInput);
  EXPECT_TRUE(read.error().place);
}

INSTANTIATE_TEST_SUITE_P(
    Spellings, Forbidden,
    testing::Values(
        // the table
        "-t nat -j DROP", "-tnat -j DROP", "-t=nat -j DROP", "--table nat -j DROP", "--table=nat -j DROP",
        "--tab nat -j DROP", "--tab=nat -j DROP", "--t=nat -j DROP", "-j DROP -t nat", "-ft nat -j DROP",
        "-vt nat -j DROP", "-ftnat -j DROP", "-ntnat -j DROP",
        // commands
        "-A INPUT -j DROP", "-AINPUT -j DROP", "--append INPUT", "--app=INPUT", "-I INPUT 1 -j DROP",
        "--insert INPUT", "--ins INPUT -j DROP", "-D INPUT", "--delete INPUT", "--del INPUT", "--delete-c x",
        "-C INPUT", "--check INPUT", "-R INPUT 1", "--replace INPUT", "-L", "--list", "--list-r", "-S", "-F",
        "--flush", "--fl", "-Z", "--zero", "--z", "-N x", "--new-chain x", "--new x", "-X", "-E a b",
        "--rename-chain a b", "-P INPUT DROP", "--policy INPUT", "--pol INPUT",
        // global options
        "-M /tmp/x -j DROP", "--modprobe=/tmp/x -j DROP", "--mod /tmp/x", "-c 1 2 -j DROP",
        "--set-counters 1 2", "--set-c 1 2", "--set 1 2", "-w -j DROP", "--wait", "--wait-i 1", "-W 1", "-v",
        "--verbose", "-n", "--numeric", "-x", "--exact", "-V", "--version", "-h", "--help", "--line-numbers",
        "--line", "-4 -j DROP", "--ipv4", "-6 -j DROP", "--ipv6", "-b", "--noflush", "--test", "--counters",
        // the end of the options
        "-- -j DROP", "--=x -j DROP",
        // not the value that it seems to be
        "-j --comment -t nat", "-i --comment -t nat -j DROP", "-p -t nat -j DROP", "-s -t -j DROP",
        "-m helper --helper --comment -t nat -j DROP",
        "-m helper --helper --log-prefix --modprobe=/x -j DROP",
        "-m hashlimit --hashlimit-name --comment -M /tmp/x -j DROP", "-m string --algo --string -A -j DROP",
        "-m helper --helper -t nat -j DROP", "-m comment --comment x -t nat -j DROP",
        "-m comment --comment=x -t nat -j DROP", "-m comment --comment= -t nat -j DROP",
        "-p tcp --syn -t nat -j DROP", "-f -t nat -j DROP", "! -t nat -j DROP",
        "-m recent --name -t -t nat -j DROP",
        // options of extensions that are not loaded there
        "--set -m recent -j DROP", "-j DROP --pol ipsec", "--new -j CLUSTERIP"));

TEST(CheckWords, TheErrorNamesTheOptionAtItsPlace) {
  EXPECT_EQ(error_of("-p tcp --tab=nat -j DROP"), "8: a rule can't carry iptables' option --table");
  EXPECT_EQ(error_of("-p tcp -t nat -j DROP"), "8: a rule can't carry iptables' option -t");
}

class Allowed : public testing::TestWithParam<const char*> {};

TEST_P(Allowed, KeepsItsWords) {
  auto read = check(GetParam());
  ASSERT_TRUE(read) << GetParam() << '\n' << render(read.error());
  EXPECT_EQ(join(read->tokens, " "), GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    Spellings, Allowed,
    testing::Values("-m comment --comment -t -j ACCEPT", "-m comment --comment --table -j ACCEPT",
                    "-j LOG --log-prefix -A", "-m string --algo bm --string --flush -j DROP",
                    "-m recent --name --list --set -j DROP", "-m connlabel --label 1 --set -j DROP",
                    "-m policy --dir in --pol ipsec --proto esp -j ACCEPT",
                    "-i eth0 -j CLUSTERIP --new --total-nodes 2", "-p tcp -m tcp --syn -j DROP", "-f -j DROP",
                    "! -f -j DROP", "! -s 10.0.0.0/8 -j DROP", "-s 10.0.0.1,10.0.0.2 -j DROP",
                    "-s 10.0.0.0/255.0.0.0 -j DROP", "-p tcp -m tcp --tcp-flags FIN,SYN SYN -j DROP",
                    "-m conntrack --ctorigdst 10.0.0.0/8 -j DROP",
                    "-p tcp -j DNAT --to-destination 10.0.0.1:80",
                    "-m mac --mac-source 01:02:03:04:05:06 -j DROP", "-g chain"),
    [](const auto& test) { return std::to_string(test.index); });

TEST(CheckWords, ClustersAndLongSpellingsBecomeTheShortOptions) {
  EXPECT_THAT(
      check("-ptcp --source=10.0.0.1 --dst 10.0.0.2 --in-interface eth0 --match comment --jump ACCEPT")
          ->tokens,
      ElementsAre("-p", "tcp", "-s", "10.0.0.1", "-d", "10.0.0.2", "-i", "eth0", "-m", "comment", "-j",
                  "ACCEPT"));
  EXPECT_THAT(check("--fragments -jDROP")->tokens, ElementsAre("-f", "-j", "DROP"));
}

TEST(CheckWords, ShortenedOwnOptionsDontPassUnseen) {
  EXPECT_EQ(error_of("--sour localhost -j DROP"), "1: '--sour' is no option");
  EXPECT_EQ(error_of("--mat recent --set -j DROP"), "1: '--mat' is no option");
  EXPECT_EQ(error_of("-p tcp --ju DROP"), "8: '--ju' is no option");
}

TEST(CheckWords, FindsWhatARuleRefersTo) {
  auto read = check("-m set ! --match-set known src -m comment --comment why -j SET --add-set seen src");
  ASSERT_TRUE(read);
  ASSERT_EQ(read->sets.size(), 2U);
  EXPECT_EQ(read->sets[0].text, "known");
  EXPECT_EQ(read->sets[1].text, "seen");
  EXPECT_EQ(read->comments[0].text, "why");
  EXPECT_EQ(read->targets[0].text, "SET");
  EXPECT_EQ(read->tokens[read->target_at], "-j");
  EXPECT_EQ(check("--match-set=known src -j DROP")->sets[0].text, "known");
}

TEST(CheckWords, ARuleHasOneTarget) {
  EXPECT_EQ(error_of("-j LOG -j DROP"), "11: a rule has one target");
  EXPECT_EQ(error_of("-j LOG -g x"), "11: a rule has one target");
  EXPECT_TRUE(check("-i eth0")->targets.empty());
}

TEST(CheckWords, ValuesMustBeThere) {
  for (const char* rule :
       {"-j", "-s", "-j DROP -m", "-s ! 10.0.0.1 -j DROP", "-p -j DROP", "--source= -j DROP"})
    EXPECT_FALSE(check(rule)) << rule;
}

TEST(CheckWords, HostNamesAreNotTaken) {
  for (const char* rule :
       {"-s localhost -j DROP", "-d example.org -j DROP", "-s 10.0.0.1,evil -j DROP", "--source=host -j DROP",
        "-m conntrack --ctorigsrc host -j DROP", "-j TEE --gateway host"})
    EXPECT_THAT(error_of(rule), HasSubstr("is no address")) << rule;
  EXPECT_EQ(error_of("-s 10.0.0.1,evil -j DROP"), "13: 'evil' is no address");
}

TEST(CheckWords, WordsOfTheOtherFamilyAreNotTaken) {
  for (const char* rule :
       {"-s 2001:db8::1 -j DROP", "-p ipv6-icmp -j DROP", "-m hl --hl-eq 1 -j DROP", "-j HL",
        "-p tcp -j REJECT --reject-with icmp6-no-route", "-j DNAT --to-destination [::1]:80",
        "-p icmp --icmpv6-type 1 -j DROP", "-m iprange --src-range ::1-::2 -j DROP"})
    EXPECT_THAT(error_of(rule), HasSubstr("is a word of IPv6")) << rule;
  for (const char* rule :
       {"-s 10.0.0.1 -j DROP", "-p icmp -j DROP", "-m ttl --ttl-eq 1 -j DROP", "-f -j DROP",
        "-j REJECT --reject-with icmp-host-prohibited", "-j DNAT --to-destination 10.0.0.1:80",
        "-p ipv6-icmp --icmp-type 8 -j DROP", "-j ULOG"})
    EXPECT_THAT(error_of(rule, Family::kIpv6), HasSubstr("is a word of IPv4")) << rule;
}

TEST(CheckWords, LineBreaksAndNulsAreNotTaken) {
  for (std::string bad : {std::string("a\nb"), std::string("a\rb"), std::string("a\0b", 3)})
    for (const char* option : {"--comment", "-i", "--dport"})
      EXPECT_FALSE(check_words({{option, {}}, {bad, {}}}, Family::kIpv4)) << option;
}

}  // namespace
}  // namespace pyfw
