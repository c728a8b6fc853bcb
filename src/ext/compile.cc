#include <algorithm>
#include <array>
#include <iterator>

#include "base/contains.h"
#include "ext/builtin_options.h"
#include "ext/evaluate.h"
#include "ext/rows.h"
#include "ext/targets.h"
#include "nf/tokens.h"

namespace pyfw {
namespace {

constexpr std::string_view kUnknownExtension = "nobody here knows this extension";
constexpr std::string_view kUnknownOption = "nobody here knows this option or value";

// The words of a rule; those without quotes, nearly all, are looked at where they stand.
class RuleWords {
 public:
  explicit RuleWords(const Rule& rule) {
    if (rule.text.find('"') == std::string::npos) {
      split(rule.text);
    } else {
      quoted_ = tokens_of(rule);
      views_.assign(quoted_.begin(), quoted_.end());
    }
  }
  [[nodiscard]] std::span<const std::string_view> views() const { return views_; }

 private:
  void split(std::string_view text) {
    auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\n'; };
    views_.reserve(16);
    for (std::size_t at = 0; at < text.size(); ++at) {
      auto begin = at;
      while (at < text.size() && !is_blank(text[at])) ++at;
      if (at > begin) views_.push_back(text.substr(begin, at - begin));
    }
  }

  std::vector<std::string> quoted_;
  std::vector<std::string_view> views_;
};

// What follows is a name or a text, which may look like an option.
bool takes_any_word(std::string_view option) {
  constexpr std::array<std::string_view, 8> kOptions = {"--comment",        "--string",  "--hex-string",
                                                        "--name",           "--label",   "--hashlimit-name",
                                                        "--led-trigger-id", "--bytecode"};
  return option.starts_with("--") && (option.ends_with("-prefix") || contains(kOptions, option));
}

std::string text_of(std::span<const std::string_view> words) {
  std::vector<std::string> tokens(words.begin(), words.end());
  return write_tokens(tokens);
}

// The match that a protocol brings along when iptables is given its options without `-m`.
std::string_view match_of(std::uint8_t protocol) {
  switch (protocol) {
    case kTcp: return "tcp";
    case kUdp: return "udp";
    case kUdplite: return "udplite";
    case kSctp: return "sctp";
    case kDccp: return "dccp";
    case kIcmp: return "icmp";
    case kIcmp6: return "icmp6";
    case kEsp: return "esp";
    case kAh: return "ah";
    default: return {};
  }
}

class Compiler {
 public:
  Compiler(std::span<const std::string_view> words, Family family) : words_(words), family_(family) {
    conditions_.reserve(words.size());
  }

  CompiledRule compile() {
    while (at_ < words_.size()) {
      auto option = words_[at_ + (words_[at_] == "!" && at_ + 1 < words_.size() ? 1 : 0)];
      if (option == "-m" || option == "--match") {
        match();
      } else if (is_jump(option)) {
        target();
      } else if (is_builtin_option(option)) {
        builtin();
      } else {
        options_of_protocol();
      }
    }
    // No larger than they must be: a ruleset has thousands.
    rule_.conditions.assign(std::make_move_iterator(conditions_.begin()),
                            std::make_move_iterator(conditions_.end()));
    return std::move(rule_);
  }

 private:
  static bool is_jump(std::string_view option) {
    return option == "-j" || option == "-g" || option == "--jump" || option == "--goto";
  }

  // Where the options that begin at `at` give way to another match, a target or a builtin option.
  [[nodiscard]] std::size_t end_of_options(std::size_t at) const {
    for (; at < words_.size(); ++at) {
      auto word = words_[at == words_.size() - 1 || words_[at] != "!" ? at : at + 1];
      if (word == "-m" || word == "--match" || is_jump(word) || is_builtin_option(word)) break;
      if (takes_any_word(words_[at])) ++at;
    }
    return std::min(at, words_.size());
  }

