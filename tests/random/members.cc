#include "tests/random/members.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <sstream>

namespace pyfw {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) out.push_back(line);
  return out;
}

std::string text_of(const std::vector<std::string>& lines) {
  return fmt::format("{}\n", fmt::join(lines, "\n"));
}

std::string some_network(const World& world) {
  auto length = static_cast<unsigned>(one_of(world.lengths)) - static_cast<unsigned>(any(4));
  return Prefix{.ip = ip(one_of(world.addresses)).masked(length), .length = length}.to_string();
}

// What follows the name in `add`.
std::string some_member(const std::string& set, const World& world) {
  if (set.starts_with("hosts")) return one_of(world.addresses);
  if (set.starts_with("nets")) return some_network(world) + (any(3) == 0 ? " nomatch" : "");
  auto port = one_of(std::vector{80, 22, 8000, 50123, 7, 81});
  if (set == "ports") return std::to_string(port);
  if (set == "pairs")
    return fmt::format("{},{}:{}", one_of(world.addresses), any(4) == 0 ? "udp" : "tcp", port);
  return one_of(std::vector<std::string>{"nets", "hosts", "ports", "nets2", "hosts2"});
}

// The same one is not added twice, also not as its opposite.
bool is_there(const std::vector<std::string>& lines, const std::string& line) {
  auto element = line.substr(0, line.find(" nomatch"));
  return contains(lines, element) || contains(lines, element + " nomatch");
}

}  // namespace

std::string random_sets(const World& world) {
  auto family = world.family == Family::kIpv4 ? "inet" : "inet6";
  std::string out;
  for (const auto& [set, type] : {std::pair{"nets2", "net"}, {"hosts2", "ip"}})
    out += fmt::format("create {} hash:{} family {} hashsize 1024 maxelem 65536\n", set, type, family);
  out += world.sets + kOtherSets;
  for (const auto* set : {"nets2", "hosts2"})
    for (int i = any(4); i > 0; --i)
      if (auto line = fmt::format("add {} {}", set, some_member(set, world)); !is_there(lines_of(out), line))
        out += line + "\n";
  return out;
}

std::string with_member_added(const std::string& sets, const World& world) {
  auto set = one_of(std::vector<std::string>{"nets", "nets", "hosts", "ports", "pairs", "list"});
  auto line = fmt::format("add {} {}", set, some_member(set, world));
  return is_there(lines_of(sets), line) ? sets : sets + line + "\n";
}

std::string with_member_removed(const std::string& sets) {
  auto lines = lines_of(sets);
  std::vector<std::size_t> members;
  for (std::size_t i = 0; i < lines.size(); ++i)
    if (lines[i].starts_with("add ")) members.push_back(i);
  lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(one_of(members)));
  return text_of(lines);
}

std::string with_sets_swapped(const std::string& sets) {
  auto lines = lines_of(sets);
  std::string one = any(2) == 0 ? "add nets" : "add hosts";
  for (auto& line : lines) {
    if (line.starts_with(one + " ")) {
      line.insert(one.size(), "2");
    } else if (line.starts_with(one + "2 ")) {
      line.erase(one.size(), 1);
    }
  }
  return text_of(lines);
}

}  // namespace pyfw
