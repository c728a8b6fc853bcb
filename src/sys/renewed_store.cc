#include "sys/renewed_store.h"

#include <utility>

namespace pyfw {
namespace {

struct stat folder_at(const std::string& path) {
  struct stat there{};
  // None where there is nothing: no folder has the number 0.
  if (stat(path.c_str(), &there) != 0) return {};
  return there;
}

}  // namespace

RenewedStore::RenewedStore(std::unique_ptr<Store> store, Open open)
    : store_(std::move(store)), open_(std::move(open)), folder_(folder_at(store_->path())) {}

Result<void> RenewedStore::renew() {
  auto there = folder_at(store_->path());
  if (there.st_ino != 0 && there.st_dev == folder_.st_dev && there.st_ino == folder_.st_ino) return {};
  TRY(store_, open_());
  // Not what lies there by now: where that is another one again, it is opened the next time.
  folder_ = there;
  return {};
}

Result<std::optional<std::string>> RenewedStore::read(std::string_view name) {
  TRY_VOID(renew());
  return store_->read(name);
}

Result<void> RenewedStore::write(std::string_view name, std::string_view text) {
  TRY_VOID(renew());
  return store_->write(name, text);
}

Result<void> RenewedStore::remove(std::string_view name) {
  TRY_VOID(renew());
  return store_->remove(name);
}

Result<std::vector<std::string>> RenewedStore::folders() {
  TRY_VOID(renew());
  return store_->folders();
}

}  // namespace pyfw
