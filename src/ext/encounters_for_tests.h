// Packets and a host for the tests of extensions.

#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "ext/evaluate.h"
#include "ext/set_index.h"

namespace pyfw {

inline Ip ip(const char* text) { return Ip::parse(text).value(); }

// A connection's first packet, to a web server: eth0, 192.0.2.1:50000 to 192.0.2.2:80.
inline Encounter web_request() {
  Encounter encounter{.packet = {.source = ip("192.0.2.1"),
                                 .destination = ip("192.0.2.2"),
                                 .protocol = kTcp,
                                 .source_port = 50000,
                                 .destination_port = 80,
                                 .tcp_flags = kSyn},
                      .hook = Hook::kInput,
                      .in_interface = "eth0"};
  CtTuple original{.source = encounter.packet.source,
                   .destination = encounter.packet.destination,
                   .protocol = kTcp,
                   .source_port = 50000,
                   .destination_port = 80};
  CtTuple reply{.source = original.destination,
                .destination = original.source,
                .protocol = kTcp,
                .source_port = 80,
                .destination_port = 50000};
  encounter.connection = Connection{.original = original, .reply = reply};
  return encounter;
}

// The same over IPv6, from 2001:db8::1 to 2001:db8::2.
inline Encounter web_request6() {
  auto encounter = web_request();
  auto& packet = encounter.packet;
  packet.source = encounter.connection->original.source = encounter.connection->reply.destination =
      ip("2001:db8::1");
  packet.destination = encounter.connection->original.destination = encounter.connection->reply.source =
      ip("2001:db8::2");
  return encounter;
}

// What routes would say is written down here.
class SurroundingsForTests : public Surroundings {
 public:
  std::map<std::pair<std::string, std::string>, AddressType> types;  // by address and interface
  std::optional<bool> rpfilter;
  bool is_source_own = false;  // then it passes if that is accepted
  SetIndex index;

  [[nodiscard]] std::optional<AddressType> address_type(const Ip& address,
                                                        std::string_view interface) const override {
    auto found = types.find({address.to_string(), std::string(interface)});
    return found == types.end() ? std::nullopt : std::optional(found->second);
  }
  [[nodiscard]] std::optional<bool> passes_rpfilter(const WayBack& back) const override {
    return is_source_own ? back.accepts_local : rpfilter;
  }
  [[nodiscard]] const SetIndex& sets() const override { return index; }
};

// The answer of one rule's text, of the packet's family.
inline Answer answer_of_rule(const std::string& text, const Encounter& encounter,
                             const SurroundingsForTests& host = SurroundingsForTests()) {
  return matches(compile(Rule{text}, encounter.packet.family()), encounter, host).answer;
}

struct RuleCase {
  const char* rule;
  Answer answer;
};
inline void expect_answers(const Encounter& encounter, std::initializer_list<RuleCase> cases,
                           const SurroundingsForTests& host = SurroundingsForTests()) {
  for (const auto& [rule, answer] : cases) EXPECT_EQ(answer_of_rule(rule, encounter, host), answer) << rule;
}

}  // namespace pyfw
