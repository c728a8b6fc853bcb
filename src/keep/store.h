// Where pyfw keeps what it must know the next time: texts under names, in a folder of its own for each
// network namespace.
//
//   TRY_VOID(store.write("record", text));
//   TRY(auto text, store.read("record"));      // none where nothing was written

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace pyfw {

// A name is one word or, for a text in a folder, two with a slash between: "record", "7/iptables.save".
class Store {
 public:
  Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  virtual ~Store() = default;

  virtual Result<std::optional<std::string>> read(std::string_view name) = 0;
  // All of it or nothing, also when the power fails; on disk when it returns.
  virtual Result<void> write(std::string_view name, std::string_view text) = 0;
  // A text, or a folder with all that is in it. None there is fine. On disk when it returns.
  virtual Result<void> remove(std::string_view name) = 0;
  // The names of the folders.
  virtual Result<std::vector<std::string>> folders() = 0;
  // The folder on the disk, for people.
  [[nodiscard]] virtual std::string path() const = 0;
};

}  // namespace pyfw
