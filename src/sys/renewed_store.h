// What the daemon keeps, in whatever folder lies at the path: one that was removed, or put back from a
// backup, while it ran is opened anew.

#pragma once

#include <sys/stat.h>

#include <functional>
#include <memory>

#include "keep/store.h"

namespace pyfw {

class RenewedStore : public Store {
 public:
  using Open = std::function<Result<std::unique_ptr<Store>>()>;
  RenewedStore(std::unique_ptr<Store> store, Open open);

  Result<std::optional<std::string>> read(std::string_view name) override;
  Result<void> write(std::string_view name, std::string_view text) override;
  Result<void> remove(std::string_view name) override;
  Result<std::vector<std::string>> folders() override;
  [[nodiscard]] std::string path() const override { return store_->path(); }

 private:
  Result<void> renew();

  std::unique_ptr<Store> store_;
  Open open_;
  struct stat folder_{};
};

}  // namespace pyfw
