#include <gtest/gtest.h>

#include "ext/encounters_for_tests.h"

namespace pyfw {
namespace {

constexpr auto kYes = Answer::kYes;
constexpr auto kNo = Answer::kNo;
constexpr auto kDepends = Answer::kDepends;

TEST(MatchIprange, Ranges) {
  expect_answers(web_request(), {
                                    {"-m iprange --src-range 192.0.2.0-192.0.2.1", kYes},
                                    {"-m iprange --src-range 192.0.2.2-192.0.2.9", kNo},
                                    {"-m iprange ! --src-range 192.0.2.2-192.0.2.9", kYes},
                                    {"-m iprange --src-range 192.0.2.1 --dst-range 192.0.2.2", kYes},
                                    {"-m iprange --src-range 1.1.1.1-255.1.1.1 ! --dst-range 192.0.2.2", kNo},
                                });
  expect_answers(web_request6(), {{"-m iprange --src-range 2001:db8::1-2001:db8::ff", kYes},
                                  {"-m iprange ! --dst-range 2001:db8::1-2001:db8::ff", kNo}});
}

TEST(MatchAddrtype, AsTheRoutesSay) {
  SurroundingsForTests host;
  host.types[{"192.0.2.1", ""}] = kTypeUnicast;
  host.types[{"192.0.2.2", ""}] = kTypeLocal;
  expect_answers(web_request(),
                 {
                     {"-m addrtype --dst-type LOCAL", kYes},
                     {"-m addrtype ! --dst-type LOCAL", kNo},
                     {"-m addrtype --dst-type BROADCAST,LOCAL", kYes},
                     {"-m addrtype --dst-type UNICAST", kNo},
                     {"-m addrtype --src-type UNICAST --dst-type LOCAL", kYes},
                     {"-m addrtype ! --src-type UNICAST --dst-type LOCAL", kNo},
                     {"-m addrtype --src-type LOCAL", kNo},
                 },
                 host);
}

TEST(MatchAddrtype, AnInterfaceNarrowsTheRoutesThatCount) {
  SurroundingsForTests host;
  host.types[{"192.0.2.2", ""}] = kTypeLocal;
  host.types[{"192.0.2.2", "eth0"}] = kTypeUnicast;
  expect_answers(web_request(),
                 {{"-m addrtype --dst-type LOCAL --limit-iface-in", kNo},
                  {"-m addrtype --dst-type UNICAST --limit-iface-in", kYes},
                  {"-m addrtype --dst-type LOCAL --limit-iface-out", kYes}},
                 host);
}

TEST(MatchAddrtype, WhereRoutesAreNotKnownNobodyCanTell) {
  expect_answers(web_request(),
                 {{"-m addrtype --dst-type LOCAL", kDepends}, {"-m addrtype ! --dst-type LOCAL", kDepends}});
}

// match_type6() in the kernel's xt_addrtype.c: unlike for IPv4, a list asks for all of its types.
TEST(MatchAddrtype, OfIpv6AListIsAConjunction) {
  SurroundingsForTests host;
  host.types[{"2001:db8::2", ""}] = kTypeLocal;
  expect_answers(web_request6(),
                 {{"-m addrtype --dst-type LOCAL", kYes},
                  {"-m addrtype --dst-type UNICAST", kYes},
                  {"-m addrtype --dst-type UNICAST,LOCAL", kYes},
                  {"-m addrtype --dst-type MULTICAST,LOCAL", kNo},
                  {"-m addrtype ! --dst-type MULTICAST", kYes},
                  {"-m addrtype --dst-type UNSPEC", kNo}},
                 host);
}

TEST(MatchRpfilter, AsTheRoutesSay) {
  SurroundingsForTests host;
  host.rpfilter = true;
  expect_answers(web_request(), {{"-m rpfilter", kYes}, {"-m rpfilter --invert", kNo}}, host);
  host.rpfilter = false;
  expect_answers(web_request(), {{"-m rpfilter", kNo}, {"-m rpfilter --loose --validmark --invert", kYes}},
                 host);
  host.rpfilter.reset();
  expect_answers(web_request(), {{"-m rpfilter", kDepends}, {"-m rpfilter --invert", kDepends}}, host);
}

TEST(MatchRpfilter, WhatComesByLoAlwaysPasses) {
  SurroundingsForTests host;
  host.rpfilter = false;
  auto own = web_request();
  own.in_interface = "lo";
  expect_answers(own, {{"-m rpfilter", kYes}, {"-m rpfilter --invert", kNo}}, host);
}

TEST(MatchRpfilter, AnAddressOfTheHostItselfPassesOnlyIfAskedTo) {
  SurroundingsForTests host;
  host.is_source_own = true;
  expect_answers(web_request(), {{"-m rpfilter", kNo}, {"-m rpfilter --accept-local", kYes}}, host);
}

}  // namespace
}  // namespace pyfw
