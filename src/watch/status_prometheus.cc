#include <fmt/format.h>

#include <functional>
#include <set>

#include "base/strings.h"
#include "watch/status_text.h"

namespace pyfw {
namespace {

// As the format wants a label's value; what is no UTF-8 is told as JUnit's XML tells it.
std::string label(std::string_view value) {
  bool is_utf8 = is_valid_utf8(value);
  std::string out;
  for (char c : escape_control(value)) {
    if (c == '\\' || c == '"') out += '\\';
    out += is_utf8 || static_cast<unsigned char>(c) < 0x80 ? c : '?';
  }
  return out;
}

std::string labels_of(const WishStatus& wish) {
  if (wish.kind == WishStatus::Kind::kSet)
    return fmt::format(R"({{kind="set",wish="{}"}})", label(wish.name));
  return fmt::format(R"({{kind="{}",family="{}",table="{}",chain="{}",wish="{}"}})",
                     wish.kind == WishStatus::Kind::kPolicy ? "policy" : "rule",
                     wish.chain.family == Family::kIpv4 ? "ipv4" : "ipv6", label(wish.chain.table),
                     label(wish.chain.chain), label(wish.name));
}

class Samples {
 public:
  void add(std::string_view name, std::string_view type, std::string_view help, std::uint64_t value) {
    begin(name, type, help);
    text_ += fmt::format("{} {}\n", name, value);
  }
  // A sample for each wish that has a value. Labels stand once: of equal rules the first.
  void add_for_each(const Status& status, std::string_view name, std::string_view type, std::string_view help,
                    const std::function<std::optional<std::uint64_t>(const WishStatus&)>& value_of) {
    begin(name, type, help);
    std::set<std::string> told;
    for (const auto& wish : status.each) {
      auto value = value_of(wish);
      if (!value) continue;
      auto labels = labels_of(wish);
      if (told.insert(labels).second) text_ += fmt::format("{}{} {}\n", name, labels, *value);
    }
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  void begin(std::string_view name, std::string_view type, std::string_view help) {
    text_ += fmt::format("# HELP {0} {2}\n# TYPE {0} {1}\n", name, type, help);
  }

  std::string text_;
};

}  // namespace

std::string as_prometheus(const Status& status) {
  using Value = std::optional<std::uint64_t>;
  Samples samples;
  samples.add("pyfw_applied", "gauge", "Whether wishes were applied.", status.why_none.empty() ? 1 : 0);
  samples.add("pyfw_look_failed", "gauge", "Whether it can't be told if the wishes hold.",
              status.is_known() ? 0 : 1);
  if (status.is_known())
    samples.add("pyfw_drifted", "gauge", "Whether some wish does not hold.", status.has_drifted() ? 1 : 0);
  samples.add("pyfw_confirm_pending", "gauge", "Whether a change waits for its confirm.",
              status.pending.empty() ? 0 : 1);
  if (status.daemon_trouble.empty()) {
    samples.add("pyfw_watch_up", "gauge", "Whether the daemon runs.", status.daemon_runs ? 1 : 0);
    samples.add("pyfw_wishes_edited", "gauge",
                "Whether the files differ from what was applied, as the daemon saw.",
                status.daemon && !status.daemon->edit.empty() ? 1 : 0);
  }
  if (status.history_trouble.empty()) {
    samples.add("pyfw_repairs_total", "counter", "Drifts that the daemon has repaired.",
                status.history.repairs);
    samples.add("pyfw_repair_failures_total", "counter", "Attempts of the daemon that failed.",
                status.history.failures);
  }
  samples.add_for_each(status, "pyfw_wish_holds", "gauge", "Whether the wish holds.",
                       [](const WishStatus& wish) { return Value(wish.holds ? 1 : 0); });
  samples.add_for_each(status, "pyfw_wish_left_out", "gauge",
                       "Whether the rule is left out while something is away.",
                       [](const WishStatus& wish) { return Value(wish.left_out.empty() ? 0 : 1); });
  samples.add_for_each(
      status, "pyfw_wish_packets_total", "counter",
      "Packets that the rule has matched since it was put there.",
      [](const WishStatus& wish) { return wish.counted ? Value(wish.counted->packets) : Value(); });
  samples.add_for_each(
      status, "pyfw_wish_bytes_total", "counter", "Bytes of these packets.",
      [](const WishStatus& wish) { return wish.counted ? Value(wish.counted->bytes) : Value(); });
  return samples.text();
}

}  // namespace pyfw
