#include "cage/written_settings.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstring>

#include "base/fd.h"
#include "cage/folder_entries.h"

namespace pyfw {
namespace {

constexpr unsigned kDeepest = 16;
constexpr std::size_t kMost = 512;
constexpr std::size_t kLongestValue = 256;

// The path of a file below the folder that is walked through.
class Path {
 public:
  bool enter(const char* name) {
    auto size = std::strlen(name);
    if (length_ + size + 1 > text_.size()) return false;
    if (length_ > 0) text_[length_++] = '/';
    std::memcpy(text_.data() + length_, name, size);
    length_ += size;
    return true;
  }
  void leave_to(std::size_t length) { length_ = length; }
  [[nodiscard]] std::size_t length() const { return length_; }
  [[nodiscard]] std::string_view text() const { return {text_.data(), length_}; }

 private:
  std::array<char, 512> text_{};
  std::size_t length_ = 0;
};

template <typename Work>
bool for_each_file(int folder, Path& path, unsigned depth, const Work& work) {
  return for_each_entry(folder, [&](const char* name) {
    struct stat status{};
    auto above = path.length();
    if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0 || !path.enter(name)) return true;
    bool goes_on = true;
    if (S_ISREG(status.st_mode)) goes_on = work(folder, name, status);
    if (S_ISDIR(status.st_mode) && depth < kDeepest) {
      Fd inner(openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
      goes_on = !inner.valid() || for_each_file(inner.get(), path, depth + 1, work);
    }
    path.leave_to(above);
    return goes_on;
  });
}

template <typename Work>
bool for_each_file_in(const char* folder, Path& path, const Work& work) {
  Fd top(open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return top.valid() && for_each_file(top.get(), path, 0, work);
}

}  // namespace

bool forget_writes(const char* folder) {
  Path path;
  return for_each_file_in(folder, path, [](int above, const char* name, const struct stat&) {
    constexpr std::array<timespec, 2> kNever{};
    return utimensat(above, name, kNever.data(), AT_SYMLINK_NOFOLLOW) == 0;
  });
}

void for_each_written(const char* folder, void (*tell)(std::string_view name, std::string_view value)) {
  Path path;
  std::size_t count = 0;
  (void)for_each_file_in(folder, path, [&](int above, const char* name, const struct stat& status) {
    if (status.st_mtim.tv_sec == 0) return true;
    Fd file(openat(above, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    std::array<char, kLongestValue> value{};
    auto size = file.valid() ? read(file.get(), value.data(), value.size()) : 0;
    tell(path.text(), {value.data(), size > 0 ? static_cast<std::size_t>(size) : 0});
    return ++count < kMost;
  });
}

}  // namespace pyfw
