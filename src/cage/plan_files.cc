#include "cage/plan_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>

#include "cage/inside.h"
#include "cage/network.h"
#include "cage/stand_ins.h"
#include "sys/files.h"

namespace pyfw {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 6> kProgramFolders = {"/usr/local/sbin", "/usr/local/bin", "/usr/sbin",
                                                             "/usr/bin",        "/sbin",          "/bin"};

// Where the host has that program; links (/sbin) are followed, since in the cage they are links too.
std::vector<std::string> places_of(const StandIn& stand_in) {
  std::vector<std::string> places;
  for (auto folder : kProgramFolders) {
    std::error_code error;
    auto real = fs::canonical(folder, error);
    if (error || !fs::exists(fs::symlink_status(real / stand_in.name, error))) continue;
    auto place = (real / stand_in.name).string();
    if (std::ranges::find(places, place) == places.end()) places.push_back(place);
  }
  if (places.empty() && stand_in.is_always_there) places.push_back("/usr/bin/" + stand_in.name);
  return places;
}

void place_file(TreePlan& plan, const std::string& path, std::string text, unsigned mode) {
  plan.files.push_back({.path = kCageRoot + path_in_cage(path), .text = std::move(text), .mode = mode});
}

// Under its own name, by which programs of several names tell which one they are.
constexpr std::string_view kRealSleep = "/run/pyfw-real/sleep";

Result<void> place_sleep(TreePlan& plan) {
  auto places = places_of({.name = "sleep", .text = {}});
  if (places.empty()) return {};
  TRY(auto real, read_file(places.front(), Trust::kAnybody));
  place_file(plan, std::string(kRealSleep), real->text, 0755);
  auto text = sleep_stand_in(kRealSleep, {.waits = kWaitsFile, .notes = kMaskedFile});
  for (const auto& place : places) place_file(plan, place, text, 0755);
  place_file(plan, kWaitsFile, "0\n", 0644);
  return {};
}

void rename_settings(TreePlan& plan, const InterfaceNames& renamed) {
  for (std::string_view folder : {"ipv4/conf", "ipv4/neigh", "ipv6/conf", "ipv6/neigh"})
    for (const auto& [name, other] : renamed)
      plan.settings.push_back({.from = fmt::format("{}/settings/net/{}/{}", kCageBox, folder, name),
                               .to = fmt::format("{}/settings/net/{}/{}", kCageBox, folder, other)});
}

}  // namespace

std::string path_in_cage(const std::string& path) {
  std::error_code error;
  auto folder = fs::weakly_canonical(fs::path(path).parent_path(), error);
  return error ? path : (folder / fs::path(path).filename()).string();
}

Result<TreePlan> plan_files(const CagedScript& script, const CageHost& host, const CageLimits& limits) {
  TreePlan plan;
  std::vector<std::string> hidden;
  if (const char* home = std::getenv("HOME"); home != nullptr && home[0] == '/' && home[1] != '\0')
    hidden.emplace_back(home);
  TRY(plan.steps, plan_tree(hidden));
  for (auto& stand_in : stand_ins(kMaskedFile))
    for (const auto& place : places_of(stand_in)) place_file(plan, place, stand_in.text, 0755);
  TRY_VOID(place_sleep(plan));
  place_file(plan, kMaskedFile, "", 0644);
  for (const auto& file : host.files) place_file(plan, file.path, file.text, 0644);
  place_file(plan, script.path, script.text, 0755);
  rename_settings(plan, host.renamed);
  plan.memory_options = fmt::format("mode=0755,size={},nr_inodes=65536", limits.files_bytes);
  return plan;
}

}  // namespace pyfw
