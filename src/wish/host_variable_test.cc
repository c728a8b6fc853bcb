#include "wish/host_variable.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wish/wishes_for_tests.h"

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Kind = HostVariable::Kind;

std::string kind_and_name(std::string_view name) {
  auto variable = host_variable_called(name);
  if (!variable) return told(variable);
  if (!*variable) return "none";
  constexpr std::array kKinds = {"external", "container", "network", "bridge"};
  EXPECT_EQ(name_of(**variable), name);
  return std::string(kKinds.at(static_cast<std::size_t>((*variable)->kind))) + " " + (*variable)->of;
}

TEST(HostVariables, AreKnownByTheirNames) {
  EXPECT_EQ(kind_and_name("external_interface"), "external ");
  EXPECT_EQ(kind_and_name("container:web"), "container web");
  EXPECT_EQ(kind_and_name("network:web_net.1"), "network web_net.1");
  EXPECT_EQ(kind_and_name("network:web:bridge"), "bridge web");
  for (const auto* name : {"", "office", "contianer:web", "Container:web", ":web"})
    EXPECT_EQ(kind_and_name(name), "none") << name;
}

TEST(HostVariables, ANameThatIsMissingOrOneTooManyIsAnError) {
  EXPECT_EQ(kind_and_name("container:"),
            "nowhere: '${container:}' names no container | write ${container:NAME}");
  EXPECT_EQ(kind_and_name("container"),
            "nowhere: '${container}' names no container | write ${container:NAME}");
  EXPECT_EQ(kind_and_name("network::bridge"),
            "nowhere: '${network::bridge}' names no network | write ${network:NAME}");
  EXPECT_EQ(kind_and_name("network:x:bridg"), "nowhere: a network has no 'bridg' | did you mean 'bridge'?");
  EXPECT_EQ(kind_and_name("network:x:"),
            "nowhere: a network has no '' | ${network:x} is its subnets, "
            "${network:x:bridge} its bridge");
  EXPECT_EQ(kind_and_name("network:x:bridge:y").substr(0, 38), "nowhere: a network has no 'bridge:y' |");
  EXPECT_EQ(kind_and_name("container:x:bridge"),
            "nowhere: a container has no 'bridge' | ${container:x} is its addresses");
}

TEST(HostVariables, ThoseOfTheRulesAreFoundInBothFamilies) {
  auto wishes =
      wishes_from({"pyfw_wishes:\n  vars: { office: 10.0.0.1 }\n  ip46tables:\n    filter:\n"
                   "      INPUT:\n        rules:\n        - a: -s ${office} -d ${container:web} -j DROP\n"
                   "        - -i ${network:x:bridge} -j DROP\n        - ~match: ${container:y}\n"});
  ASSERT_TRUE(wishes) << told(wishes);
  std::vector<std::string> names;
  for (const auto& [variable, family] : host_variables_in(*wishes))
    names.push_back(name_of(variable) + " " + std::string(name_of(family)));
  EXPECT_THAT(names, ElementsAre("container:web IPv4", "container:web IPv6", "network:x:bridge IPv4",
                                 "network:x:bridge IPv6"));
  EXPECT_TRUE(names_docker(*wishes));
}

TEST(HostVariables, WhatVarsDefinesDoesNotFollowTheHost) {
  auto wishes =
      wishes_from({"pyfw_wishes:\n  vars: { external_interface: ppp0 }\n  iptables:\n    filter:\n"
                   "      INPUT: { rules: ['-i ${external_interface} -j DROP', '-i ${open'] }\n"});
  ASSERT_TRUE(wishes) << told(wishes);
  EXPECT_THAT(host_variables_in(*wishes), IsEmpty());
  EXPECT_FALSE(names_docker(*wishes));
}

}  // namespace
}  // namespace pyfw
