// A folder that is ours alone: it belongs to the effective user, nobody else can write in it, and nothing in
// it is reached through a link. Texts in it are replaced whole, and are on disk when a call returns.
//
//   TRY(auto folder, OwnFolder::make("/var/lib/pyfw"));
//   TRY_VOID(folder.write("record", text));

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/fd.h"

namespace pyfw {

// Names are one word without a slash; the caller checks them.
class OwnFolder {
 public:
  // None where there is none. Fails where something else is there, or a folder that is not ours alone.
  static Result<std::optional<OwnFolder>> open(const std::string& path);
  // Made, with its parents, where it is absent. Parents may be anybody's, and links.
  static Result<OwnFolder> make(const std::string& path);

  // The same for a folder in this one.
  [[nodiscard]] Result<std::optional<OwnFolder>> open_inner(const std::string& name) const;
  [[nodiscard]] Result<OwnFolder> make_inner(const std::string& name) const;

  // None where there is none. Fails where it is no regular file of ours, or larger than 256 MiB.
  [[nodiscard]] Result<std::optional<std::string>> read(const std::string& name) const;
  [[nodiscard]] Result<void> write(const std::string& name, std::string_view text) const;
  // A text, or a folder with all that is in it, which goes at once for whoever looks.
  [[nodiscard]] Result<void> remove(const std::string& name) const;
  // Folders in this one, sorted; hidden ones are left out.
  [[nodiscard]] Result<std::vector<std::string>> folders() const;

  // Drops what killed runs left half done here; what another process is writing right now stays.
  void tidy() const;

 private:
  OwnFolder(Fd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}
  static Result<std::optional<OwnFolder>> open_at(int above, const std::string& name,
                                                  const std::string& path);

  struct Temporary {
    Fd fd;
    std::string name;
  };
  [[nodiscard]] Result<Temporary> make_temporary(const std::string& wanted) const;
  [[nodiscard]] Result<std::vector<std::string>> names() const;
  [[nodiscard]] Result<void> drop(const std::string& name) const;
  [[nodiscard]] Result<void> sync() const;
  [[nodiscard]] std::string path_of(const std::string& name) const { return path_ + "/" + name; }

  Fd fd_;
  std::string path_;
};

}  // namespace pyfw
