// That one of some files was written, moved there or deleted, by inotify(7) on their folders, so that a file
// that is replaced is seen too, and one that is not there yet. So it is with the folders and the links on the
// way to it: where one of them is another, the path leads to another file.

#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/fd.h"

namespace pyfw {

class FileEvents {
 public:
  static Result<FileEvents> open();

  // Of those paths from here on, in place of the former ones.
  void listen_to(std::span<const std::string> paths);
  // Of each file in a folder whose name ends so: "*.yaml" of a folder of wishes.
  void listen_to_folder(const std::string& folder, const std::string& ending);

  [[nodiscard]] int fd() const { return inotify_.get(); }
  // Whether something was told; does not wait.
  bool take();

 private:
  struct Names {
    std::string folder{};
    std::set<std::string, std::less<>> names{};
    std::set<std::string> endings{};
  };

  explicit FileEvents(Fd inotify) : inotify_(std::move(inotify)) {}
  bool take_events();
  void listen_again();
  void add_way_to(const std::string& path, int links);
  Names* add(const std::string& folder, std::uint32_t events);

  Fd inotify_;
  std::vector<std::string> paths_{};
  std::vector<std::pair<std::string, std::string>> endings_{};  // of a folder
  std::map<int, Names> folders_{};
};

}  // namespace pyfw
