#include "watch/status_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "ask/ink.h"
#include "base/strings.h"
#include "show/totals.h"

namespace pyfw {
namespace {

constexpr std::size_t kRepairsShown = 10;

std::string bytes_in_words(std::uint64_t bytes) {
  constexpr std::array kUnits = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
  std::size_t unit = 0;
  auto number = static_cast<double>(bytes);
  for (; number >= 1000 && unit + 1 < kUnits.size(); ++unit) number /= 1000;
  return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", number, kUnits[unit]);
}

std::string heading_of(const WishStatus& wish) {
  if (wish.kind == WishStatus::Kind::kSet) return "sets";
  return fmt::format("{} {} ({})", wish.chain.table, wish.chain.chain, program_of(wish.chain.family));
}

std::string name_of(const WishStatus& wish) {
  return escape_control(wish.kind == WishStatus::Kind::kPolicy ? "policy " + wish.name : wish.name);
}

std::string state_of(const WishStatus& wish, const Ink& ink) {
  if (!wish.left_out.empty()) return ink.yellow("left out");
  return wish.holds ? ink.green("holds   ") : ink.red("drifted ");
}

std::string details_of(const WishStatus& wish) {
  if (!wish.left_out.empty()) return escape_control(wish.left_out);
  if (!wish.counted) return {};
  return fmt::format("{:>12}  {:>9}", counted(wish.counted->packets, "packet", "packets"),
                     bytes_in_words(wish.counted->bytes));
}

std::string text_of_wishes(const Status& status, const Ink& ink) {
  std::string text;
  std::size_t width = 0;
  for (const auto& wish : status.each) width = std::max(width, name_of(wish).size());
  std::string heading;
  for (const auto& wish : status.each) {
    if (auto own = heading_of(wish); own != heading) {
      heading = own;
      text += fmt::format("\n{}\n", ink.bold(heading));
    }
    auto details = details_of(wish);
    text += fmt::format("  {}  ", state_of(wish, ink));
    text += details.empty() ? name_of(wish) : fmt::format("{:<{}}  {}", name_of(wish), width, details);
    text += '\n';
  }
  return text;
}

std::string text_of_damage(std::string_view what, const std::string& trouble, const Ink& ink) {
  return fmt::format("{}: {}\n", ink.red(what), escape_control(trouble));
}

// An error shows its place in lines of their own.
std::string indented(const std::string& text, std::string_view margin) {
  std::vector<std::string> lines;
  for (auto line : split(text, '\n')) lines.push_back(escape_control(line));
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  return join(lines, fmt::format("\n{}", margin));
}

std::string text_of_daemon(const Status& status, const Ink& ink) {
  if (!status.daemon_trouble.empty())
    return text_of_damage("What the daemon tells of itself can't be read", status.daemon_trouble, ink);
  if (!status.daemon) return "The daemon has never run: `pyfw watch` holds the wishes.\n";
  const auto& note = *status.daemon;
  if (!status.daemon_runs)
    return fmt::format("{} (it was started {})\n", ink.red("The daemon does not run"), note.since);
  auto text =
      fmt::format("The daemon runs since {} (pid {}){}.\n  listens to: {}\n", note.since, note.pid,
                  note.follows ? ", and follows edits" : "", escape_control(join(note.watched, ", ")));
  if (!note.standing.empty()) text += fmt::format("  now: {}\n", ink.yellow(indented(note.standing, "    ")));
  if (!note.edit.empty()) text += fmt::format("  {}\n", ink.yellow(indented(note.edit, "  ")));
  return text;
}

std::string text_of_repair(const Repair& repair, const Ink& ink) {
  auto who = repair.who.empty() ? std::string() : fmt::format(", after {} wrote", join(repair.who, ", "));
  if (!repair.failure.empty())
    return fmt::format("  {}  {}: {}\n", repair.time, ink.red("failed"), escape_control(repair.failure));
  return fmt::format("  {}  {} ({} ms{})\n", repair.time, escape_control(repair.what), repair.lasted_ms,
                     escape_control(who));
}

std::string text_of_history(const Status& status, const Ink& ink) {
  if (!status.history_trouble.empty())
    return text_of_damage("What was repaired can't be read", status.history_trouble, ink);
  const auto& history = status.history;
  if (history.newest.empty()) return status.daemon ? "Nothing has drifted yet while it ran.\n" : "";
  auto text = counted(history.repairs, "repair", "repairs");
  if (history.failures > 0)
    text += fmt::format(", {} failed", counted(history.failures, "attempt", "attempts"));
  auto shown = std::min(kRepairsShown, history.newest.size());
  text += history.newest.size() == 1 ? ":\n" : fmt::format(", the last {}:\n", shown);
  for (auto at = history.newest.end() - static_cast<std::ptrdiff_t>(shown); at != history.newest.end(); ++at)
    text += text_of_repair(*at, ink);
  return text;
}

}  // namespace

std::string as_text(const Status& status, bool colour) {
  Ink ink(colour);
  std::string text;
  auto drifted = std::ranges::count_if(status.each, [](const WishStatus& wish) { return !wish.holds; });
  auto from = status.wishes.empty() ? PYFW_CONFIG_DIR : escape_control(status.wishes);
  if (!status.is_known()) {
    text = fmt::format("{}: {}\n", ink.red("It can't be told whether the wishes hold"),
                       escape_control(status.trouble));
  } else if (!status.why_none.empty()) {
    text = status.why_none + "\n";
  } else if (status.drift.empty()) {
    text = fmt::format("{} of {}: {}\n", counted(status.each.size(), "wish", "wishes"), from,
                       ink.green("all hold"));
  } else {
    text = fmt::format("{} of {}: {}\nTo be done: {}\n", counted(status.each.size(), "wish", "wishes"), from,
                       ink.red(fmt::format("{} drifted", drifted)), escape_control(status.drift));
  }
  for (const auto& remark : status.remarks) text += ink.yellow(escape_control(remark)) + "\n";
  if (!status.pending.empty()) text += ink.yellow(status.pending) + "\n";
  text += text_of_wishes(status, ink);
  return text + "\n" + text_of_daemon(status, ink) + text_of_history(status, ink);
}

}  // namespace pyfw
