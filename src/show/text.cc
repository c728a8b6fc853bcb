#include "show/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string_view>

#include "base/strings.h"
#include "show/rule_words.h"
#include "show/totals.h"

namespace pyfw {
namespace {

using Kind = RuleLine::Kind;

constexpr std::size_t kMembersShown = 10;

// Escape sequences of a terminal (ECMA-48, "select graphic rendition").
constexpr std::string_view kPlain = "";
constexpr std::string_view kRed = "\x1b[31m";
constexpr std::string_view kGreen = "\x1b[32m";
constexpr std::string_view kYellow = "\x1b[33m";
constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kNotBold = "\x1b[22m";
constexpr std::string_view kReset = "\x1b[0m";

// Where a rule stands, in the columns that it takes on the screen.
struct Number {
  std::string text;
  std::size_t columns;
};

Number number_of(const RuleLine& line) {
  if (line.kind != Kind::kMoved) {
    auto text = std::to_string(line.kind == Kind::kRemoved ? line.from : line.to);
    return {text, text.size()};
  }
  auto from = std::to_string(line.from);
  auto to = std::to_string(line.to);
  return {from + "→" + to, from.size() + 1 + to.size()};
}

class Page {
 public:
  explicit Page(bool colour) : colour_(colour) {}

  void heading(std::string_view what, std::string_view remark) {
    if (!out_.empty()) out_ += '\n';
    paint(kBold);
    out_ += what;
    paint(kReset);
    out_ += remark;
    out_ += '\n';
  }

  void line(std::string_view colour, std::string_view text) {
    out_ += "  ";
    if (!colour.empty()) paint(colour);
    out_ += text;
    if (!colour.empty()) paint(kReset);
    out_ += '\n';
  }

  void rule(std::string_view colour, char mark, const std::string& number, const Rule& rule) {
    auto text = fmt::format("{} {}  ", mark, number);
    auto name = name_of(rule);
    if (!name.empty())
      text += fmt::format("{}{}:{} ", colour_ ? kBold : kPlain, escape_control(name),
                          colour_ ? kNotBold : kPlain);
    text += escape_control(text_beside_name(rule));
    while (text.ends_with(' ')) text.pop_back();
    line(colour, text);
  }

  std::string take() { return std::move(out_); }

 private:
  void paint(std::string_view sequence) {
    if (colour_) out_ += sequence;
  }

