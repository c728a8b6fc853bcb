#include "nft/nft_write_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>

#include "base/contains.h"

namespace pyfw {

void NftWriteLog::take(std::vector<NftWriter> told) { std::ranges::move(told, std::back_inserter(written_)); }

void NftWriteLog::note_own(std::string program) {
  own_.push_back(program);
  unseen_own_.push_back(std::move(program));
}

bool NftWriteLog::were_only_ours(std::uint32_t since, std::size_t commits) const {
  std::vector<std::string> told;
  for (const auto& writer : written_) {
    if (writer.generation <= since) continue;
    // Some were told while nobody had room for it.
    if (writer.generation != since + told.size() + 1) return false;
    told.push_back(writer.program);
  }
  if (told.size() < commits || own_.size() < commits) return false;
  auto ours = std::span(own_).last(commits);
  auto count_in = [](std::span<const std::string> programs, const std::string& program) {
    return std::ranges::count(programs, program);
  };
  return std::ranges::equal(ours, std::span(told).first(commits)) &&
         std::ranges::all_of(ours, [&](const std::string& program) {
           return count_in(told, program) == count_in(ours, program);
         });
}

std::vector<std::string> NftWriteLog::take_others() {
  std::vector<std::string> names;
  for (; named_ < written_.size(); ++named_) {
    const auto& writer = written_[named_];
    if (auto own = std::ranges::find(unseen_own_, writer.program); own != unseen_own_.end()) {
      unseen_own_.erase(own);
      continue;
    }
    auto name = fmt::format("{} (pid {}){}{}", writer.program, writer.pid,
                            writer.caller.empty() ? "" : " of ", writer.caller);
    if (!contains(names, name)) names.push_back(std::move(name));
  }
  return names;
}

}  // namespace pyfw
