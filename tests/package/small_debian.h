// A Debian with nothing but its essential packages and what a package depends on, in a folder, and a host of
// the lab to run it on: no rule, no file and no package of this machine is touched.
//
//   auto debian = SmallDebian::over("/tmp/root").value();   // made by make_root
//   debian.sh("dpkg -i /pyfw.deb");

#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "lab/host.h"

namespace pyfw::package {

// Goes with all that is in it.
class Folder {
 public:
  Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder();
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

class SmallDebian {
 public:
  // What that folder holds, which make_root has filled; it stays as it is.
  static Result<SmallDebian> over(const std::filesystem::path& root);

  // In a shell of root's.
  [[nodiscard]] Outcome run(const std::string& script) const;
  // What it printed; fails the test unless it ends well.
  [[nodiscard]] std::string sh(const std::string& script) const;

 private:
  SmallDebian(lab::Lab lab, lab::Host host)
      : folder_(std::make_unique<Folder>()), lab_(std::move(lab)), host_(std::move(host)) {}

  // The last to go, when nothing is mounted there any more.
  std::unique_ptr<Folder> folder_;
  lab::Lab lab_;
  lab::Host host_;
};

}  // namespace pyfw::package