  bool colour_;
  std::string out_;
};

void show_rule(Page& page, const RuleLine& line, std::size_t width) {
  auto padded = [&](const Number& number) { return std::string(width - number.columns, ' ') + number.text; };
  auto number = padded(number_of(line));
  switch (line.kind) {
    case Kind::kKept: page.rule(kPlain, ' ', number, line.rule); break;
    case Kind::kInserted: page.rule(kGreen, '+', number, line.rule); break;
    case Kind::kRemoved: page.rule(kRed, '-', number, line.rule); break;
    case Kind::kMoved: page.rule(kYellow, '~', number, line.rule); break;
    case Kind::kReplaced: {
      auto from = std::to_string(line.from);
      page.rule(kRed, '-', padded({from, from.size()}), *line.before);
      page.rule(kGreen, '+', number, line.rule);
    }
  }
}

std::size_t width_of_numbers(const ChainDescription& chain) {
  std::size_t width = 1;
  for (const auto& line : chain.lines)
    width = std::max({width, number_of(line).columns, std::to_string(line.from).size()});
  return width;
}

void show_chain(Page& page, const ChainDescription& chain) {
  page.heading(
      escape_control(fmt::format("{} {} ({})", chain.id.table, chain.id.chain, program_of(chain.id.family))),
      chain.is_new       ? ", new chain"
      : chain.is_removed ? ", the chain goes"
                         : "");
  if (chain.policy) {
    // Of a builtin chain that a file does not declare it is not known.
    const auto& before = chain.policy->before;
    page.line(kYellow, escape_control(fmt::format("policy {}{}becomes {}", before, before.empty() ? "" : " ",
                                                  chain.policy->after)));
  }
  auto width = width_of_numbers(chain);
  auto gap = std::string(width + 1, ' ') + "…";
  std::size_t next = 1;
  for (const auto& line : chain.lines) {
    if (line.to > next) page.line(kPlain, gap);
    if (line.to > 0) next = line.to + 1;
    show_rule(page, line, width);
  }
  if (!chain.lines.empty() && next <= chain.rules_after) page.line(kPlain, gap);
}

std::string option_text(const std::string& name, const std::string& value) {
  return escape_control(value.empty() ? name : name + ' ' + value);
}

// The options that a person may have wished.
SetOptions told_options(const SetShape& shape) {
  auto options = options_of(shape.header);
  std::erase_if(options, [](const auto& option) { return is_volatile_set_option(option.first); });
  return options;
}

void show_shape(Page& page, const SetShape& shape) {
  std::vector<std::string> texts;
  for (const auto& [name, value] : told_options(shape)) texts.push_back(option_text(name, value));
  if (!texts.empty()) page.line(kPlain, "with " + join(texts, ", "));
}

void show_new_shape(Page& page, const SetShape& before, const SetShape& after) {
  if (before.type != after.type)
    page.line(kYellow, escape_control(fmt::format("type {} becomes {}", before.type, after.type)));
  auto old_options = told_options(before);
  auto new_options = told_options(after);
  for (const auto& [name, value] : old_options)
    if (!new_options.contains(name)) page.line(kYellow, option_text(name, value) + " goes");
  for (const auto& [name, value] : new_options) {
    auto old = old_options.find(name);
    if (old == old_options.end()) {
      page.line(kYellow, option_text(name, value) + " is new");
    } else if (old->second != value) {
      page.line(kYellow, escape_control(fmt::format("{} {} becomes {}", name, old->second, value)));
    }
  }
}

void show_members(Page& page, std::string_view colour, char mark, std::span<const std::string> members) {
  for (const auto& member : members.first(std::min(members.size(), kMembersShown)))
    page.line(colour, fmt::format("{} {}", mark, escape_control(member)));
  if (members.size() > kMembersShown)
    page.line(colour, fmt::format("{} … and {} more", mark, with_commas(members.size() - kMembersShown)));
}

void show_order(Page& page, std::span<const std::string> members) {
  if (members.empty()) return;
  std::vector<std::string> texts;
  for (const auto& member : members.first(std::min(members.size(), kMembersShown)))
    texts.push_back(escape_control(member));
  auto text = "order becomes " + join(texts, ", ");
  if (members.size() > kMembersShown)
    text += fmt::format(", … and {} more", with_commas(members.size() - kMembersShown));
  page.line(kYellow, text);
}

void show_set(Page& page, const SetDescription& set) {
  const auto& shape = set.after ? *set.after : *set.before;
  page.heading(escape_control(fmt::format("set {} ({})", set.name, shape.type)),
               !set.before         ? ", new set"
               : !set.after        ? ", the set goes"
               : set.is_replaced() ? ", replaced"
                                   : "");
  if (!set.before) show_shape(page, shape);
  if (set.is_replaced()) show_new_shape(page, *set.before, *set.after);
  show_members(page, kRed, '-', set.removed);
  show_members(page, kGreen, '+', set.added);
  show_members(page, kYellow, '~', set.changed);
  show_order(page, set.order);
}

}  // namespace

std::string as_text(const Description& description, bool colour) {
  if (description.empty()) return "Nothing to do: all wishes are fulfilled.\n";
  Page page(colour);
  for (const auto& chain : description.chains) show_chain(page, chain);
  for (const auto& set : description.sets) show_set(page, set);
  return page.take() + fmt::format("\nPlan: {}.\n", totals_of(description));
}

}  // namespace pyfw
