// The pyfw that asks (asking.cc) on a host of the lab, and our answers.
//
//   Asked pyfw(host);
//   auto outcome = pyfw.run("apply", [](const std::string& question) { return Answer::kGo; });

#pragma once

#include <functional>
#include <future>
#include <string>

#include "lab/host.h"

namespace pyfw::faults {

enum class Answer { kGo, kFail, kDie };

// While it is called, pyfw stands still before what the question says.
using Answering = std::function<Answer(const std::string& question)>;

class Asked {
 public:
  explicit Asked(lab::Host host);
  Asked(const Asked&) = delete;
  Asked& operator=(const Asked&) = delete;
  ~Asked();

  // `arguments` are words with a space between.
  Result<Outcome> run(const std::string& arguments, const Answering& answering);

 private:
  [[nodiscard]] Result<std::string> hear() const;
  [[nodiscard]] Result<void> say(const std::string& message) const;

  lab::Host host_;
  Fd ours_;
  Fd theirs_;
  std::future<Result<Outcome>> server_;
};

}  // namespace pyfw::faults
