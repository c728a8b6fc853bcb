#include "keep/snapshots.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <ranges>
#include <stdexcept>

#include "base/strings.h"
#include "keep/json.h"
#include "nf/ipset_save.h"
#include "nf/iptables_save.h"

namespace pyfw {
namespace {

constexpr std::string_view kKind = "snapshot 1";
constexpr std::array<std::pair<SnapshotKind, std::string_view>, 3> kKinds = {
    {{SnapshotKind::kApply, "apply"},
     {SnapshotKind::kRollback, "rollback"},
     {SnapshotKind::kRepair, "repair"}}};

SnapshotKind kind_of(const Json& json) {
  auto word = bytes_of(json);
  for (const auto& [kind, name] : kKinds)
    if (name == word) return kind;
  throw std::invalid_argument("kind");
}

std::string file_in(const std::string& id, std::string_view name) { return id + "/" + std::string(name); }

std::string write_about(const Snapshot& snapshot) {
  // In the first line, so that the old ones can be counted without reading all of them.
  Json first = {{"kind", name_of(snapshot.kind)}};
  Json document = {{"kind", name_of(snapshot.kind)},
                   {"backend", json_of(snapshot.backend)},
                   {"time", json_of(snapshot.time)},
                   {"summary", json_of(snapshot.summary)},
                   {"changes", json_of(snapshot.changes)},
                   {"record", snapshot.record ? json_of(*snapshot.record) : Json(nullptr)}};
  return seal(kKind, first, document);
}

Snapshot snapshot_of(const std::string& id, const Json& json) {
  Snapshot snapshot{.id = id, .kind = kind_of(json.at("kind")), .time = bytes_of(json.at("time"))};
  // Older ones do not tell.
  snapshot.backend = backend_of(json.value("backend", Json()));
  snapshot.summary = bytes_of(json.at("summary"));
  snapshot.changes = changes_of(json.at("changes"));
  if (const auto& record = json.at("record"); !record.is_null()) snapshot.record = record_of(record);
  return snapshot;
}

Result<std::vector<unsigned long>> numbers_in(Store& store) {
  TRY(auto folders, store.folders());
  std::vector<unsigned long> numbers;
  for (const auto& name : folders)
    if (auto number = parse_number(name); number && std::to_string(*number) == name)
      numbers.push_back(*number);
  std::ranges::sort(numbers);
  return numbers;
}

// One that can't be read counts as an apply, so that it does not stay for ever.
bool is_repair(std::string_view about) {
  auto first = first_line_of(kKind, about);
  return first.is_object() && first.value("kind", Json()) == name_of(SnapshotKind::kRepair);
}

// Also drops what a kill left half written.
Result<void> drop_oldest(Store& store, const std::vector<unsigned long>& numbers) {
  std::map<bool, std::size_t> kept;
  for (auto number : numbers | std::views::reverse) {
    auto id = std::to_string(number);
    TRY(auto about, store.read(file_in(id, "about")));
    if (!about || ++kept[is_repair(*about)] > kSnapshotsKept) TRY_VOID(store.remove(id));
  }
  return {};
}

// iptables-restore takes any order, but a list:set needs the sets that it holds.
std::string restorable(Sets sets) {
  std::ranges::stable_partition(sets, [](const Set& set) { return set.type != "list:set"; });
  return write_ipset_save(sets);
}

Result<void> write_texts(Store& store, const std::string& id, const SnapshotTexts& texts) {
  TRY_VOID(store.write(file_in(id, "iptables.save"), texts.iptables));
  TRY_VOID(store.write(file_in(id, "ip6tables.save"), texts.ip6tables));
  TRY_VOID(store.write(file_in(id, "ipset.save"), texts.ipset));
  // Last, since it tells that the others are there.
  return store.write(file_in(id, "about"), texts.about);
}

}  // namespace

SnapshotTexts texts_of(const State& live, const Snapshot& snapshot) {
  return {.iptables = write_iptables_save(live.iptables),
          .ip6tables = write_iptables_save(live.ip6tables),
          .ipset = restorable(live.sets),
          .about = write_about(snapshot)};
}

Result<std::string> keep_snapshot(Store& store, const SnapshotTexts& texts) {
  TRY(auto numbers, numbers_in(store));
  numbers.push_back(numbers.empty() ? 1 : numbers.back() + 1);
  auto id = std::to_string(numbers.back());
  if (auto written = write_texts(store, id, texts); !written) {
    // On a disk that is full, half of one is only in the way; each attempt of the daemon would leave one.
    [[maybe_unused]] auto removed = store.remove(id);
    return std::unexpected(std::move(written).error());
  }
  TRY_VOID(drop_oldest(store, numbers));
  return id;
}

Result<void> update_snapshot(Store& store, const Snapshot& snapshot) {
  return store.write(file_in(snapshot.id, "about"), write_about(snapshot));
}

Result<Snapshots> read_snapshots(Store& store) {
  TRY(auto numbers, numbers_in(store));
  Snapshots out;
  for (auto number : numbers) {
    auto id = std::to_string(number);
    auto about = store.read(file_in(id, "about"));
    if (about && !*about) continue;
    Snapshot snapshot;
    bool is_whole =
        about && unseal(kKind, **about, [&](const Json& json) { snapshot = snapshot_of(id, json); });
    if (is_whole) {
      out.all.push_back(std::move(snapshot));
    } else {
      out.damaged.push_back(id);
    }
  }
  return out;
}

Result<std::span<const Snapshot>> snapshots_since(const Snapshots& snapshots, std::string_view id) {
  if (std::ranges::find(snapshots.damaged, id) != snapshots.damaged.end())
    return fail(fmt::format("snapshot {} is damaged", id), "see `pyfw snapshots`");
  auto first = std::ranges::find(snapshots.all, id, &Snapshot::id);
  if (first == snapshots.all.end())
    return bad_input(fmt::format("there is no snapshot {}", id), "see `pyfw snapshots`");
  return std::span<const Snapshot>(first, snapshots.all.end());
}

std::string_view name_of(SnapshotKind kind) {
  return std::ranges::find(kKinds, kind, [](const auto& row) { return row.first; })->second;
}

std::string list_as_json(const Snapshots& snapshots) {
  Json list = Json::array();
  for (const auto& snapshot : snapshots.all)
    list.push_back({{"id", snapshot.id},
                    {"kind", name_of(snapshot.kind)},
                    {"time", snapshot.time},
                    {"summary", snapshot.summary}});
  return list.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace pyfw
