// Rules in spellings that are not the kernel's: once applied, they are there, and stay.

#include <fmt/format.h>

#include <span>

#include "live.h"

namespace pyfw::netns {
namespace {

using testing::ElementsAre;

class Spellings : public LiveTest {};

constexpr const char* kBoth[] = {
    "-m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT",
    "-m state --state NEW,ESTABLISHED -j ACCEPT",
    "-p 6 --dport ssh -j ACCEPT",
    "-ptcp --dport=22 -jACCEPT",
    "--protocol tcp --destination-port 22 --jump ACCEPT",
    "--proto TCP --dport 22 -j ACCEPT",
    "-p tcp --syn -j ACCEPT",
    "-p tcp ! --syn -m conntrack --ctstate NEW -j DROP",
    "-p tcp --tcp-flags ALL NONE -j DROP",
    "-p tcp --dport 1024: -j ACCEPT",
    "-p tcp --sport :1023 -j ACCEPT",
    "-p udp -m multiport --dports 53,domain,67:68 -j ACCEPT",
    "-i + -j ACCEPT",
    "-p all -j ACCEPT",
    "-p 0 -j ACCEPT",
    "-i eth+ -j ACCEPT",
    "-j ACCEPT -p tcp -i lo",
    "-m comment --comment 'single quotes' -j ACCEPT",
    "-m comment --comment \"double \\\"quotes\\\"\" -j ACCEPT",
    "-m comment --comment back\\ slash -j ACCEPT",
    "-m comment --comment \"\" -j ACCEPT",
    "-m comment --comment first -m comment --comment second -j ACCEPT",
    "-m limit --limit 5/min -j ACCEPT",
    "-m limit --limit 300/hour --limit-burst 5 -j ACCEPT",
    "-m mac --mac-source aa:bb:cc:dd:ee:ff -j ACCEPT",
    "-m mark --mark 1 -j ACCEPT",
    "-m mark ! --mark 0x10/0xff -j ACCEPT",
    "-m pkttype --pkt-type broadcast -j ACCEPT",
    "-m addrtype --dst-type LOCAL -j ACCEPT",
    "-m recent --name ssh --set -j ACCEPT",
    "-m recent --update --seconds 60 --hitcount 4 -j DROP",
    "-m string --string 'a b' --algo bm -j DROP",
    "-m connlimit --connlimit-above 5 -j DROP",
    "-m hashlimit --hashlimit-upto 5/sec --hashlimit-name x -j ACCEPT",
    "-m statistic --mode random --probability 0.5 -j ACCEPT",
    "-j REJECT",
    "-p tcp -j REJECT --reject-with tcp-reset",
    "-j LOG --log-level warning --log-prefix 'two words '",
    "-j LOG --log-level 7",
    "-j NFLOG --nflog-group 5",
    "-j RETURN",
    "-j CT_USER_CHAIN",
    "--goto CT_USER_CHAIN",
};
constexpr const char* kIpv4[] = {
    "-s 10.0.0.5 -j ACCEPT",
    "-s 10.0.0.5/8 -j ACCEPT",
    "-s 10/8 -j ACCEPT",
    "-s 0/0 -j ACCEPT",
    "-s 0.0.0.0/0 -j ACCEPT",
    "-s 10.0.0.0/255.0.0.0 -j ACCEPT",
    "-s 10.0.0.0/255.0.255.0 -j ACCEPT",
    "-s 10.0.0.1,10.0.0.2 -d 10.1.0.1,10.1.0.2 -j ACCEPT",
    "-s 10.0.0.1,10.0.0.1 -j ACCEPT",
    "! -s 10.0.0.5 -j ACCEPT",
    "--src 10.0.0.1 --dst 10.0.0.2 -j ACCEPT",
    "-p icmp --icmp-type ping -j ACCEPT",
    "-p icmp --icmp-type any -j ACCEPT",
    "-p icmp --icmp-type 3/4 -j ACCEPT",
    "-m iprange --src-range 10.0.0.1-10.0.0.9 -j ACCEPT",
    "-m ttl --ttl-lt 5 -j DROP",
    "-m conntrack --ctorigdst 10.0.0.5 --ctorigdstport 80 -j ACCEPT",
    "-f -j DROP",
    "-j REJECT --reject-with host-prohib",
    "-m policy --pol ipsec --dir in -j ACCEPT",
    "-m addrtype --dst-type LOCAL,BROADCAST -j ACCEPT",
};
constexpr const char* kIpv6[] = {
    "-s 2001:DB8::0:5 -j ACCEPT",
    "-s 2001:db8::5/32 -j ACCEPT",
    "-s ::/0 -j ACCEPT",
    "-s 2001:db8::1,2001:db8::2 -j ACCEPT",
    "-p icmpv6 --icmpv6-type router-advertisement -j ACCEPT",
    "-p ipv6-icmp -m icmp6 --icmpv6-type 128/0 -j ACCEPT",
    "-m hl --hl-eq 255 -j ACCEPT",
    "-j REJECT --reject-with adm-prohibited",
};

std::string chain_of(std::span<const char* const> texts, std::string_view names) {
  std::string out = "      SPELT:\n        rules:\n";
  int number = 0;
  for (std::string_view text : texts) {
    std::string quoted;
    for (char c : text) quoted += c == '\'' ? std::string("''") : std::string(1, c);
    // With a comment of its own a rule can't have a name.
    bool named = !names.empty() && text.find("--comment") == std::string_view::npos;
    out += named ? fmt::format("        - {}{}: '{}'\n", names, ++number, quoted)
                 : fmt::format("        - '{}'\n", quoted);
  }
  return out + "      CT_USER_CHAIN:\n        rules: []\n";
}

TEST_P(Spellings, StayFulfilledOnceApplied) {
  for (std::string_view names : {"", "rule"}) {
    fresh_host();
    wish("pyfw_wishes:\n  iptables:\n    filter:\n" + chain_of(kIpv4, names) + "  ip6tables:\n    filter:\n" +
         chain_of(kIpv6, names) + "  ip46tables:\n    mangle:\n" +
         chain_of(std::span(kBoth).first(std::size(kBoth) - 8), names) +
         "    filter:\n      SPELT:\n        rules:\n" +
         "        - '-j REJECT'\n        - '-j LOG --log-level warning --log-prefix \"two words \"'\n");
    apply_both_ways_and_expect_fulfilled();
  }
}

TEST_P(Spellings, StayFulfilledInChainsOfBothFamilies) {
  wish("pyfw_wishes:\n  ip46tables:\n    filter:\n" + chain_of(kBoth, ""));
  apply_both_ways_and_expect_fulfilled();
}

TEST_P(Spellings, OfTargetsInNatAndMangleStayFulfilled) {
  wish(R"(
pyfw_wishes:
  iptables:
    nat:
      PREROUTING:
        rules:
        - -p tcp --dport 80 -j DNAT --to 10.0.0.1:8080
        - -p tcp --dport 81 -j REDIRECT --to-port 8081
      POSTROUTING:
        rules:
        - -s 10.0.0.0/8 -j SNAT --to 192.0.2.1-192.0.2.5
        - -j MASQUERADE --random
    mangle:
      PREROUTING:
        rules:
        - -j MARK --set-mark 1
        - -j MARK --or-mark 0x10
        - -j CONNMARK --save-mark
        - -j TOS --set-tos Minimize-Delay
        - -j DSCP --set-dscp-class EF
      FORWARD:
        rules:
        - -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu
    raw:
      PREROUTING:
        rules:
        - -p tcp --dport 21 -j CT --helper ftp
        - -j NOTRACK
)");
  auto run = pyfw({});
  if (run.err.find("--helper ftp") != std::string::npos)
    GTEST_SKIP() << "no conntrack helper here: " << run.err;
  apply_both_ways_and_expect_fulfilled();
}

// Commands are given the kernel's spelling, so that they say what will stand there.
TEST_P(Spellings, AreShownAsTheKernelWillShowThem) {
  wish(
      "pyfw_wishes:\n  iptables:\n    filter:\n      INPUT:\n        rules:\n        - r: -p 6 --dport ssh "
      "-s 10.0.0.5 -j ACCEPT\n");
  EXPECT_EQ(pyfw({}).out,
            std::string(kTheseCommands) +
                "iptables -w -t filter -I INPUT 1 -s 10.0.0.5/32 -p tcp -m tcp --dport 22 -m comment "
                "--comment r -j ACCEPT\n");
  apply();
  EXPECT_THAT(rules("INPUT"),
              ElementsAre("-s 10.0.0.5/32 -p tcp -m tcp --dport 22 -m comment --comment r -j ACCEPT"));
}

PYFW_ON_BOTH_BACKENDS(Spellings);

}  // namespace
}  // namespace pyfw::netns
