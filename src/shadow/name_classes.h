// Interface names, cut by all patterns that rules have for them: what no pattern tells apart is one class.
//
//   NameClasses names;
//   names.add("eth0", false);
//   names.add("br-", true);        // `br-+`
//   names.inside("br-", true);     // the classes of names that begin with br-

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pyfw {

class NameClasses {
 public:
  // The class of the empty name, of a packet that comes in, or goes out, nowhere.
  static constexpr std::uint32_t kNowhere = 0;

  void add(std::string_view name, bool is_prefix);

  [[nodiscard]] std::uint32_t count() const { return static_cast<std::uint32_t>(names_.size()); }
  // Ascending.
  [[nodiscard]] std::vector<std::uint32_t> inside(std::string_view name, bool is_prefix) const;
  // One of its names.
  [[nodiscard]] const std::string& name_of(std::uint32_t of_class) const { return names_[of_class]; }

 private:
  // One name for each class: those that stand in rules, for each prefix one that no rule names, and one that
  // no rule has a pattern for.
  std::vector<std::string> names_{"", "/"};
};

}  // namespace pyfw
