#include "wish/endpoint.h"

#include <gtest/gtest.h>

#include "net/packet.h"
#include "wish/wishes_for_tests.h"

namespace pyfw {
namespace {

using Kind = Endpoint::Kind;

Located located(const std::string& text) {
  return {.text = text,
          .place = {.source = source_called("it", text), .line = 1, .column = 1, .length = text.size()},
          .is_verbatim = true};
}

Endpoint destination(const std::string& text) {
  auto endpoint = parse_endpoint(located(text), EndpointRole::kDestination);
  EXPECT_TRUE(endpoint) << told(endpoint);
  return endpoint.value_or(Endpoint());
}

std::string refusal(const std::string& text, EndpointRole role = EndpointRole::kDestination) {
  return told(parse_endpoint(located(text), role));
}

std::string refusal(const std::string& from, const std::string& to) {
  auto source = parse_endpoints(located(from), EndpointRole::kSource);
  auto target = parse_endpoints(located(to), EndpointRole::kDestination);
  return source && target ? told(check_ends(*source, *target)) : told(source) + told(target);
}

TEST(ParseEndpoint, AddressWithPortAndProtocol) {
  auto endpoint = destination("192.168.122.190:8000/udp");
  EXPECT_EQ(endpoint.kind, Kind::kAddress);
  EXPECT_EQ(endpoint.prefix.to_string(), "192.168.122.190/32");
  EXPECT_EQ(endpoint.ports, (PortRange{.first = 8000, .last = 8000}));
  EXPECT_EQ(endpoint.protocol, kUdp);
}

TEST(ParseEndpoint, AddressOfIpv6StandsInBracketsOrAlone) {
  EXPECT_EQ(destination("[2001:db8::7]:443").prefix.ip.to_string(), "2001:db8::7");
  EXPECT_EQ(destination("[2001:db8::7]:443").ports->first, 443);
  EXPECT_EQ(destination("2001:db8::7/icmpv6").protocol, kIcmp6);
  EXPECT_EQ(destination("2001:db8::7/icmpv6").kind, Kind::kAddress);
  for (const char* text : {"2001:db8::/64", "[2001:db8::]/64", "[2001:db8::/64]"})
    EXPECT_EQ(destination(text).prefix.to_string(), "2001:db8::/64") << text;
}

TEST(ParseEndpoint, NumberBehindAnAddressIsALengthAndAWordAProtocol) {
  auto endpoint = destination("10.0.0.0/8:80-90/sctp");
  EXPECT_EQ(endpoint.kind, Kind::kPrefix);
  EXPECT_EQ(endpoint.prefix.length, 8U);
  EXPECT_EQ(endpoint.ports, (PortRange{.first = 80, .last = 90}));
  EXPECT_EQ(endpoint.protocol, kSctp);
  EXPECT_EQ(destination("10.0.0.7/32").kind, Kind::kAddress);
  EXPECT_EQ(destination("10.0.0.7/icmp").protocol, kIcmp);
}

TEST(ParseEndpoint, NamesOfSetsContainersAndNetworks) {
  EXPECT_EQ(destination("set:allowed_hosts").kind, Kind::kSet);
  EXPECT_EQ(destination("network:back-end:80").kind, Kind::kNetwork);
  auto endpoint = destination("container:my.web-1:80/tcp");
  EXPECT_EQ(endpoint.kind, Kind::kContainer);
  EXPECT_EQ(endpoint.name.text, "my.web-1");
  EXPECT_EQ(where(endpoint.name.place), "it:1:11");
  EXPECT_EQ(endpoint.name.place.length, 8U);
}

TEST(ParseEndpoint, SourceMayNameTheInterfaceThatItComesInBy) {
  for (const char* text : {"any@eth0.5", "host@eth0.5", "10.0.0.0/8@eth0.5:53/udp", "set:s@eth0.5"}) {
    auto endpoint = parse_endpoint(located(text), EndpointRole::kSource);
    ASSERT_TRUE(endpoint) << told(endpoint);
    EXPECT_EQ(endpoint->interface, "eth0.5") << text;
  }
  EXPECT_EQ(refusal("host@eth0:22"),
            "it:1:5: a destination takes no @INTERFACE | the routes say by which one it is reached; a source "
            "takes one");
}

TEST(ParseEndpoint, MisspeltWordsAreErrorsThatKnowWhatWasMeant) {
  EXPECT_EQ(refusal("contaner:web:80"), "it:1:1: 'contaner' is no endpoint | did you mean 'container'?");
  EXPECT_EQ(refusal("hots:22"), "it:1:1: 'hots' is no endpoint | did you mean 'host'?");
  EXPECT_EQ(refusal("10.0.0.1:80/tpc"), "it:1:13: 'tpc' is no protocol | did you mean 'tcp'?");
  EXPECT_EQ(refusal("www.example.org:80"),
            "it:1:1: 'www.example.org' is no endpoint | host names are not looked up: write the address");
}

TEST(ParseEndpoint, EachPartIsRefusedAtItsPlace) {
  EXPECT_EQ(refusal("10.0.0.1:70000"), "it:1:10: '70000' is no port | a number from 1 to 65535");
  EXPECT_EQ(refusal("10.0.0.1:0"), "it:1:10: '0' is no port | a number from 1 to 65535");
  EXPECT_EQ(refusal("10.0.0.1:http"), "it:1:10: 'http' is no port | a number from 1 to 65535");
  EXPECT_EQ(refusal("10.0.0.1:90-80"), "it:1:10: the range of ports 90-80 is empty | did you mean '80-90'?");
  EXPECT_EQ(refusal("10.0.0.1/33"), "it:1:10: '33' is no length of a prefix | 0 to 32");
  EXPECT_EQ(refusal("10.0.0.1/8"),
            "it:1:1: '10.0.0.1/8' has bits behind its length | did you mean "
            "'10.0.0.0/8'?");
  EXPECT_EQ(refusal("[2001:db8::7"), "it:1:1: the bracket is not closed | [2001:db8::7]:443");
  EXPECT_EQ(refusal("set:"), "it:1:5: a name is missing behind 'set:' | set:NAME");
  EXPECT_EQ(refusal("10.0.0.1:80/icmp"), "it:1:13: icmp has no ports | leave out the port");
  EXPECT_EQ(refusal("10.0.0.1/icmpv6"), "it:1:1: icmpv6 is a protocol of IPv6 | write /icmp");
  EXPECT_EQ(refusal("any@", EndpointRole::kSource), "it:1:5: '' can't be the name of an interface | ");
  EXPECT_EQ(refusal("10.0.0.1:80@eth0", EndpointRole::kSource),
            "it:1:12: '@eth0' can't stand here | first @INTERFACE, then :PORT, then /PROTOCOL");
}

TEST(CheckEnds, DestinationOfAProtocolWithPortsNeedsOne) {
  EXPECT_EQ(refusal("any", "10.0.0.1"),
            "it:1:1: the port is missing: tcp is asked port by port | 10.0.0.1:443, or 10.0.0.1/icmp");
  EXPECT_EQ(refusal("any", "2001:db8::1:80"),
            "it:1:1: the port is missing: tcp is asked port by port | [2001:db8::1:80]:443, with brackets");
  EXPECT_EQ(refusal("any/udp", "host"),
            "it:1:1: the port is missing: udp is asked port by port | host:443, or host/icmp");
  EXPECT_EQ(refusal("any", "host/icmp"), "no error");
}

TEST(CheckEnds, BothEndsAreOfOneProtocolAndOneFamily) {
  EXPECT_EQ(
      refusal("host/udp", "host:53/tcp"),
      "it:1:1: it goes from udp to tcp | both ends are of one protocol; it is enough that one names it");
  EXPECT_EQ(refusal("host:53/udp", "host:53"), "no error");
  EXPECT_EQ(refusal("10.0.0.1", "[2001:db8::1]:80"),
            "it:1:1: '10.0.0.1' and '[2001:db8::1]:80' are of two families | ");
  EXPECT_EQ(refusal("10.0.0.1:7", "10.0.0.1/icmp"), "it:1:1: icmp has no ports | leave out the port");
}

TEST(ParseEndpoints, NotTakesAwayFromAll) {
  auto endpoints = parse_endpoints(located("not 10.0.0.0/8"), EndpointRole::kSource);
  ASSERT_TRUE(endpoints) << told(endpoints);
  EXPECT_EQ(endpoints->any_of.front().kind, Kind::kAny);
  EXPECT_EQ(endpoints->except.front().prefix.to_string(), "10.0.0.0/8");
  EXPECT_EQ(told(parse_endpoints(located("not hots"), EndpointRole::kSource)),
            "it:1:5: 'hots' is no endpoint | did you mean 'host'?");
}

std::string told_of(const std::string& fields) {
  return told(wishes_from({"pyfw_wishes:\n expectations:\n - a: " + fields + "\n"}));
}

TEST(ParseExpectations, ListsAndAllButSomeAreKeptWithTheirPlaces) {
  auto wishes =
      wishes_from({"pyfw_wishes:\n expectations:\n"
                   " - some: { from: [10.0.0.1, 'set:s'], to: ['10.0.0.2:80', '10.0.0.3:80'], is: refused }\n"
                   " - others: { from: { any, except: [10.0.0.1] }, to: '10.0.0.2:80', is: dropped }\n"});
  ASSERT_TRUE(wishes) << told(wishes);
  ASSERT_EQ(wishes->expectations.size(), 2U);
  const auto& some = wishes->expectations[0];
  EXPECT_EQ(some.is, Expected::kRefused);
  EXPECT_EQ(some.from.any_of.size(), 2U);
  EXPECT_EQ(where(some.to.any_of[1].text.place), "a.yaml:3:60");
  const auto& others = wishes->expectations[1];
  EXPECT_EQ(others.from.any_of[0].kind, Kind::kAny);
  ASSERT_EQ(others.from.except.size(), 1U);
  EXPECT_EQ(where(others.from.except[0].text.place), "a.yaml:4:36");
}

TEST(ParseExpectations, WhatIsWrongIsToldAtItsPlace) {
  EXPECT_EQ(told_of("{ from: host, to: 'host:22', is: work }"),
            "a.yaml:3:40: 'work' is no outcome | did you mean 'works'?");
  EXPECT_EQ(told_of("{ from: host, to: 'host:22' }"),
            "a.yaml:3:4: the expectation 'a' lacks 'is' | an expectation is NAME: { from: …, to: …, is: "
            "works|refused|dropped|not works }");
  EXPECT_EQ(told_of("{ from: [], to: 'host:22', is: works }"), "a.yaml:3:15: 'from' names nobody | ");
  EXPECT_EQ(told_of("{ from: [host, not any], to: 'host:22', is: works }"),
            "a.yaml:3:22: 'not' stands alone, not in a list | write { any, except: [any] }");
  EXPECT_EQ(told_of("{ from: { any }, to: 'host:22', is: works }"),
            "a.yaml:3:15: 'from' is not complete | from: { any, except: [192.0.2.7] }");
  EXPECT_EQ(told_of("host"), "a.yaml:3:7: an expectation must be a mapping of keys to values, not a text | ");
}

TEST(ParseExpectations, TwoOfOneNameAreAnErrorThatNamesBothPlaces) {
  std::string one = " - a: { from: host, to: 'host:22', is: works }\n";
  EXPECT_EQ(
      told(wishes_from({"pyfw_wishes:\n expectations:\n" + one, "pyfw_wishes:\n expectations:\n" + one})),
      "b.yaml:3:4: two expectations are called 'a' | the other one stands at a.yaml:3:4");
}

}  // namespace
}  // namespace pyfw
