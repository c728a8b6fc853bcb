#include "doctor/examined_for_tests.h"

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(LookAtLimits, ATableOfConnectionsThatIsNearlyFullIsSaid) {
  Examined host;
  host.limits = {.connections = 79, .most_connections = 100};
  EXPECT_THAT(look_at_limits(host), IsEmpty());
  host.limits.connections = 80;
  EXPECT_EQ(severity_of(look_at_limits(host), "conntrack-nearly-full"), Severity::kWarning);
  host.limits.connections = 99;
  EXPECT_EQ(severity_of(look_at_limits(host), "conntrack-nearly-full"), Severity::kError);
  host.limits.most_connections = 0;
  EXPECT_THAT(look_at_limits(host), IsEmpty()) << "no limit";
}

TEST(LookAtLimits, WhatTheKernelLacksIsNamed) {
  Examined host;
  host.missing = {{.name = "conntrack", .needed_for = "Docker", .refusal = "Extension conntrack is missing"}};
  EXPECT_THAT(message_of(look_at_limits(host), "kernel-lacks"), HasSubstr("conntrack"));
}

TEST(LookAtPrograms, MissingAndOldOnesAreSaid) {
  Examined host;
  host.programs = {{.name = "iptables", .version = "iptables v1.8.9 (nf_tables)"},
                   {.name = "ipset", .version = "ipset v7.17, protocol version: 7"}};
  EXPECT_THAT(look_at_programs(host), IsEmpty());
  host.programs = {{.name = "iptables", .version = "iptables v1.6.2"},
                   {.name = "ipset", .version = "ipset v6.38, protocol version: 6"},
                   {.name = "ip6tables", .version = ""}};
  EXPECT_THAT(ids_of(look_at_programs(host)),
              ElementsAre("program-too-old", "program-too-old", "program-missing"));
  host.programs = {{.name = "iptables", .version = "unknown"}};
  EXPECT_THAT(look_at_programs(host), IsEmpty());
}

}  // namespace
}  // namespace pyfw