  void note_uncertain(std::size_t first_condition, std::span<const std::string_view> words) {
    auto begin = conditions_.begin() + static_cast<std::ptrdiff_t>(first_condition);
    if (std::any_of(begin, conditions_.end(), may_depend))
      rule_.uncertain.push_back(
          {.first = first_condition, .end = conditions_.size(), .text = text_of(words)});
  }

  void add_unknown(std::string_view reason, std::size_t first_condition, bool is_per_rule = true) {
    conditions_.resize(first_condition, Condition{Never{}});
    conditions_.push_back(Condition{Unknowable{.reason = reason, .is_per_rule = is_per_rule}});
  }

  void builtin() {
    auto first = conditions_.size();
    Words words(words_.subspan(at_));
    auto taken = compile_builtin_option(words, family_, conditions_);
    auto text = words_.subspan(at_, words_.size() - at_ - words.left());
    if (!taken) add_unknown(kUnknownOption, first);
    if (const auto* number =
            first < conditions_.size() ? std::get_if<NumberIn>(&conditions_[first].kind) : nullptr;
        number != nullptr && number->field == NumberField::kProtocol && !number->inverted)
      protocol_match_ = match_of(static_cast<std::uint8_t>(number->range.first));
    note_uncertain(first, text);
    at_ += text.size();
  }

  void match() {
    auto name_at = at_ + (words_[at_] == "!" ? 2 : 1);
    auto name = name_at < words_.size() ? words_[name_at] : std::string_view();
    auto options_at = std::min(name_at + 1, words_.size());
    auto end = end_of_options(options_at);
    options(name, words_.subspan(at_, end - at_), words_.subspan(options_at, end - options_at));
    at_ = end;
  }

  // `-p tcp --dport 80`, as iptables takes it and a person writes it.
  void options_of_protocol() {
    auto end = std::max(end_of_options(at_), at_ + 1);
    auto words = words_.subspan(at_, end - at_);
    options(protocol_match_, words, words);
    at_ = end;
  }

  void options(std::string_view match, std::span<const std::string_view> text,
               std::span<const std::string_view> words) {
    auto first = conditions_.size();
    const auto* row = find_match_row(match, family_);
    Words left(words);
    if (row == nullptr) {
      add_unknown(kUnknownExtension, first);
    } else if (row->compile == nullptr) {
      add_unknown(row->untold, first, row->is_per_rule);
    } else if (!row->compile(left, family_, conditions_)) {
      add_unknown(kUnknownOption, first);
    }
    note_uncertain(first, text);
  }

  void target() {
    auto text = words_.subspan(at_);
    bool is_goto = words_[at_] == "-g" || words_[at_] == "--goto";
    auto name = at_ + 1 < words_.size() ? words_[at_ + 1] : std::string_view();
    at_ = words_.size();
    const auto* row = is_goto ? nullptr : find_target_row(name, family_);
    if (row == nullptr && (is_goto || !is_known_target(name))) {
      rule_.target = JumpTo{.chain = std::string(name), .is_goto = is_goto};
      return;
    }
    std::optional<Target> compiled;
    Words words(text.subspan(std::min<std::size_t>(2, text.size())));
    if (row != nullptr && row->compile != nullptr) compiled = row->compile(words, family_);
    if (!compiled) compiled = Unpredictable{};
    if (auto* unpredictable = std::get_if<Unpredictable>(&*compiled)) unpredictable->text = text_of(text);
    rule_.target = std::move(*compiled);
  }

  std::span<const std::string_view> words_;
  Family family_;
  std::size_t at_ = 0;
  std::string_view protocol_match_;
  Conditions conditions_;
  CompiledRule rule_{.conditions = {}, .target = Continue{}};
};

}  // namespace

CompiledRule compile(const Rule& rule, Family family) {
  RuleWords words(rule);
  return Compiler(words.views(), family).compile();
}

}  // namespace pyfw
