// Where the transcripts of a document are played: a host of the lab, which has nothing but its own
// loopback and no rule, and a folder that goes with it.
//
//   TRY(auto stage, Stage::open());
//   TRY_VOID(stage.write_file("wishes.yaml", "pyfw_wishes: {}\n"));
//   TRY(auto said, stage.say("pyfw --wishes wishes.yaml"));

#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "lab/host.h"

namespace pyfw::docs {

class Stage {
 public:
  // Fails with the reason where namespaces can't be made.
  static Result<Stage> open();
  Stage(Stage&& other) noexcept = default;
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;
  Stage& operator=(Stage&&) = delete;
  ~Stage();

  // `path` as the host sees it, or below the folder.
  [[nodiscard]] Result<void> write_file(const std::string& path, std::string_view text) const;

  // Runs what would be typed into a shell, in the folder. The shell knows the last command's `$?`, the
  // programs in the folder's bin/ and the pyfw that was built with the test, and `$SOURCE`. Gives all
  // that was printed, standard error included.
  Result<std::string> say(const std::string& command);
  [[nodiscard]] int status() const { return status_; }

 private:
  Stage(lab::Lab lab, lab::Host host, std::string folder)
      : lab_(std::move(lab)), host_(std::move(host)), folder_(std::move(folder)) {}

  lab::Lab lab_;
  lab::Host host_;
  std::string folder_;
  int status_ = 0;
};

}  // namespace pyfw::docs
