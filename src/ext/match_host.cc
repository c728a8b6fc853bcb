#include <algorithm>

#include "base/strings.h"
#include "ext/make_conditions.h"
#include "ext/matches.h"

namespace pyfw {
namespace {

// Without a socket the kernel lets pass just what is asked for inverted.
bool add_owner(Conditions& out, NumberField field, bool inverted, std::optional<NumberRange> range) {
  if (!range) return false;
  add(out, NumberIn{.field = field, .inverted = inverted, .if_absent = inverted, .range = *range});
  return true;
}

// "src,dst": what the set's dimensions are taken from.
bool parse_dimensions(std::string_view text, InSet& asked) {
  auto sides = split(text, ',');
  if (sides.size() > 6) return false;
  asked.dimensions = static_cast<std::uint8_t>(sides.size());
  for (std::size_t i = 0; i < sides.size(); ++i) {
    if (sides[i] != "src" && sides[i] != "dst") return false;
    if (sides[i] == "src") asked.sources = static_cast<std::uint8_t>(asked.sources | (1U << i));
  }
  return true;
}

bool is_counter_option(std::string_view option) {
  return option == "--packets-eq" || option == "--packets-lt" || option == "--packets-gt" ||
         option == "--bytes-eq" || option == "--bytes-lt" || option == "--bytes-gt";
}

// A member whose counters don't fit is none, so that a packet that no member fits is known either way.
void with_counters(InSet asked, Conditions& out) {
  Unknowable counters{.reason = "what the members' counters say"};
  if (asked.inverted) {
    add(out, AnyOf{.conditions = {Condition{std::move(asked)}, Condition{counters}}});
  } else {
    add(out, std::move(asked));
    add(out, counters);
  }
}

}  // namespace

bool match_comment(Words& words, Family /*unused*/, Conditions& /*unused*/) {
  if (words.next_option() != "--comment") return false;
  words.value();
  return words.at_end();
}

bool match_mark(Words& words, Family /*unused*/, Conditions& out) {
  if (words.next_option() != "--mark") return false;
  bool inverted = words.is_inverted();
  auto mark = parse_masked(words.value());
  if (!mark) return false;
  auto asked = bits_are(NumberField::kMark, mark->value, mark->mask);
  asked.inverted = inverted;
  add(out, std::move(asked));
  return words.at_end();
}

bool match_owner(Words& words, Family /*unused*/, Conditions& out) {
  constexpr std::uint32_t kGreatest = 0xffffffff;
  while (!words.at_end()) {
    auto option = words.next_option();
    bool inverted = words.is_inverted();
    if (option == "--socket-exists") {
      add(out, number_is(NumberField::kSocket, inverted ? 0 : 1));
    } else if (option == "--suppl-groups") {
      // The groups that a process is in besides its own are not known, and so none of its groups.
      add(out, AnyOf{.conditions = {Condition{number_is(NumberField::kSocket, 0)},
                                    Condition{Unknowable{.reason = "which groups the process is in"}}}});
    } else if (option == "--uid-owner") {
      if (!add_owner(out, NumberField::kUid, inverted, parse_range(words.value(), kGreatest, '-')))
        return false;
    } else if (option == "--gid-owner") {
      if (!add_owner(out, NumberField::kGid, inverted, parse_range(words.value(), kGreatest, '-')))
        return false;
    } else {
      return false;
    }
  }
  return true;
}

bool match_cgroup(Words& /*unused*/, Family /*unused*/, Conditions& out) {
  add(out, number_is(NumberField::kSocket, 1));
  add(out, Unknowable{.reason = "which control group the process is in"});
  return true;
}

// No packet of ours went through IPsec.
bool match_policy(Words& words, Family /*unused*/, Conditions& out) {
  while (!words.at_end()) {
    if (words.next_option() != "--pol") continue;
    if (words.value() != "none") add(out, Never{});
  }
  return true;
}

// `--set` only remembers the address, and matches always.
bool match_recent(Words& words, Family /*unused*/, Conditions& out) {
  while (!words.at_end()) {
    auto option = words.next_option();
    if (option != "--set") continue;
    if (words.is_inverted()) add(out, Never{});
    return true;
  }
  add(out, Unknowable{.reason = "which packets came before"});
  return true;
}

bool match_statistic(Words& words, Family /*unused*/, Conditions& out) {
  bool is_random = words.next_option() == "--mode" && words.value() == "random";
  add(out, Unknowable{.reason = is_random ? "chance" : "how many packets came before"});
  return true;
}

bool match_set(Words& words, Family /*unused*/, Conditions& out) {
  InSet asked;
  bool has_counters = false;
  while (!words.at_end()) {
    auto option = words.next_option();
    if (option == "--match-set") {
      asked.inverted = words.is_inverted();
      asked.name = words.value();
      if (!parse_dimensions(words.value(), asked)) return false;
    } else if (option == "--return-nomatch") {
      asked.return_nomatch = true;
    } else if (is_counter_option(option)) {
      has_counters = true;
      words.value();
    } else if (option != "--update-counters" && option != "--update-subcounters") {
      return false;
    }
  }
  if (asked.name.empty()) return false;
  if (has_counters) {
    with_counters(std::move(asked), out);
  } else {
    add(out, std::move(asked));
  }
  return true;
}

}  // namespace pyfw
