#include "nf/ipset_save.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

namespace pyfw {
namespace {

std::string_view take_word(std::string_view& text) {
  auto word = text.substr(0, text.find(' '));
  text.remove_prefix(std::min(word.size() + 1, text.size()));
  return word;
}

class Parser {
 public:
  explicit Parser(const std::shared_ptr<const Source>& save) : save_(save), rest_(save->text) {}

  Result<Sets> parse() {
    while (!rest_.empty()) {
      ++line_number_;
      auto end = rest_.find('\n');
      TRY_VOID(line(rest_.substr(0, end)));
      rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    }
    return std::move(sets_);
  }

 private:
  Result<void> line(std::string_view line) {
    if (line.empty() || line.starts_with('#')) return {};
    if (line.find('\0') != std::string_view::npos) return error(line, "a NUL byte in the text of ipset save");
    auto rest = line;
    auto command = take_word(rest);
    auto name = take_word(rest);
    if (command == "create") return create(line, name, rest);
    if (command == "add") return add(line, name, rest);
    return error(line, "no line that ipset save prints");
  }

  Result<void> create(std::string_view line, std::string_view name, std::string_view rest) {
    auto type = take_word(rest);
    if (name.empty() || type.empty()) return error(line, "a set needs a name and a type");
    if (!by_name_.emplace(std::string(name), sets_.size()).second)
      return error(line, fmt::format("set '{}' is created a second time", name));
    last_ = sets_.size();
    sets_.push_back(Set{.name = std::string(name), .type = std::string(type), .header = std::string(rest)});
    return {};
  }

  Result<void> add(std::string_view line, std::string_view name, std::string_view member) {
    if (member.empty()) return error(line, "a member is missing");
    if (sets_.empty() || sets_[last_].name != name) {
      auto found = by_name_.find(std::string(name));
      if (found == by_name_.end()) return error(line, fmt::format("no set '{}' was created before", name));
      last_ = found->second;
    }
    auto& members = sets_[last_].members;
    // A set that is large already may take up the rest of the text.
    constexpr std::size_t kLarge = 4096;
    if (members.size() == kLarge) members.reserve(kLarge + lines_left());
    members.emplace_back(member);
    return {};
  }

  [[nodiscard]] std::size_t lines_left() const {
    return static_cast<std::size_t>(std::ranges::count(rest_, '\n')) + 1;
  }

  std::unexpected<Error> error(std::string_view line, std::string message) {
    return bad_input(Place{.source = save_,
                           .line = line_number_,
                           .column = 1,
                           .length = std::max<std::size_t>(line.size(), 1)},
                     std::move(message), "expected create NAME TYPE … or add NAME MEMBER");
  }

  const std::shared_ptr<const Source>& save_;
  std::string_view rest_;  // from the line that is being read
  std::size_t line_number_ = 0;
  Sets sets_;
  std::unordered_map<std::string, std::size_t> by_name_;
  std::size_t last_ = 0;
};

}  // namespace

Result<Sets> parse_ipset_save(const std::shared_ptr<const Source>& save) { return Parser(save).parse(); }

std::string write_ipset_save(std::span<const Set> sets) {
  std::string out;
  for (const auto& set : sets) {
    out += "create " + set.name + ' ' + set.type;
    if (!set.header.empty()) out += ' ' + set.header;
    out += '\n';
    for (const auto& member : set.members) {
      out += "add ";
      out += set.name;
      out += ' ';
      out += member;
      out += '\n';
    }
  }
  return out;
}

}  // namespace pyfw
