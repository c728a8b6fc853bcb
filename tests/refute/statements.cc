#include "tests/refute/statements.h"

#include <fmt/ranges.h>

#include "ask/check.h"
#include "tests/random/save_text.h"
#include "wish/parse.h"

namespace pyfw {
namespace {

using Texts = std::vector<std::string>;

bool is_ipv4(const World& world) { return world.family == Family::kIpv4; }

std::string some_address(const World& world) {
  const auto& address = one_of(world.addresses);
  return is_ipv4(world) ? address : '[' + address + ']';
}

std::string some_prefix(const World& world) {
  auto length = static_cast<unsigned>(one_of(world.lengths) - any(4));
  return Prefix{.ip = ip(one_of(world.addresses)).masked(length), .length = length}.to_string();
}

std::string some_interface() {
  return "@" +
         one_of(Texts{"eth0", "eth0", "eth0", "eth1", "eth1", "docker0", "br1", "veth2", "veth6", "lo"});
}

std::string some_source_ports() {
  return one_of(Texts{":53", ":1024-65535", ":1-1023", ":50123", ":7-80", ":40000-60000"});
}

std::string one_who(const RandomHost& host) {
  const auto& world = *host.world;
  switch (any(host.has_docker ? 7 : 5)) {
    case 0: return some_address(world);
    case 1:
    case 2: return some_prefix(world);
    case 3: return "set:nets";
    case 4: return one_of(Texts{"set:hosts", "set:nets2", "set:hosts2"});
    case 5: return one_of(Texts{"network:bridge", "network:other"});
    default: return "container:" + one_of(Texts{"a", "b", "c", "d"});
  }
}

std::string quoted(const std::string& text) { return '\'' + text + '\''; }

std::string some_exceptions(const RandomHost& host, const std::string& at) {
  Texts out;
  for (int i = 1 + any(3); i > 0; --i)
    out.push_back(quoted(one_who(host) + (any(4) == 0 ? at : "") + (any(6) == 0 ? some_source_ports() : "")));
  return fmt::format("[ {} ]", fmt::join(out, ", "));
}

std::string some_from(const RandomHost& host) {
  auto at = any(2) == 0 ? some_interface() : "";
  auto ports = any(5) == 0 ? some_source_ports() : "";
  auto wide = any(3) == 0 ? some_prefix(*host.world) : "any";
  switch (any(6)) {
    case 0: return quoted("not " + one_who(host) + at);
    case 1: return fmt::format("[ {}, {} ]", quoted(some_prefix(*host.world) + at), quoted(wide + ports));
    case 2: return fmt::format("{{ {}, except: {} }}", quoted(wide + at + ports), some_exceptions(host, at));
    case 3: return fmt::format("{{ {}, except: {} }}", quoted(one_who(host)), some_exceptions(host, at));
    default: return quoted(wide + at + ports);
  }
}

std::string some_where(const RandomHost& host) {
  const auto& world = *host.world;
  switch (any(host.has_docker ? 9 : 7)) {
    case 0: return "host";
    case 1: return one_of(Texts{"set:hosts", "set:hosts2"});
    case 2:
    case 3: return is_ipv4(world) ? world.masquerade : '[' + world.masquerade + ']';
    case 7: return "container:" + one_of(Texts{"a", "b", "c", "d"});
    case 8: return one_of(Texts{"network:bridge", "network:other"});
    default: return some_address(world);
  }
}

std::string some_to(const RandomHost& host) {
  auto one = [&] {
    auto port =
        one_of(Texts{":80", ":8000", ":22", ":22-80", ":1-65535", ":7999-8001", ":53", ":20-30", ":50123"});
    auto ping = is_ipv4(*host.world) ? "/icmp" : "/icmpv6";
    return quoted(some_where(host) + one_of(Texts{port, port, port, port, port + "/tcp", port + "/udp",
                                                  port + "/udp", port + "/sctp", ping, "/gre"}));
  };
  if (any(4) != 0) return one();
  return fmt::format("[ {}, {} ]", one(), one());
}

struct Friends {
  std::string name;   // as an expectation has them
  std::string match;  // as a rule has them
};

Friends some_friends(const World& world) {
  switch (any(4)) {
    case 0: {
      const auto& address = one_of(world.addresses);
      return {.name = is_ipv4(world) ? address : '[' + address + ']', .match = "-s " + address + " "};
    }
    case 1: {
      auto prefix = some_prefix(world);
      return {.name = prefix, .match = "-s " + prefix + " "};
    }
    default: {
      auto set = one_of(Texts{"nets", "hosts", "nets2", "hosts2"});
      return {.name = "set:" + set, .match = fmt::format("-m set --match-set {} src ", set)};
    }
  }
}

}  // namespace

std::string guarded_ends(RandomHost& host) {
  auto friends = some_friends(*host.world);
  auto at = any(3) == 0 ? some_interface() : "";
  auto ports = any(3) == 0 ? some_source_ports() : "";
  auto is_told = [](const std::string& text, int chance) { return !text.empty() && any(chance) != 0; };
  auto match = friends.match;
  if (is_told(at, 3)) match += fmt::format("-i {} ", at.substr(1));
  if (is_told(ports, 3)) {
    auto range = ports.substr(1);
    std::ranges::replace(range, '-', ':');
    match += fmt::format("-p tcp -m tcp --sport {} ", range);
  }
  auto save = parse_save(host.rules.front().rules);
  for (auto& chain : save.back().chains) {  // of filter
    if (chain.name != "INPUT" && chain.name != "FORWARD") continue;
    auto denied = any(2) == 0 ? "DROP" : "REJECT --reject-with " + host.world->refusal;
    chain.rules.insert(chain.rules.begin(),
                       {{.match = match, .target = "ACCEPT"}, {.match = "", .target = denied}});
  }
  host.rules.front().rules = text_of(save);
  auto except = friends.name + (is_told(at, 4) ? at : "") + (is_told(ports, 4) ? ports : "");
  return fmt::format("from: {{ 'any{}', except: [ '{}' ] }}, to: {}", any(2) == 0 ? at : "", except,
                     some_to(host));
}

std::string random_ends(const RandomHost& host) {
  return fmt::format("from: {}, to: {}", some_from(host), some_to(host));
}

std::string text_of(const Statement& statement) {
  return fmt::format("{{ {}, is: {} }}", statement.ends, word_of(statement.is));
}

Result<Expectation> parse(const Statement& statement) {
  auto text = fmt::format("pyfw_wishes: {{ expectations: [ it: {} ] }}\n", text_of(statement));
  auto source = std::make_shared<Source>(Source{.name = "it", .text = text});
  TRY(auto wishes,
      parse_wishes({source}, [](const Source&, const Located& path) -> Result<std::shared_ptr<const Source>> {
        return fail(path.text + " is not there");
      }));
  return std::move(wishes.expectations.front());
}

}  // namespace pyfw
