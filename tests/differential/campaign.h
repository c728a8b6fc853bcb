// Many packets through many random hosts, until one makes a difference that nobody has explained.
//
//   TRY(auto figures, run_campaign({.packets = 20'000, .seed = 1, .backends = {Backend::kNft}}));
//   for (const auto& text : figures.differences) …

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "nf/backend.h"
#include "trial.h"

namespace pyfw::differential {

struct Campaign {
  std::size_t packets = 0;
  std::uint64_t seed = 0;
  std::vector<Backend> backends{};
  std::size_t packets_a_host = 500;
  std::size_t most_differences = 1;  // then it ends
  bool shrinks = true;
};

struct Figures {
  std::size_t packets = 0;
  std::size_t hosts = 0;
  std::size_t certain = 0;                         // of the packets: the library named one way only
  std::map<std::string, std::size_t> explained{};  // by the reason
  std::vector<std::string> differences{};          // as reproducers
  Spent spent{};
};

Result<Figures> run_campaign(
    const Campaign& campaign, const std::function<void(const Figures&)>& after_host = [](const Figures&) {});

std::string in_words(const Figures& figures);

}  // namespace pyfw::differential
