#include "race.h"

#include <fmt/format.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/strings.h"

namespace pyfw::races {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMostWords = 20;

// Docker's chains; the rival's rules come into these and into FORWARD and INPUT.
constexpr std::string_view kDocker =
    "*filter\n:DOCKER - [0:0]\n:DOCKER-USER - [0:0]\n-A DOCKER-USER -j RETURN\nCOMMIT\n";

constexpr std::string_view kGivenUp = "others write the rules again and again: ";

Result<std::string> make_folder() {
  std::string folder = (std::filesystem::temp_directory_path() / "pyfw_race_XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) return system_error("mkdtemp");
  return folder;
}

Result<void> wait_until(const auto& holds, const std::string& what) {
  auto deadline = std::chrono::steady_clock::now() + 60s;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline) return fail("a minute was not enough for " + what);
    std::this_thread::sleep_for(1ms);
  }
  return {};
}

}  // namespace

std::string in_words(const Figures& figures) {
  auto applies = static_cast<double>(std::max<std::uint64_t>(figures.applies, 1));
  std::string attempts;
  for (auto [needed, often] : figures.attempts) attempts += fmt::format(" {}:{}", needed, often);
  auto words = fmt::format(
      "{} applies in {:.0f} s ({:.0f} ms each): {} done, {} given up ({:.1f} %)\n"
      "attempts needed (how many: how often):{}\n"
      "{} foreign edits, {} commands of the rival refused, {} lost, {} misplaced",
      figures.applies, figures.seconds, 1000 * figures.seconds / applies, figures.done, figures.given_up,
      100 * static_cast<double>(figures.given_up) / applies, attempts, figures.foreign_edits,
      figures.refused_to_rival, figures.lost, figures.misplaced);
  for (const auto& word : figures.words) words += "\n" + word;
  return words;
}

Race::Race(lab::Lab lab, lab::Host host, lab::Backend backend, std::string folder, unsigned seed)
    : lab_(std::move(lab)),
      host_(std::move(host)),
      backend_(backend),
      folder_(std::move(folder)),
      random_(seed),
      seed_(seed),
      journal_(folder_ + "/journal") {}

Race::~Race() {
  rival_.reset();
  if (!folder_.empty()) {
    std::error_code none;
    std::filesystem::remove_all(folder_, none);
  }
}

Result<Race> Race::begin(lab::Backend backend, Pace pace, unsigned seed) {
  TRY(auto lab, lab::Lab::open());
  TRY(auto host, lab.add_host("host", backend));
  TRY(auto folder, make_folder());
  Race race(std::move(lab), std::move(host), backend, std::move(folder), seed);
  TRY_VOID(race.prepare(pace));
  return race;
}

Result<void> Race::prepare(Pace pace) {
  TRY_VOID(host_.output({"/usr/sbin/iptables-restore"}, {.input = kDocker}));
  auto begun = monotonic_now();
  TRY(auto calm, apply(random_wish(random_)));
  if (calm.status != 0) return fail("an apply that nobody disturbs failed: " + calm.err);
  TRY_VOID(take_notes(folder_ + "/notes"));
  auto rest = pace == Pace::kWithoutPause ? 0 : (monotonic_now() - begun) / 1'000'000;
  TRY(auto rival, host_.start({PYFW_RIVAL_PROGRAM, folder_, std::to_string(seed_), std::to_string(rest)}));
  rival_ = std::make_unique<lab::Started>(std::move(rival));
  return wait_until([&] { return exists("journal"); }, "the rival to begin");
}

bool Race::exists(const std::string& name) const { return access((folder_ + "/" + name).c_str(), F_OK) == 0; }

Result<void> Race::pause_rival() const {
  std::ofstream(folder_ + "/pause").close();
  TRY_VOID(wait_until([&] { return exists("paused") || !rival_->running(); }, "the rival to pause"));
  if (!rival_->running()) return fail("the rival has ended: " + rival_->said());
  return {};
}

Result<void> Race::resume_rival() const {
  std::filesystem::remove(folder_ + "/pause");
  return wait_until([&] { return !exists("paused"); }, "the rival to go on");
}

Result<Outcome> Race::apply(const Wish& wish) const {
  auto wishes = folder_ + "/wishes.yaml";
  std::ofstream(wishes) << as_yaml(wish);
  return host_.run({PYFW_NOTED_PROGRAM, "apply", "--wishes", wishes},
                   {.timeout_ms = 300'000, .environment = {"PYFW_NOTES=" + folder_ + "/notes"}});
}

Result<void> Race::apply_once() {
  auto wish = random_wish(random_);
  auto begun = monotonic_now();
  TRY(auto outcome, apply(wish));
  figures_.seconds += static_cast<double>(monotonic_now() - begun) / 1e9;
  TRY_VOID(pause_rival());
  TRY(auto notes, take_notes(folder_ + "/notes"));
  TRY_VOID(journal_.follow());
  TRY(auto state, state_of(host_));
  look_back(outcome, notes, state, wish);
  bool gave_up = outcome.status == 1 && outcome.err.find(kGivenUp) != std::string::npos;
  if (outcome.status != 0 && !gave_up)
    return fail(fmt::format("apply number {} ended with {}: {}{}", figures_.applies, outcome.status,
                            outcome.out, outcome.err));
  bool names =
      outcome.err.find("iptables") != std::string::npos && outcome.err.find("(pid ") != std::string::npos;
  if (gave_up && backend_ == lab::Backend::kNft && !names)
    return fail("pyfw gave up and does not name the rival: " + outcome.err);
  return resume_rival();
}

void Race::look_back(const Outcome& outcome, const Notes& notes, const State& state, const Wish& wish) {
  ++figures_.applies;
  std::optional<Fulfilled> fulfilled;
  if (outcome.status == 0) {
    ++figures_.done;
    ++figures_.attempts[notes.attempts];
    fulfilled.emplace(Fulfilled{.wish = wish, .seen = notes.convinced_at});
  } else {
    ++figures_.given_up;
  }
  auto judgement = judge(state, journal_.standing(), fulfilled);
  figures_.foreign_edits = journal_.edits();
  figures_.refused_to_rival = journal_.refused();
  figures_.lost += judgement.lost.size();
  figures_.misplaced += judgement.misplaced.size();
  for (const auto* words : {&judgement.lost, &judgement.misplaced})
    for (const auto& word : *words)
      if (figures_.words.size() < kMostWords)
        figures_.words.push_back(fmt::format("apply number {}: {}", figures_.applies, word));
}

}  // namespace pyfw::races
