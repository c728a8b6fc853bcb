#include "wish/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/contains.h"
#include "base/strings.h"
#include "wish/family_words.h"

namespace pyfw {
namespace {

// Commands and global options: a rule that carried one would do something else than be a rule.
constexpr std::array<std::string_view, 29> kForbidden = {
    "table",        "append",     "check",   "delete",       "insert",        "replace",
    "list",         "list-rules", "flush",   "zero",         "new-chain",     "delete-chain",
    "rename-chain", "policy",     "verbose", "wait",         "wait-interval", "numeric",
    "exact",        "version",    "help",    "line-numbers", "modprobe",      "set-counters",
    "ipv4",         "ipv6",       "noflush", "test",         "counters"};

// Options of extensions whose names getopt would take for the beginning of a forbidden one, if the
// extension were not loaded: --set-counters, --policy, --new-chain.
struct Exception {
  std::string_view option;
  std::string_view extension;
};
constexpr std::array<Exception, 4> kExceptions = {
    {{"set", "recent"}, {"set", "connlabel"}, {"pol", "policy"}, {"new", "CLUSTERIP"}}};

// Options that take one value, whatever it looks like.
constexpr std::array<std::string_view, 7> kFreeText = {"comment", "log-prefix", "nflog-prefix", "ulog-prefix",
                                                       "string",  "hex-string", "name"};
// The rule's own options that take a value, and the letter that each is short for.
struct Own {
  std::string_view name;
  char letter;
};
constexpr std::array<Own, 13> kOwn = {{{"source", 's'},
                                       {"src", 's'},
                                       {"destination", 'd'},
                                       {"dst", 'd'},
                                       {"protocol", 'p'},
                                       {"proto", 'p'},
                                       {"in-interface", 'i'},
                                       {"out-interface", 'o'},
                                       {"match", 'm'},
                                       {"jump", 'j'},
                                       {"goto", 'g'},
                                       {"fragments", 'f'},
                                       {"fragment", 'f'}}};
constexpr std::string_view kLettersWithValue = "psdiomjg";

constexpr std::array<std::string_view, 4> kSetOptions = {"--match-set", "--add-set", "--del-set",
                                                         "--map-set"};

class Reader {
 public:
  Reader(const std::vector<Word>& words, Family family) : words_(words), family_(family) {}

  Result<RuleWords> read() {
    while (at_ < words_.size()) {
      const auto& word = words_[at_];
      TRY_VOID(check_characters(word));
      ++at_;
      if (word.text.starts_with("--")) {
        TRY_VOID(long_option(word));
      } else if (word.text.size() > 1 && word.text.starts_with('-')) {
        TRY_VOID(short_option(word));
      } else {
        out_.tokens.push_back(word.text);
      }
    }
    if (out_.targets.size() > 1)
      return bad_input(out_.targets[1].place, "a rule has one target", "this is its second -j or -g");
    return std::move(out_);
  }

 private:
  static Result<void> check_characters(const Word& word) {
    for (char c : word.text) {
      if (c == '\n' || c == '\r') return bad_input(word.place, "a rule can't hold a line break");
      if (c == '\0') return bad_input(word.place, "a rule can't hold a NUL");
    }
    return {};
  }

  Result<void> long_option(const Word& word) {
    auto equals = word.text.find('=');
    auto name = word.text.substr(2, equals == std::string::npos ? equals : equals - 2);
    // The match policy has a --proto of its own.
    bool of_policy = name == "proto" && contains(loaded_, "policy");
    auto own = std::ranges::find(kOwn, name, &Own::name);
    if (own != kOwn.end() && !of_policy) {
      auto value = inline_value(word);
      return own_option(word, own->letter, value ? &*value : nullptr);
    }
    TRY_VOID(refuse_forbidden(word, name));
    if (!of_policy) TRY_VOID(refuse_shortened(word, name));
    out_.tokens.push_back(word.text);
    return extension_option("--" + name, inline_value(word));
  }

  static std::optional<Word> inline_value(const Word& word) {
    auto equals = word.text.find('=');
    if (equals == std::string::npos) return std::nullopt;
    return Word{.text = word.text.substr(equals + 1), .place = word.place};
  }

  Result<void> refuse_forbidden(const Word& word, const std::string& name) const {
    for (const auto& exception : kExceptions)
      if (name == exception.option && contains(loaded_, exception.extension)) return {};
    for (auto forbidden : kForbidden) {
      // getopt_long takes every unambiguous beginning of a name.
      if (!forbidden.starts_with(name)) continue;
      return refused(word, name.empty() ? "--" : "--" + std::string(forbidden));
    }
    return {};
  }

