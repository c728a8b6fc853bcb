// That one of some files was written, moved there or deleted, by inotify(7) on their folders, so that a file
// that is replaced is seen too, and one that is not there yet.

#pragma once

#include <map>
#include <set>
#include <span>
#include <string>

#include "base/error.h"
#include "base/fd.h"

namespace pyfw {

class FileEvents {
 public:
  static Result<FileEvents> open();

  // Of those paths from here on, in place of the former ones. A folder that is not there is left out; so is a
  // file in it.
  void listen_to(std::span<const std::string> paths);
  // Of each file in a folder whose name ends so: "*.yaml" of a folder of wishes.
  void listen_to_folder(const std::string& folder, const std::string& ending);

  [[nodiscard]] int fd() const { return inotify_.get(); }
  // Whether something was told; does not wait.
  bool take();

 private:
  explicit FileEvents(Fd inotify) : inotify_(std::move(inotify)) {}
  int add(const std::string& folder);

  struct Names {
    std::set<std::string, std::less<>> names{};
    std::string ending{};
  };
  Fd inotify_;
  std::map<int, Names> folders_{};
};

}  // namespace pyfw
