#include "measure.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "sys/process.h"

namespace pyfw::bench {
namespace {

long run(const std::vector<std::string>& argv) {
  auto copy = argv;
  auto words = pointers(copy);
  pid_t pid = fork();
  if (pid == 0) {
    int null = open("/dev/null", O_RDWR);
    dup2(null, 0);
    dup2(null, 1);
    execv(words[0], words.data());
    _exit(127);
  }
  int status = 0;
  rusage usage{};
  wait4(pid, &status, 0, &usage);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    fmt::print(stderr, "{} failed\n", argv[0]);
    std::exit(1);
  }
  return usage.ru_maxrss;
}

}  // namespace

Cost run_all(const std::vector<std::vector<std::string>>& programs) {
  Cost cost;
  auto begin = std::chrono::steady_clock::now();
  for (const auto& program : programs) cost.peak_kib = std::max(cost.peak_kib, run(program));
  cost.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return cost;
}

Comparison compare(const std::function<Cost()>& ours, const std::function<Cost()>& theirs, int pairs) {
  ours();
  theirs();
  std::vector<double> ratios;
  Comparison out;
  for (int i = 0; i < pairs; ++i) {
    auto a = ours();
    auto b = theirs();
    ratios.push_back(a.seconds / b.seconds);
    out.peak_kib = std::max(out.peak_kib, a.peak_kib);
  }
  std::ranges::sort(ratios);
  out.ratio = ratios[ratios.size() / 2];
  out.lowest = ratios.front();
  out.highest = ratios.back();
  return out;
}

}  // namespace pyfw::bench
