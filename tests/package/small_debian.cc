#include "small_debian.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <stdexcept>

namespace pyfw::package {

Folder::Folder() {
  std::string name = "/tmp/pyfw-package-XXXXXX";
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
  std::filesystem::permissions(name, std::filesystem::perms(0755));
  path_ = name;
}

Folder::~Folder() {
  std::error_code none;
  std::filesystem::remove_all(path_, none);
}

Result<SmallDebian> SmallDebian::over(const std::filesystem::path& root) {
  TRY(auto lab, lab::Lab::open());
  TRY(auto host, lab.add_host("debian"));
  SmallDebian debian(std::move(lab), std::move(host));
  // In memory, over the folder; where the kernel can't lay one over the other, a copy.
  constexpr auto kMount = R"(set -e
cd {1}
mkdir over
mount -t tmpfs over over
mkdir over/new over/work root
mount -t overlay debian -o lowerdir={0},upperdir=over/new,workdir=over/work root 2>/dev/null || cp -a {0}/. root
mount --bind /proc root/proc
mount --bind /dev root/dev
mount -t tmpfs run root/run
)";
  auto script = fmt::format(kMount, root.string(), debian.folder_->path().string());
  TRY_VOID(debian.host_.output({"/bin/sh", "-c", script}));
  return debian;
}

Outcome SmallDebian::run(const std::string& script) const {
  auto outcome =
      host_.run({"/usr/sbin/chroot", folder_->path() / "root", "/bin/sh", "-c", "exec </dev/null\n" + script},
                {.environment = {"DEBIAN_FRONTEND=noninteractive"}});
  if (!outcome) return {.status = -1, .out = "", .err = outcome.error().message};
  return *outcome;
}

std::string SmallDebian::sh(const std::string& script) const {
  auto outcome = run(script);
  EXPECT_EQ(outcome.status, 0) << script << "\n" << outcome.out << outcome.err;
  return outcome.out;
}

}  // namespace pyfw::package
