#include "sys/state_dir.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "base/strings.h"
#include "sys/own_folder.h"

namespace pyfw {
namespace {

constexpr std::size_t kLongestName = 255;
constexpr Letters kNameLetters("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");
constexpr const char* kNamesAre =
    "a name is made of letters, digits, '.', '_' and '-', without a '.' in front, and may have one slash";

struct Name {
  std::string folder;  // empty: in none
  std::string text;
};

class StateDir final : public Store {
 public:
  StateDir(std::string path, StateAccess access, std::optional<OwnFolder> folder)
      : path_(std::move(path)), access_(access), folder_(std::move(folder)) {}

  Result<std::optional<std::string>> read(std::string_view name) override {
    TRY(auto parsed, parse(name));
    if (!folder_) return std::nullopt;
    if (parsed.folder.empty()) return folder_->read(parsed.text);
    TRY(auto inner, folder_->open_inner(parsed.folder));
    if (!inner) return std::nullopt;
    return inner->read(parsed.text);
  }

  Result<void> write(std::string_view name, std::string_view text) override {
    TRY(auto parsed, parse(name));
    TRY_VOID(check_that_it_may_change(name));
    if (parsed.folder.empty()) return folder_->write(parsed.text, text);
    TRY(auto inner, folder_->make_inner(parsed.folder));
    return inner.write(parsed.text, text);
  }

  Result<void> remove(std::string_view name) override {
    TRY(auto parsed, parse(name));
    TRY_VOID(check_that_it_may_change(name));
    if (parsed.folder.empty()) return folder_->remove(parsed.text);
    TRY(auto inner, folder_->open_inner(parsed.folder));
    if (!inner) return {};
    return inner->remove(parsed.text);
  }

  Result<std::vector<std::string>> folders() override {
    if (!folder_) return std::vector<std::string>();
    TRY(auto found, folder_->folders());
    std::erase_if(found, [](const std::string& name) { return !is_name_in_state_dir(name); });
    return found;
  }

  [[nodiscard]] std::string path() const override { return path_; }

 private:
  [[nodiscard]] Result<Name> parse(std::string_view name) const {
    Name parsed;
    auto slash = name.find('/');
    if (slash != std::string_view::npos) parsed.folder = name.substr(0, slash);
    parsed.text = name.substr(slash == std::string_view::npos ? 0 : slash + 1);
    bool fits = slash == std::string_view::npos || is_name_in_state_dir(parsed.folder);
    if (fits && is_name_in_state_dir(parsed.text)) return parsed;
    return fail(fmt::format("'{}' can't be a name in {}", name, path_), kNamesAre);
  }

  [[nodiscard]] Result<void> check_that_it_may_change(std::string_view name) const {
    if (access_ == StateAccess::kWrite) return {};
    return fail(fmt::format("can't change {}/{}: this command only looks", path_, name));
  }

  std::string path_;
  StateAccess access_;
  std::optional<OwnFolder> folder_;  // none only where we look, and there is none
};

Result<std::optional<OwnFolder>> open_part(const std::string& path, const std::string& part) {
  TRY(auto whole, OwnFolder::open(path));
  if (!whole) return std::nullopt;
  return whole->open_inner(part);
}

Result<OwnFolder> make_part(const std::string& path, const std::string& part) {
  TRY(auto whole, OwnFolder::make(path));
  TRY(auto made, whole.make_inner(part));
  made.tidy();
  TRY(auto folders, made.folders());
  for (const auto& name : folders) {
    // A folder that is not ours is told to whoever reads in it.
    auto inner = made.open_inner(name);
    if (inner && *inner) (*inner)->tidy();
  }
  return made;
}

}  // namespace

bool is_name_in_state_dir(std::string_view word) {
  return word.size() <= kLongestName && kNameLetters.make_up(word) && !word.starts_with('.');
}

Result<std::unique_ptr<Store>> open_state_dir(const std::string& path, const std::string& part,
                                              StateAccess access) {
  if (path.empty() || path.find('\0') != std::string::npos)
    return bad_input("the folder for pyfw's state has no name", "name one with --state-dir");
  auto shown = path + (path.ends_with('/') ? "" : "/") + part;
  if (!is_name_in_state_dir(part))
    return fail(fmt::format("'{}' can't be a folder of pyfw", shown), kNamesAre);
  if (access == StateAccess::kLook) {
    TRY(auto found, open_part(path, part));
    return std::make_unique<StateDir>(std::move(shown), access, std::move(found));
  }
  TRY(auto made, make_part(path, part));
  return std::make_unique<StateDir>(std::move(shown), access, std::move(made));
}

}  // namespace pyfw
