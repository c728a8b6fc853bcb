#include "wish.h"

#include <fmt/format.h>

#include <algorithm>

namespace pyfw::races {
namespace {

class Wishing {
 public:
  explicit Wishing(std::mt19937& random) : random_(random) {}

  Wish wish() {
    Wish wish;
    wish.has_own_chain = any(2) == 0;
    if (any(2) == 0) wish.members = members();
    WishedRules forward{.table = "filter", .chain = "FORWARD", .policy = any(2) == 0 ? "DROP" : ""};
    forward.items = rules("-i eth0 -o docker0", 5);
    put(forward.items, ours("always", "-i eth2", "ACCEPT"));
    put_rest(forward.items);
    // It claims what ~rest before it would else have taken; wherever it stands, it comes to its place.
    if (any(3) == 0) put(forward.items, {.kind = WishedItem::Kind::kMatch});
    WishedRules input{.table = "filter", .chain = "INPUT"};
    input.items = rules("-i eth0", 3);
    if (wish.members) put(input.items, ours("set", fmt::format("-m set --match-set {} src", kSet), "ACCEPT"));
    if (wish.has_own_chain) put(input.items, ours("jump", "-i eth1", kOwnChain));
    put_rest(input.items);
    WishedRules docker{.table = "filter", .chain = "DOCKER"};
    docker.items = rules("-o docker0", 3);
    put_rest(docker.items);
    WishedRules own{.table = "filter", .chain = kOwnChain};
    if (wish.has_own_chain) {
      own.items = rules("-p tcp", 3);
      put(own.items, ours("always", "-p udp", "RETURN"));
    }
    WishedRules mangle{.table = "mangle", .chain = "PREROUTING"};
    if (any(4) == 0) mangle.items = rules("-i eth0", 2);
    wish.chains = {std::move(forward), std::move(input), std::move(docker), std::move(own),
                   std::move(mangle)};
    return wish;
  }

 private:
  std::size_t any(std::size_t below) {
    return std::uniform_int_distribution<std::size_t>(0, below - 1)(random_);
  }

  static WishedItem ours(const std::string& name, const std::string& match, const std::string& target) {
    return {.kind = WishedItem::Kind::kOurs,
            .name = name,
            .text = fmt::format("{} -m comment --comment {} -j {}", match, name, target)};
  }

  // Some of `most`, in any order.
  std::vector<WishedItem> rules(const std::string& match, std::size_t most) {
    std::vector<WishedItem> items;
    for (std::size_t i = 0; i < most; ++i)
      if (any(4) != 0)
        items.push_back(ours(fmt::format("wish_{}", i), fmt::format("-s 192.0.2.{}/32 {}", any(3), match),
                             any(2) == 0 ? "ACCEPT" : "DROP"));
    std::ranges::shuffle(items, random_);
    return items;
  }

  void put(std::vector<WishedItem>& items, WishedItem item) {
    items.insert(items.begin() + static_cast<std::ptrdiff_t>(any(items.size() + 1)), std::move(item));
  }

  // Mostly something stands behind all others; else ~rest is left out now and then.
  void put_rest(std::vector<WishedItem>& items) {
    if (any(4) != 0) put(items, {.kind = WishedItem::Kind::kRest});
  }

  std::vector<std::string> members() {
    std::vector<std::string> out;
    for (int i = 1; i < 20; ++i)
      if (any(2) == 0) out.push_back(fmt::format("203.0.113.{}", i));
    return out;
  }

  std::mt19937& random_;
};

std::string as_yaml(const WishedItem& item) {
  switch (item.kind) {
    case WishedItem::Kind::kRest: return "        - ~rest:\n";
    case WishedItem::Kind::kMatch: return "        - ~match: '-j DOCKER-USER$|^-i docker0 ! -o docker0'\n";
    case WishedItem::Kind::kOurs: break;
  }
  return fmt::format("        - {}: '{}'\n", item.name, item.text);
}

}  // namespace

Wish random_wish(std::mt19937& random) { return Wishing(random).wish(); }

std::string as_yaml(const Wish& wish) {
  std::string yaml = "pyfw_wishes:\n";
  if (wish.members)
    yaml += fmt::format("  ipsets:\n    {}: {{ type: 'hash:ip', members_equal: [{}] }}\n", kSet,
                        fmt::join(*wish.members, ", "));
  yaml += "  iptables:\n";
  std::string table;
  for (const auto& rules : wish.chains) {
    if (rules.policy.empty() && rules.items.empty()) continue;
    if (rules.table != table) yaml += fmt::format("    {}:\n", rules.table);
    table = rules.table;
    yaml += fmt::format("      {}:\n", rules.chain);
    if (!rules.policy.empty()) yaml += fmt::format("        default_action: {}\n", rules.policy);
    if (rules.items.empty()) continue;
    yaml += "        rules:\n";
    for (const auto& item : rules.items) yaml += as_yaml(item);
  }
  return yaml;
}

}  // namespace pyfw::races