  // What getopt_long would take for --source or --jump must not pass as an option of some extension.
  static Result<void> refuse_shortened(const Word& word, const std::string& name) {
    for (const auto& own : kOwn)
      if (own.name.starts_with(name))
        return bad_input(word.place, fmt::format("'--{}' is no option", name),
                         fmt::format("did you mean '--{}'? Options are written in full", own.name));
    return {};
  }

  static std::unexpected<Error> refused(const Word& word, const std::string& option) {
    std::string hint = "a rule holds matches and a target, no commands";
    if (option == "-t" || option == "--table") hint = "the table is the key above the chain";
    if (option == "-A" || option == "-I" || option == "--append" || option == "--insert")
      hint = "leave it out together with the chain: the key above the rules names that";
    return bad_input(word.place, fmt::format("a rule can't carry iptables' option {}", option), hint);
  }

  Result<void> short_option(const Word& word) {
    char letter = word.text[1];
    if (letter == 'f' && word.text.size() == 2) return own_option(word, 'f', nullptr);
    if (kLettersWithValue.find(letter) == std::string_view::npos)
      return refused(word, std::string("-") + letter);
    if (word.text.size() == 2) return own_option(word, letter, nullptr);
    Word value{.text = word.text.substr(2), .place = word.place};
    return own_option(word, letter, &value);
  }

  // Its value, or null where that is the next word.
  Result<void> own_option(const Word& word, char letter, const Word* value) {
    out_.tokens.push_back(std::string("-") + letter);
    if (letter == 'f') return check_fragment(word, family_);
    if (value == nullptr) {
      TRY(value, next_value(word));
    }
    if (value->text.empty()) return bad_input(word.place, fmt::format("-{} needs a value", letter));
    if (letter == 'm') {
      loaded_.push_back(value->text);
      TRY_VOID(check_match(*value, family_));
    }
    if (letter == 's' || letter == 'd') TRY_VOID(check_addresses(*value, family_));
    if (letter == 'p') TRY_VOID(check_protocol(*value, family_));
    if (letter == 'j' || letter == 'g') {
      out_.target_at = out_.tokens.size() - 1;
      out_.targets.push_back(*value);
      loaded_.push_back(value->text);
      TRY_VOID(check_target(*value, family_));
    }
    out_.tokens.push_back(value->text);
    return {};
  }

  // The value of an option of a match or target; the option itself is already among the tokens.
  Result<void> extension_option(const std::string& option, std::optional<Word> value) {
    // Behind an option without a value this one may itself be that value: `--helper --comment -t nat`.
    bool is_certain = may_take_next_ == nullptr || may_take_next_ != &words_[at_ - 1];
    bool is_inline = value.has_value();
    if (!is_inline && at_ < words_.size()) {
      const auto& next = words_[at_];
      bool free_text = contains(kFreeText, std::string_view(option).substr(2));
      bool like_option = next.text.starts_with('-') || next.text == "!";
      if (like_option && !(free_text && is_certain)) {
        may_take_next_ = &next;
        return {};
      }
      TRY_VOID(check_characters(next));
      value = next;
      ++at_;
      out_.tokens.push_back(next.text);
    }
    if (!value) return {};
    if (contains(kSetOptions, option)) out_.sets.push_back(*value);
    if (option == "--comment") out_.comments.push_back(*value);
    return check_option_value(option, *value, family_);
  }

  Result<const Word*> next_value(const Word& option) {
    if (at_ >= words_.size()) return bad_input(option.place, fmt::format("{} needs a value", option.text));
    const auto& next = words_[at_];
    if (next.text == "!")
      return bad_input(next.place, fmt::format("the '!' stands before the option: ! {} …", option.text));
    if (next.text.starts_with('-'))
      return bad_input(
          next.place, fmt::format("{} needs a value, and '{}' looks like an option", option.text, next.text));
    TRY_VOID(check_characters(next));
    ++at_;
    return &next;
  }

  const std::vector<Word>& words_;
  Family family_;
  std::size_t at_ = 0;
  std::vector<std::string> loaded_;      // matches and targets so far
  const Word* may_take_next_ = nullptr;  // for all we know, the value of the option before it
  RuleWords out_;
};

}  // namespace

Result<RuleWords> check_words(const std::vector<Word>& words, Family family) {
  return Reader(words, family).read();
}

}  // namespace pyfw
