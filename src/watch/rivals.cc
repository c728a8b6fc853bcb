#include "watch/rivals.h"

#include <fmt/format.h>

#include <algorithm>

namespace pyfw {

Rivals::Rival Rivals::rival_of(std::string_view name) {
  constexpr std::string_view kPid = " (pid ";
  auto begin = name.find(kPid);
  auto end = begin == std::string_view::npos ? begin : name.find(')', begin);
  if (end == std::string_view::npos) return {.program = std::string(name) + " (", .pid = {}, .caller = ")"};
  begin += kPid.size();
  return {.program = std::string(name.substr(0, begin)),
          .pid = std::string(name.substr(begin, end - begin)),
          .caller = std::string(name.substr(end))};
}

void Rivals::add(std::string_view name) {
  auto rival = rival_of(name);
  auto known = std::ranges::find_if(rivals_, [&](const Rival& other) {
    return other.program == rival.program && other.caller == rival.caller;
  });
  if (known != rivals_.end()) {
    known->pid = std::move(rival.pid);
    ++known->times;
  } else if (rivals_.size() < kMostNamed) {
    rival.times = 1;
    rivals_.push_back(std::move(rival));
  } else {
    ++others_;
  }
}

std::vector<std::string> Rivals::names() const {
  std::vector<std::string> names;
  for (const auto& [program, pid, caller, times] : rivals_) {
    if (times > 1) {
      names.push_back(fmt::format("{}{}{}{} times{}", program, pid, pid.empty() ? "" : ", ", times, caller));
    } else {
      names.push_back(pid.empty() ? program.substr(0, program.size() - 2)
                                  : fmt::format("{}{}{}", program, pid, caller));
    }
  }
  if (others_ > 0) names.push_back(fmt::format("others ({} times)", others_));
  return names;
}

}  // namespace pyfw
