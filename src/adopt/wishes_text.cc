#include <fmt/format.h>

#include <string_view>

#include "adopt/adopted.h"

namespace pyfw {
namespace {

class TextWriter {
 public:
  void line(int depth, std::string_view text) {
    out_.append(static_cast<std::size_t>(depth) * 2, ' ');
    out_ += text;
    out_ += '\n';
  }
  void remarks(int depth, const std::vector<std::string>& remarks) {
    for (const auto& remark : remarks) line(depth, remark.empty() ? "#" : "# " + remark);
  }

  void set(const AdoptedSet& set) {
    remarks(2, set.remarks);
    line(2, set.name + ":");
    line(3, "type: " + set.type);
    if (!set.options.empty()) line(3, "options:");
    for (const auto& [name, value] : set.options) line(4, fmt::format("{}: {}", name, value));
    if (!set.members_file.empty()) line(3, "members_file: " + set.members_file);
    if (set.members_key.empty()) return;
    line(3, set.members_key + (set.members.empty() ? ": []" : ":"));
    for (const auto& member : set.members) line(3, "- " + member);
  }

  void chains(std::string_view section, const std::vector<AdoptedChain>& chains) {
    if (chains.empty()) return;
    line(1, fmt::format("{}:", section));
    std::string_view table;
    for (const auto& chain : chains) {
      if (chain.table != table) line(2, chain.table + ":");
      table = chain.table;
      this->chain(chain);
    }
  }

  std::string take() { return std::move(out_); }

 private:
  void chain(const AdoptedChain& chain) {
    remarks(3, chain.remarks);
    line(3, chain.name + ":");
    if (!chain.default_action.empty()) line(4, "default_action: " + chain.default_action);
    if (chain.entries.empty() && chain.default_action.empty()) line(4, "rules: []");
    if (!chain.entries.empty()) line(4, "rules:");
    for (const auto& entry : chain.entries) {
      remarks(4, entry.remarks);
      line(4, "- " + entry.name + (entry.name.empty() ? "" : ":") +
                  (entry.name.empty() || entry.text.empty() ? "" : " ") + entry.text);
    }
    remarks(4, chain.last_remarks);
  }

  std::string out_{};
};

}  // namespace

std::string wishes_text(const AdoptedWishes& wishes) {
  TextWriter text;
  text.remarks(0, wishes.remarks);
  text.line(0, wishes.empty() ? "pyfw_wishes: {}" : "pyfw_wishes:");
  if (wishes.needs_dollar) {
    text.line(1, "vars:");
    text.line(2, "dollar: $");
  }
  if (!wishes.sets.empty()) text.line(1, "ipsets:");
  for (const auto& set : wishes.sets) text.set(set);
  text.chains("ip46tables", wishes.of_both);
  text.chains("iptables", wishes.of_ipv4);
  text.chains("ip6tables", wishes.of_ipv6);
  return text.take();
}

}  // namespace pyfw
