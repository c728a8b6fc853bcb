#include "events/legacy_poll.h"

#include <netinet/in.h>
#include <sys/socket.h>

// Behind libc's, with which they share names.
#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <functional>
#include <string_view>
#include <vector>

#include "netlink/legacy_tables.h"
#include "sys/process.h"

namespace pyfw {
namespace {

using namespace std::chrono_literals;

// So that looking at all of the rules takes no more than this part of the time.
constexpr int kPartOfTime = 200;
constexpr auto kMostOften = 500ms;

struct Questions {
  int level;
  int info;
  int entries;
};

Questions questions_of(Family family) {
  if (family == Family::kIpv4) return {IPPROTO_IP, IPT_SO_GET_INFO, IPT_SO_GET_ENTRIES};
  return {IPPROTO_IPV6, IP6T_SO_GET_INFO, IP6T_SO_GET_ENTRIES};
}

// The two families' structures are alike.
static_assert(sizeof(ipt_getinfo) == sizeof(ip6t_getinfo));
static_assert(offsetof(ipt_get_entries, entrytable) == offsetof(ip6t_get_entries, entrytable));

std::optional<ipt_getinfo> info_of(const Fd& socket, Family family, const std::string& table) {
  ipt_getinfo info{};
  socklen_t size = sizeof(info);
  auto asked = questions_of(family);
  if (table.size() >= sizeof(info.name)) return {};
  std::ranges::copy(table, static_cast<char*>(info.name));
  if (getsockopt(socket.get(), asked.level, asked.info, &info, &size) != 0) return {};
  return info;
}

// Without counters, and without the field in which the kernel notes where it came from.
template <typename Entry>
std::uint64_t hash_of(const char* entries, std::size_t size) {
  std::uint64_t hash = 0;
  auto mix = [&](const char* bytes, std::size_t length) {
    hash = hash * 31 + std::hash<std::string_view>()({bytes, length});
  };
  for (std::size_t at = 0; at + sizeof(Entry) <= size;) {
    Entry entry;
    std::memcpy(&entry, entries + at, sizeof(entry));
    if (entry.next_offset < sizeof(Entry) || at + entry.next_offset > size) break;
    mix(entries + at, offsetof(Entry, comefrom));
    mix(entries + at + sizeof(Entry), entry.next_offset - sizeof(Entry));
    at += entry.next_offset;
  }
  return hash;
}

// Of a table whose name GET_INFO has taken.
std::uint64_t hash_of_rules(const Fd& socket, Family family, const std::string& table, std::uint32_t size) {
  constexpr auto kHead = offsetof(ipt_get_entries, entrytable);
  std::vector<char> answer(kHead + size);
  std::ranges::copy(table, answer.data() + offsetof(ipt_get_entries, name));
  std::memcpy(answer.data() + offsetof(ipt_get_entries, size), &size, sizeof(size));
  auto length = static_cast<socklen_t>(answer.size());
  auto asked = questions_of(family);
  // Where somebody writes at this moment the size is another one: then GET_INFO tells.
  if (getsockopt(socket.get(), asked.level, asked.entries, answer.data(), &length) != 0) return 0;
  return family == Family::kIpv4 ? hash_of<ipt_entry>(answer.data() + kHead, size)
                                 : hash_of<ip6t_entry>(answer.data() + kHead, size);
}

}  // namespace

Result<LegacyPoll> LegacyPoll::open() {
  Fd ipv4(socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW));
  if (!ipv4.valid()) return system_error("a raw socket, to ask for the rules of iptables-legacy");
  // A kernel without IPv6 has no rules for it.
  LegacyPoll poll(std::move(ipv4), Fd(socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW)));
  poll.has_changed();
  return poll;
}

void LegacyPoll::find_tables() {
  tables_.clear();
  for (auto family : kFamilies)
    if (socket_of(family).valid())
      for (auto& table : legacy_tables(family)) tables_.emplace_back(family, std::move(table));
}

bool LegacyPoll::has_changed() {
  auto begin = std::chrono::steady_clock::now();
  bool looks_at_rules = begin >= look_at_rules_;
  bool changed = false;
  decltype(seen_) now;
  if (looks_at_rules) find_tables();
  for (const auto& [family, table] : tables_) {
    auto info = info_of(socket_of(family), family, table);
    if (!info) continue;
    auto before = seen_.find({family, table});
    Seen seen{.info = std::string(reinterpret_cast<const char*>(&*info), sizeof(*info)),
              .rules = before == seen_.end() ? 0 : before->second.rules};
    bool is_other = before == seen_.end() || before->second.info != seen.info;
    if (looks_at_rules || is_other) {
      seen.rules = hash_of_rules(socket_of(family), family, table, info->size);
      is_other = is_other || before->second.rules != seen.rules;
    }
    changed = changed || is_other;
    now.emplace(std::pair(family, table), std::move(seen));
  }
  changed = changed || now.size() != seen_.size();
  seen_ = std::move(now);
  if (looks_at_rules) {
    auto end = std::chrono::steady_clock::now();
    look_at_rules_ =
        end + std::max<std::chrono::steady_clock::duration>(kMostOften, (end - begin) * kPartOfTime);
  }
  return changed;
}

}  // namespace pyfw
