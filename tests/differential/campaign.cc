#include "campaign.h"

#include <fmt/format.h>

#include "explained.h"
#include "random_packets.h"
#include "shrink.h"

namespace pyfw::differential {
namespace {

double a_second(std::size_t packets, std::chrono::nanoseconds time) {
  return time.count() == 0 ? 0 : static_cast<double>(packets) / std::chrono::duration<double>(time).count();
}

// The stories of one host.
class Host {
 public:
  Host(const Campaign& campaign, Figures& figures, std::uint64_t seed)
      : campaign_(campaign),
        figures_(figures),
        dice_(seed),
        scenario_(random_scenario(dice_, campaign.backends)) {}

  Result<void> run() {
    auto trial = Trial::begin(scenario_);
    if (!trial) return fail(fmt::format("{}\n{}", trial.error().message, in_words(scenario_)));
    auto wanted = figures_.packets + campaign_.packets_a_host;
    while (figures_.packets < wanted && !is_enough()) TRY_VOID(tell_story(*trial));
    figures_.spent.kernel += trial->spent().kernel;
    figures_.spent.library += trial->spent().library;
    ++figures_.hosts;
    return {};
  }
  // The library shall be asked anew, since its stage is gone by then.
  void shrink_differences() {
    for (auto& found : found_) {
      if (campaign_.shrinks) found = shrink(std::move(found));
      figures_.differences.push_back(reproducer(found));
    }
  }

 private:
  [[nodiscard]] bool is_enough() const {
    return figures_.differences.size() + found_.size() >= campaign_.most_differences;
  }

  Result<void> tell_story(Trial& trial) {
    constexpr int kGoesOn = 45;
    Story story = {random_shipment(dice_, scenario_.topology)};
    while (true) {
      TRY(auto verdict, trial.try_one(story.back()));
      ++figures_.packets;
      if (verdict.was_certain) ++figures_.certain;
      if (verdict.difference) {
        note_difference(verdict, story);
        return {};
      }
      if (!dice_.chance(kGoesOn)) return {};
      auto next = random_next(dice_, scenario_.topology, story.back(), verdict.kernel);
      if (!next) return {};
      story.push_back(*next);
    }
  }

  void note_difference(const Verdict& verdict, const Story& story) {
    if (auto reason = explanation(scenario_, story.back(), verdict)) {
      ++figures_.explained[std::string(*reason)];
      return;
    }
    found_.push_back({.scenario = scenario_, .story = story});
  }

  const Campaign& campaign_;
  Figures& figures_;
  Dice dice_;
  Scenario scenario_;
  std::vector<Difference> found_{};
};

}  // namespace

Result<Figures> run_campaign(const Campaign& campaign,
                             const std::function<void(const Figures&)>& after_host) {
  Figures figures;
  for (std::uint64_t i = 0; figures.packets < campaign.packets; ++i) {
    if (figures.differences.size() >= campaign.most_differences) break;
    Host host(campaign, figures, campaign.seed + i);
    TRY_VOID(host.run());
    host.shrink_differences();
    after_host(figures);
  }
  return figures;
}

std::string in_words(const Figures& figures) {
  auto out = fmt::format(
      "{} packets on {} hosts: {} certain, {} unexplained differences; the kernel's trace {:.0f} a second, "
      "the library {:.0f} a second",
      figures.packets, figures.hosts, figures.certain, figures.differences.size(),
      a_second(figures.packets, figures.spent.kernel), a_second(figures.packets, figures.spent.library));
  for (const auto& [reason, count] : figures.explained) out += fmt::format("\n{} times: {}", count, reason);
  return out;
}

}  // namespace pyfw::differential
